from typing import Any

from tips.management.lines import LinesCommand
from tips.matching import guard
from tips.reading import stored


class Command(LinesCommand):
    help = "Print what the reader understands of a text, as JSON."

    def answer(self, *texts: str) -> Any:
        return stored.for_people(guard.read_account(texts[0]))
