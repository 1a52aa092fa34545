"""``manage.py rematch``: match undecided tips anew after the matcher changed."""

import sys

from django.core.management.base import BaseCommand, CommandError

from objects.models import TraceObject
from tips.claims import proposals
from tips.claims.rematch import rematch
from tips.matching import details
from traceobject.commands import count_noun
from traceobject.staff.authority import System


class Command(BaseCommand):
    help = (
        "Match the tips of open claims again, one object at a time. Decided and manually arranged claims "
        "stay as they are. --dry-run shows what would change and changes nothing."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--object", metavar="REF", help="only this object")
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *, object: str | None, dry_run: bool, **options: object) -> None:
        chosen = TraceObject.objects.filter(tips__isnull=False).distinct().order_by("reference")
        if object:
            chosen = chosen.filter(reference=object.upper())
            if not chosen:
                raise CommandError(f"there is no object {object!r} with tips")
        changed = total = 0
        number = chosen.count()
        for done, each in enumerate(chosen, 1):
            change = rematch(each, by=System.COMMAND_LINE, dry_run=dry_run)
            total += change.tips
            changed += change.moved
            if change.moved or change.before != change.after:
                self.stdout.write(
                    f"{change.reference}: {count_noun(change.tips, 'tip')}, "
                    f"{count_noun(change.before, 'claim')} → {change.after:,}, {change.moved:,} moved"
                )
            if sys.stderr.isatty():
                bar = "#" * (30 * done // number)
                self.stderr.write(f"\r[{bar:30}] {done}/{number}", ending="")
        if off := proposals.disabled_reason():
            self.stdout.write(f"Cross-language proposals are off: {off}")
        verb = "would move" if dry_run else "moved"
        self.stdout.write(
            f"{count_noun(total, 'tip')} checked with matcher {details.VERSION}; {changed:,} {verb} to another claim"
        )
