from datetime import date
from pathlib import Path

from django.core.management.base import CommandError

from objects.screening import hash_lists
from traceobject.commands import SiteCommand
from traceobject.staff.authority import System

SHOWN = 20


def iso_date(text: str) -> date:
    return date.fromisoformat(text)


class Command(SiteCommand):
    help = (
        "Add a list of hashes (PDQ, SHA-256) of pictures that must never be published. Safe to "
        "repeat; a bad line is reported and the others go in, and then the exit code is 1. It is 1, too, "
        "where an object that is public now is on a list: withdraw it."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "file", metavar="FILE", type=Path, help="a hash a line, or CSV of kind,hash"
        )
        parser.add_argument("--kind", choices=hash_lists.KINDS, help="for lines that do not say")
        parser.add_argument("--source", help="who made the list (the file's name)")
        parser.add_argument("--date", type=iso_date, help="of the list, YYYY-MM-DD (today)")

    def handle(self, *, file: Path, kind, source, date: date | None, **options: object) -> None:
        try:
            with file.open(encoding="utf-8-sig", newline="") as lines:
                done = hash_lists.import_list(
                    lines,
                    source=source or file.stem,
                    dated=date or _today(),
                    kind=kind,
                    by=System.COMMAND_LINE,
                )
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is not a text file"
            raise CommandError(f"{file}: cannot be read ({why})") from None
        for line, reason in done.bad[:SHOWN]:
            self.stderr.write(f"line {line}: {reason}")
        self.stdout.write(f"{done.added} hashes added, {done.known} known already")
        out = hash_lists.public_on_a_list()
        if out:
            named = "; ".join(
                f"{reference} is the same as a picture of {m}" for reference, m in out
            )
            raise CommandError(f"published objects have to be withdrawn: {named}")
        if done.bad:
            raise CommandError(f"{file}: {len(done.bad)} bad lines did not go in")


def _today() -> date:
    return date.today()
