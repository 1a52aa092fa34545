"""The base class of the site's management commands."""

from __future__ import annotations

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from traceobject import embedded

_LOCK = 0x6D696772  # 'migr'


def count_noun(number: int, noun: str) -> str:
    """Return a number and its noun, such as ``1 tip`` or ``2 tips``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


class SiteCommand(BaseCommand):
    """A command that needs the database's tables. It migrates the embedded database if necessary.

    It never migrates a database that DATABASE_URL names: that is the operator's decision.
    """

    def execute(self, *args: object, **options: object):
        if connection.settings_dict["ENGINE"] == embedded.ENGINE and _has_pending_migrations():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
                try:
                    if _has_pending_migrations():  # another command may have been faster
                        call_command("migrate", verbosity=0)
                finally:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
        return super().execute(*args, **options)


def _has_pending_migrations() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
