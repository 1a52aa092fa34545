import time
from pathlib import Path

from django.core.management.base import CommandError

from tips.intake.csvfile import BadHeader
from tips.intake.importing import import_tips
from tips.models import Tip
from traceobject.commands import SiteCommand
from traceobject.outbox import queue

MOST_SHOWN = 1000


class Command(SiteCommand):
    help = (
        "Import tips from a CSV file with the columns external_id, object, text, country, email, url, "
        "received_at (all but the first three may be empty). Safe to repeat. Each bad row is reported "
        "with its line, the others go in; exit 1 if there was one."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", metavar="FILE.csv", type=Path)
        parser.add_argument("--wait", action="store_true", help="return when matching has finished")

    def handle(self, *, file: Path, wait: bool, **options: object) -> None:
        try:
            with file.open("rb") as lines:
                *_, report = import_tips(lines, by="import_tips", source=file.name)
        except BadHeader as error:
            raise CommandError(f"{file}: {error}") from None
        except OSError as error:
            raise CommandError(f"{file}: cannot be read ({error.strerror})") from None
        for line, why in report.bad[:MOST_SHOWN]:
            self.stderr.write(f"{file}: line {line}: {why}")
        if wait:
            self.work_off()
        self.stdout.write(
            f"{report.added} tips added, {report.known} known already, {len(report.bad)} bad rows"
        )
        if report.bad:
            raise CommandError(f"{file}: {len(report.bad)} rows did not go in; the others did")

    def work_off(self) -> None:
        """Match until nothing waits, side by side with any worker that runs."""
        import tips.tasks  # noqa: F401  (registers what is to be done at each step)

        while Tip.objects.filter(state=Tip.State.RECEIVED).exists():
            if not queue.drain(names=["match"]):
                failing = queue.failing("match")
                if failing:
                    raise CommandError(
                        f"{failing} tips could not be matched yet; they stay in the outbox"
                    )
                time.sleep(0.1)
