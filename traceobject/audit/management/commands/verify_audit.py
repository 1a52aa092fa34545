from django.core.management.base import BaseCommand, CommandError

from traceobject.audit import trail


class Command(BaseCommand):
    help = "Verify the audit trail's chain; exit 1 and name the first broken entry if it is broken."

    def handle(self, *args: object, **options: object) -> None:
        found = trail.verify()
        if found.broken is not None:
            raise CommandError(f"audit entry {found.broken} is broken: {found.why}")
        self.stdout.write(f"{found.count} entries, unbroken; last digest {found.last_digest}")
