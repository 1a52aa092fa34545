from datetime import date
from pathlib import Path

from django.core.management.base import CommandError
from django_countries import countries

from tips.export import command, csv_writer, leads
from traceobject.commands import SiteCommand


class Command(SiteCommand):
    help = "Write leads as CSV, a row for each lead and country."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--country", metavar="CC", default="", help="ISO 3166-1 alpha-2")
        parser.add_argument(
            "--since", metavar="DATE", help="vetted on this day (2024-05-31) or later"
        )
        parser.add_argument("--out", metavar="FILE", type=Path, help="instead of standard output")

    def handle(
        self, *, country: str, since: str | None, out: Path | None, **options: object
    ) -> None:
        country = country.upper()
        if country and country not in countries:
            raise CommandError(f"{country!r} is no ISO 3166-1 code of two letters")
        try:
            day = date.fromisoformat(since) if since else None
        except ValueError:
            raise CommandError(f"--since {since!r} is no date; write 2024-05-31") from None
        lines = csv_writer.lines(
            leads.COLUMNS, leads.rows(leads.chosen(country=country, since=day))
        )
        command.write(
            lines,
            out=out,
            stdout=self.stdout,
            action="leads.exported",
            country=country,
            since=since or "",
        )
