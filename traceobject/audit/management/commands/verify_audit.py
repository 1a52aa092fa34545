"""``manage.py verify_audit``: verify the hash chain of the audit trail."""

from django.core.management.base import CommandError

from traceobject.audit import trail
from traceobject.commands import SiteCommand


class Command(SiteCommand):
    help = "Verify the hash chain of the audit trail. Exit with 1 and the first broken entry if it is broken."

    def handle(self, *args: object, **options: object) -> None:
        found = trail.verify()
        if found.broken is not None:
            raise CommandError(f"audit entry {found.broken} is broken: {found.why}")
        noun = "entry" if found.count == 1 else "entries"
        self.stdout.write(f"{found.count} {noun}, none broken; last digest {found.last_digest}")
