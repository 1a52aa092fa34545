"""``manage.py reset_factors``: reset a second factor on the server, and record it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from traceobject.commands import SiteCommand
from traceobject.errors import StepRefused
from traceobject.staff import accounts
from traceobject.staff.authority import System
from traceobject.staff.models import User


class Command(SiteCommand):
    help = (
        "Remove the second factors of an account, for the only administrator who has lost theirs. Others are"
        " reset on the account's page. All sessions end, the owner is told, and the audit trail records it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--reason", required=True, help="recorded in the audit trail")

    def handle(self, *, username: str, reason: str, **options: Any) -> None:
        user = User.objects.filter(username__iexact=username).first()
        if user is None:
            raise CommandError(f"there is no member of staff {username!r}")
        try:
            accounts.reset_factors(user, by=System.COMMAND_LINE, reason=reason)
        except StepRefused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{user} sets up a new second factor at the next sign-in.")
