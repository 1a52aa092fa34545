from datetime import date
from pathlib import Path

from django.core.management.base import CommandError
from django_countries import countries

from tips.export import command, leads
from traceobject.commands import SiteCommand
from traceobject.staff.authority import System


class Command(SiteCommand):
    help = "Export leads as CSV: one row for each country of a lead."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--country", metavar="CC", default="", help="ISO 3166-1 alpha-2")
        parser.add_argument(
            "--since", metavar="DATE", help="vetted on or after this day (YYYY-MM-DD)"
        )
        parser.add_argument(
            "--out", metavar="FILE", type=Path, help="write to this file, not to standard output"
        )

    def handle(
        self, *, country: str, since: str | None, out: Path | None, **options: object
    ) -> None:
        country = country.upper()
        if country and country not in countries:
            raise CommandError(f"{country!r} is not a two-letter ISO 3166-1 code")
        try:
            day = date.fromisoformat(since) if since else None
        except ValueError:
            raise CommandError(f"--since {since!r} is not a date; write it as 2024-05-31") from None
        lines = leads.export_leads(
            by=System.COMMAND_LINE, target=command.target_of(out), country=country, since=day
        )
        command.write(lines, out=out, stdout=self.stdout)
