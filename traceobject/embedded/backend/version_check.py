"""Refuse an embedded database that another version of the site made.

Before the first release, the migrations are sometimes rewritten, and an old database cannot be migrated.
A database that DATABASE_URL names is the operator's responsibility.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from traceobject.embedded import EmbeddedError

_checked: set[str] = set()

_APPLIED = "SELECT app, name FROM django_migrations"
_COLUMNS = """
    SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
    AND a.attnum > 0 AND NOT a.attisdropped
"""


def refuse_another_version(connection: Any, folder: Path) -> None:
    """Check once in each process that this version's migrations made the database.

    Args:
        connection: a new psycopg2 connection.
        folder: the server's data folder, which the message names.

    Raises:
        EmbeddedError: other migrations made it. The connection is closed.
    """
    if str(folder) in _checked or sys.argv[1:2] == ["makemigrations"]:
        return  # it changes no database, and is needed to rewrite migrations
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT to_regclass('django_migrations') IS NOT NULL")
        is_same_version = not cursor.fetchone()[0] or _was_made_by_this_version(cursor)
    connection.rollback()
    if not is_same_version:
        connection.close()
        raise EmbeddedError(
            f"the database in {folder} was made by another version of this site."
            f" To begin anew, remove {folder}; all objects and tips in it are lost then."
        )
    _checked.add(str(folder))


def _was_made_by_this_version(cursor: Any) -> bool:
    labels = {each.label for each in apps.get_app_configs() if _is_of_this_site(each.path)}
    cursor.execute(_APPLIED)
    applied = {(app, name) for app, name in cursor.fetchall() if app in labels}
    loader = MigrationLoader(None)
    if not applied <= loader.disk_migrations.keys():
        return False
    cursor.execute(_COLUMNS)
    there: dict[str, set[str]] = {}
    for table, column in cursor.fetchall():
        there.setdefault(table, set()).add(column)
    return all(
        there.get(table) == columns
        for table, columns in _columns_after(loader, sorted(applied), labels).items()
    )


def _is_of_this_site(path: str) -> bool:
    return Path(path).is_relative_to(settings.BASE_DIR) and "site-packages" not in path


def _columns_after(
    loader: MigrationLoader, applied: list[tuple[str, str]], labels: set[str]
) -> dict[str, set[str]]:
    """Return the columns of each table of this site's apps after some migrations."""
    models = loader.project_state(applied).apps.get_models(include_auto_created=True)
    return {
        model._meta.db_table: {str(field.column) for field in model._meta.concrete_fields}
        for model in models
        if model._meta.managed and model._meta.app_label in labels
    }
