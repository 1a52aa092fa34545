"""``manage.py create_vectors``: turn on proposals after pgvector was installed."""

from django.core.management.base import CommandError

from tips.claims import proposals, vectors
from traceobject.commands import SiteCommand


class Command(SiteCommand):
    help = (
        "Create the table of vectors after pgvector has been installed on the database server. The "
        "workers then embed the tips that are already there. You can run it again."
    )

    def handle(self, **options: object) -> None:
        try:
            waiting = vectors.create_missing()
        except vectors.PgvectorMissing as why:
            raise CommandError(str(why)) from None
        off = proposals.disabled_reason()
        self.stdout.write(
            f"The table of vectors exists; tips that the workers still have to embed: {waiting}"
            + (f" (proposals are off: {off})" if off else "")
        )
