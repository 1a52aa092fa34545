import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from tips.intake.bulk import mailbox
from tips.intake.bulk.csv_reader import BadHeader
from tips.intake.bulk.importing import Report, import_records, import_tips
from tips.models import Tip
from tips.steps import TipStep
from traceobject.commands import SiteCommand, count_noun
from traceobject.outbox import health, queue
from traceobject.staff.authority import System

MOST_SHOWN = 1000


class Command(SiteCommand):
    help = (
        "Import tips from a CSV file with the columns external_id, object, text, country, email, url, "
        "received_at (all but the first three may be empty), or from a mailbox (.mbox). You can run it "
        "again to continue. Bad rows are reported with their line numbers and skipped; the exit code is "
        "then 1."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument(
            "--object", metavar="REF", default="", help="the object of emails that name none"
        )
        parser.add_argument("--wait", action="store_true", help="wait until matching has finished")

    def handle(self, *, file: Path, wait: bool, object: str, **options: Any) -> None:
        try:
            with file.open("rb") as lines:
                size = file.stat().st_size
                if file.suffix.lower() == ".mbox":
                    rows = mailbox.records(
                        lines,
                        default_reference=object,
                        warn=lambda line, why: self.stderr.write(f"{file}: line {line}: {why}"),
                    )
                    steps = import_records(rows, by=System.COMMAND_LINE, source=file.name)
                else:
                    steps = import_tips(lines, by=System.COMMAND_LINE, source=file.name)
                for report in steps:
                    self.show_progress(lines.tell() if lines.seekable() else 0, size, report)
        except BadHeader as error:
            raise CommandError(f"{file}: {error}") from None
        except OSError as error:
            raise CommandError(f"{file}: cannot be read ({error.strerror})") from None
        for line, why in report.bad[:MOST_SHOWN]:
            self.stderr.write(f"{file}: line {line}: {why}")
        if wait:
            self.work_off()
        self.stdout.write(
            f"{count_noun(report.added, 'tip')} added, {report.known:,} already known, "
            f"{count_noun(len(report.bad), 'bad row')}"
        )
        if report.bad:
            raise CommandError(f"{file}: skipped {count_noun(len(report.bad), 'bad row')}")

    def show_progress(self, done: int, size: int, report: Report) -> None:
        """Draw how far it is, where somebody watches."""
        if sys.stderr.isatty():
            share = min(1.0, done / max(size, 1))
            bar = "#" * round(30 * share)
            told = f"\r[{bar:30}] {share:4.0%}, {report.added:,} added, {report.known:,} known"
            self.stderr.write(told, ending="")

    def work_off(self) -> None:
        """Match until nothing waits, side by side with any worker that runs."""
        while Tip.objects.filter(state=Tip.State.RECEIVED).exists():
            if not queue.drain(names=[TipStep.MATCH]):
                failing = health.failing(TipStep.MATCH).count()
                if failing:
                    raise CommandError(
                        f"not matched yet: {count_noun(failing, 'tip')}, which will be retried"
                    )
                time.sleep(0.1)
