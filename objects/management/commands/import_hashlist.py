"""``manage.py import_hashlist``: import a hash list."""

from datetime import date
from pathlib import Path

from django.core.management.base import CommandError

from objects.screening import hash_lists
from traceobject.commands import SiteCommand, count_noun
from traceobject.staff.authority import System

SHOWN = 20


def iso_date(text: str) -> date:
    """Return the date of a text such as 2024-05-31."""
    return date.fromisoformat(text)


class Command(SiteCommand):
    help = (
        "Import a list of hashes (PDQ, SHA-256) of pictures that must never be published. You can run "
        "it again. Bad lines are reported and skipped; the exit code is then 1. It is also 1 if a "
        "public object is on a list: withdraw that object."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "file", metavar="FILE", type=Path, help="one hash a line, or CSV with kind,hash"
        )
        parser.add_argument(
            "--kind", choices=hash_lists.KINDS, help="kind of hash, where the file does not say"
        )
        parser.add_argument("--source", help="who made the list (default: the file's name)")
        parser.add_argument(
            "--date", type=iso_date, help="date of the list, YYYY-MM-DD (default: today)"
        )

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
            why = getattr(error, "strerror", None) or "not a text file"
            raise CommandError(f"{file}: cannot be read ({why})") from None
        for line, reason in done.bad[:SHOWN]:
            self.stderr.write(f"line {line}: {reason}")
        self.stdout.write(f"hashes added: {done.added:,}, already known: {done.known:,}")
        out = hash_lists.public_objects_on_lists()
        if out:
            named = "; ".join(
                f"{reference} is the same as a picture of {m}" for reference, m in out
            )
            raise CommandError(f"withdraw these published objects: {named}")
        if done.bad:
            raise CommandError(f"{file}: skipped {count_noun(len(done.bad), 'bad line')}")


def _today() -> date:
    return date.today()
