"""``manage.py grants ROLE``: let the site's database role do what it needs, and not change the audit trail."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError

from traceobject.audit import grants
from traceobject.commands import SiteCommand, count_noun


class Command(SiteCommand):
    help = (
        "Grant the database role of the site its rights: everything in all tables, but only to read and "
        "append the audit trail. Run it as the owner of the tables after each migration."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role", help="the role in the site's own DATABASE_URL")

    def handle(self, *, role: str, **options: Any) -> None:
        try:
            count = grants.grant(role)
        except grants.CannotGrant as error:
            raise CommandError(str(error)) from None
        except DatabaseError as error:
            raise CommandError(
                f"the database refused ({type(error).__name__}); run this as the owner of the tables"
            ) from None
        self.stdout.write(
            f"{role} can use {count_noun(count, 'table')}, and only read and append the audit trail"
        )
