from typing import Any

from tips.management.lines import LinesCommand
from tips.matching import meaning


class Command(LinesCommand):
    help = "Print how two tips about one object relate, as JSON. A file has two texts a line, with a tab between."
    separator = "\t"
    names = ("A", "B")
    wanted = "give two texts A and B, each in quotes; in a file, two a line with a tab between"

    def answer(self, *texts: str) -> Any:
        compared = meaning.relate(*texts)
        return {
            "relation": compared.relation,
            "likeness": round(compared.likeness, 1),
            "reasons": list(compared.reasons),
        }
