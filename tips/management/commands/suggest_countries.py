import json
import sys

from django.core.management.base import BaseCommand

from tips.geography.mentions import suggest


class Command(BaseCommand):
    help = "Print the countries that a text points to, as JSON, the most likely first."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("text", metavar="TEXT", help="the text, or - for standard input")

    def handle(self, *, text: str, **options: object) -> None:
        if text == "-":
            text = sys.stdin.buffer.read().decode("utf-8", "replace")
        self.stdout.write(json.dumps(suggest(text), ensure_ascii=False))
