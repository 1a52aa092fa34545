"""``manage.py verify_audit``: verify the hash chain of the audit trail."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from traceobject.audit import head, trail
from traceobject.commands import SiteCommand, count_noun


class Command(SiteCommand):
    help = (
        "Verify the hash chain of the audit trail, and that it holds the digests that you know. "
        "Exit with 1 and the first broken entry if it is broken."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--known",
            metavar="NUMBER:DIGEST",
            action="append",
            default=[],
            help="a digest that you kept; may be repeated",
        )
        parser.add_argument(
            "--heads",
            metavar="FILE",
            type=Path,
            help="a copy of AUDIT_HEAD_FILE; time stamps beside it are verified, too",
        )

    def handle(self, *, known: list[str], heads: Path | None, **options: Any) -> None:
        stamped = 0
        try:
            wanted = head.parse(known)
            if heads is not None:
                lines = heads.read_text().splitlines()
                wanted = head.parse(lines, wanted)
                stamped = head.verify_stamps(heads, wanted)
        except head.BadHead as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"{heads} cannot be read: {error.strerror}") from None
        found = trail.verify(wanted)
        if found.broken is not None:
            raise CommandError(f"audit entry {found.broken} is broken: {found.why}")
        entries = "1 entry" if found.count == 1 else f"{found.count} entries"
        self.stdout.write(f"{entries}, none broken; last digest {found.last_digest}")
        if wanted:
            stamps = f", {count_noun(stamped, 'time stamp')} valid" if stamped else ""
            self.stdout.write(f"{count_noun(len(wanted), 'known digest')} found{stamps}")
