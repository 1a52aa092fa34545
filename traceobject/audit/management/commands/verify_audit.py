from django.core.management.base import CommandError

from traceobject.audit import trail
from traceobject.commands import SiteCommand


class Command(SiteCommand):
    help = "Verify the audit trail's chain; exit 1 and name the first broken entry if it is broken."

    def handle(self, *args: object, **options: object) -> None:
        found = trail.verify()
        if found.broken is not None:
            raise CommandError(f"audit entry {found.broken} is broken: {found.why}")
        self.stdout.write(f"{found.count} entries, unbroken; last digest {found.last_digest}")
