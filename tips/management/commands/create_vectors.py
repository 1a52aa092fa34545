"""``manage.py create_vectors``: turn on proposals after pgvector was installed."""

from django.core.management.base import CommandError

from tips.claims import proposals, vectors
from traceobject.commands import SiteCommand


class Command(SiteCommand):
    help = (
        "Make the table of vectors, once the database server has pgvector, and have the tips that are "
        "there embedded by the workers. Safe to repeat."
    )

    def handle(self, **options: object) -> None:
        try:
            waiting = vectors.create()
        except vectors.NoVectors as why:
            raise CommandError(str(why)) from None
        off = proposals.why_off()
        self.stdout.write(
            f"The table of vectors is there; {waiting} tips wait to be embedded by the workers"
            + (f" (proposals are off: {off})" if off else "")
        )
