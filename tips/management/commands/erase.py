"""``manage.py erase``: erase the content of a tip, or of all tips about an object, on request."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from objects.models import TraceObject
from tips.models import Tip
from tips.retention import erase
from traceobject.commands import SiteCommand
from traceobject.errors import StepRefused
from traceobject.staff.authority import System


class Command(SiteCommand):
    help = (
        "Erase what a sender wrote and sent, and all that was made from it. The tip's number, object, day"
        " and claim stay. Exit with 1 where a legal hold or locked evidence forbids it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        target = parser.add_mutually_exclusive_group(required=True)
        target.add_argument(
            "--tip", type=int, metavar="N", help="this tip, and what its sender added to it"
        )
        target.add_argument("--object", metavar="REF", help="all tips about this object")
        parser.add_argument(
            "--reason", required=True, help="recorded in the audit trail; name nobody in it"
        )

    def handle(self, *, tip: int | None, object: str | None, reason: str, **options: Any) -> None:
        try:
            if tip is not None:
                found = Tip.objects.filter(pk=tip).first()
                if found is None:
                    raise CommandError(f"there is no tip {tip}")
                done = erase.erase_tip(found, by=System.COMMAND_LINE, reason=reason)
            else:
                about = TraceObject.objects.filter(reference=str(object).upper()).first()
                if about is None:
                    raise CommandError(f"there is no object {object!r}")
                done = erase.erase_about(about, by=System.COMMAND_LINE, reason=reason)
        except StepRefused as refusal:
            raise CommandError(str(refusal)) from None
        for kind, count in done.items():
            self.stdout.write(f"{kind}: {count:,} erased")
        if not done:
            self.stdout.write("nothing to erase: it has been erased before, or there are no tips")
