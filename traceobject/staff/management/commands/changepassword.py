"""``manage.py changepassword``: set a member of staff's password on the server, and record it."""

from __future__ import annotations

import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser

from traceobject.commands import SiteCommand
from traceobject.staff import accounts
from traceobject.staff.authority import System
from traceobject.staff.models import User


class Command(SiteCommand):
    help = (
        "Set a password, for when nobody can mail a link to set one. It is asked for twice. All sessions of the"
        " account end, its owner is told, and the audit trail records it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *, username: str, **options: Any) -> None:
        user = User.objects.filter(username__iexact=username).first()
        if user is None:
            raise CommandError(f"there is no member of staff {username!r}")
        password = getpass.getpass("Password: ")
        if getpass.getpass("Password (again): ") != password:
            raise CommandError("the two passwords differ; nothing was changed")
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        accounts.set_password(user, password, by=System.COMMAND_LINE)
        self.stdout.write(f"{user} has a new password. All sessions of the account have ended.")
