from typing import Any

from tips.management.lines import LinesCommand
from tips.matching import guard
from tips.reading import stored


class Command(LinesCommand):
    help = "Print the countries that a text points to, as JSON, the most likely first."

    def answer(self, *texts: str) -> Any:
        return stored.suggestions(guard.read_account(texts[0]))
