from pathlib import Path

from django.core.management.base import CommandError

from objects.models import TraceObject
from tips.export import command
from tips.export.tips import export_tips
from traceobject.commands import SiteCommand
from traceobject.staff.authority import System


class Command(SiteCommand):
    help = "Export tips as CSV, with the claim of each and the reasons of matching."

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--object", metavar="REF", default="", help="only tips about this object"
        )
        parser.add_argument(
            "--out", metavar="FILE", type=Path, help="write to this file, not to standard output"
        )

    def handle(self, *, object: str, out: Path | None, **options: str) -> None:
        reference = object.upper()
        if reference and not TraceObject.objects.filter(reference=reference).exists():
            raise CommandError(f"there is no object {object!r}")
        lines = export_tips(
            by=System.COMMAND_LINE, target=command.target_of(out), reference=reference
        )
        command.write(lines, out=out, stdout=self.stdout)
