"""``manage.py rotate_keys``: encrypt everything with the newest of CONTACT_KEYS."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import CommandError, CommandParser

from traceobject.commands import SiteCommand, count_noun
from traceobject.crypto import rotation, sealing
from traceobject.errors import Unreachable
from traceobject.staff.authority import System


class Command(SiteCommand):
    help = (
        "Encrypt contact details, places of photos, uploaded files and second factors with the newest of"
        " CONTACT_KEYS. The site may run meanwhile. Interrupt it and run it again as you like."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--report",
            action="store_true",
            help="change nothing; print how many values each key opens",
        )

    def handle(self, *, report: bool, **options: Any) -> None:
        if not report:
            self._rotate()
        self._report()

    def _rotate(self) -> None:
        shown_at = 0.0

        def progress(kind: str, done: int, total: int) -> None:
            nonlocal shown_at
            if done == total or time.monotonic() - shown_at >= 1:
                shown_at = time.monotonic()
                self.stderr.write(f"{kind}: {done:,} of {total:,}")

        try:
            done = rotation.rotate(by=System.COMMAND_LINE, progress=progress)
        except Unreachable as error:
            raise CommandError(f"{error} Run rotate_keys again later.") from None
        problems = [
            f"{kind}: {count_noun(count, noun)}{rest}"
            for noun, rest, found in (
                ("value", " that no key opens", done.unreadable),
                ("missing file", "", done.missing),
            )
            for kind, count in found.items()
        ]
        if problems:
            raise CommandError("; ".join(problems))

    def _report(self) -> None:
        """Print what each key opens.

        Raises:
            CommandError: there is something that no configured key opens.
        """
        names = [key.name for key in sealing.configured_keys()]
        found = rotation.report()
        for number, name in enumerate(names):
            age = "newest, encrypts" if number == 0 else "older"
            self.stdout.write(f"key {name} ({age})")
            for kind, counts in found.items():
                self.stdout.write(f"  {kind}: {counts[name]:,}")
            needed = sum(counts[name] for counts in found.values())
            if number and not needed:
                self.stdout.write("  no longer needed: remove it from CONTACT_KEYS")
        for kind, counts in found.items():
            for other in sorted(counts.keys() - {*names, rotation.UNKNOWN}):
                self.stdout.write(f"{other}: {counts[other]:,} {kind}")
        if missing := rotation.unopened():
            raise CommandError(describe(missing))


def describe(missing: dict[str, int]) -> str:
    """Return a line about values that no configured key opens."""
    what = ", ".join(f"{count:,} {kind}" for kind, count in missing.items())
    return f"no key in CONTACT_KEYS opens: {what}. Put the key that encrypted them back."
