from typing import Any

from tips.management.lines import LinesCommand
from tips.matching.details import read_account
from tips.reading import stored


class Command(LinesCommand):
    help = "Print what the reader understands of a text, as JSON."

    def answer(self, *texts: str) -> Any:
        return stored.for_people(read_account(texts[0]))
