"""``manage.py outbox``: list failed steps, or retry those that were given up."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from traceobject.commands import SiteCommand
from traceobject.outbox import health, queue
from traceobject.staff.authority import System


class Command(SiteCommand):
    help = (
        "List the background steps that failed or were given up, or retry those that were given up."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("do", nargs="?", choices=["list", "retry"], default="list")

    def handle(self, *, do: str, **options: Any) -> None:
        if do == "retry":
            count = queue.retry(health.given_up(), by=System.COMMAND_LINE)
            self.stdout.write(f"steps to retry: {count}")
            return
        for lane in health.lanes():
            self.stdout.write(f"{lane.lane}: {lane.waiting} waiting, {lane.failing} failed so far")
        for destination in health.paused_destinations():
            self.stdout.write(f"waiting for the {destination}: {destination.reason}")
        failing, given_up = list(health.failing()), list(health.given_up())
        descriptions = health.describe_all([*failing, *given_up])
        for what, steps in (("failed", failing), ("given up", given_up)):
            for step in steps:
                self.stdout.write(f"{what}: {descriptions[step.pk]}: {step.reason}")
        if given_up:
            raise CommandError(
                f"steps given up: {len(given_up)}; run 'manage.py outbox retry' to retry them"
            )
