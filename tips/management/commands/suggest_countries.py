from typing import Any

from tips.management.lines import LinesCommand
from tips.matching.details import read_account
from tips.reading import stored


class Command(LinesCommand):
    help = "Print the countries that a text points to, as JSON, the most likely first."

    def answer(self, *texts: str) -> Any:
        return stored.suggestions(read_account(texts[0]))
