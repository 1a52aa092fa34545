"""Create the table of embeddings (:class:`tips.models.TipEmbedding`), which needs pgvector."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db import DatabaseError, connection, transaction

from tips.models import Tip, TipEmbedding
from tips.steps import TipStep
from traceobject.outbox import queue


class PgvectorMissing(Exception):
    """pgvector is not installed, or this user may not enable it. The message says which."""


# Databases with the table. A missing table may appear later, so that is not cached.
_found: set[str] = set()


def table_exists() -> bool:
    """Return whether the table exists."""
    name = str(connection.settings_dict["NAME"])
    if name not in _found:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [TipEmbedding._meta.db_table])
            if cursor.fetchone()[0]:
                _found.add(name)
    return name in _found


@lru_cache(maxsize=8)
def _searches_on(database: str) -> bool:
    """Return whether pgvector can continue a search of the index (0.8 and later)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
        version = cursor.fetchone()[0]
    return tuple(int(part) for part in version.split(".")[:2]) >= (0, 8)


def search_on() -> None:
    """Let the index of embeddings search on until enough rows pass the filters, in this transaction.

    It covers all objects; without this, a search ends after the forty nearest embeddings of any object.
    """
    if _searches_on(str(connection.settings_dict["NAME"])):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('hnsw.iterative_scan', 'strict_order', true),"
                " set_config('hnsw.ef_search', '100', true)"
            )


def add_missing_indexes(editor: Any) -> None:
    """Create the indexes that an older table lacks."""
    with editor.connection.cursor() as cursor:
        present = editor.connection.introspection.get_constraints(
            cursor, TipEmbedding._meta.db_table
        )
    for index in TipEmbedding._meta.indexes:
        if index.name not in present:
            editor.add_index(TipEmbedding, index)


def forget_tables() -> None:
    """Clear the cache of databases with the table; for tests."""
    _found.clear()


def create_table(editor: Any) -> bool:
    """Create the table if the database has pgvector; return whether it exists now.

    Args:
        editor: the schema editor of a migration or a command.
    """
    try:
        _use_pgvector(editor.connection)
    except PgvectorMissing:
        return False
    editor.create_model(TipEmbedding)
    for index in TipEmbedding._meta.indexes:  # Django does not create them for an unmanaged table
        editor.add_index(TipEmbedding, index)
    editor.execute(
        f"ALTER TABLE {TipEmbedding._meta.db_table} ADD CONSTRAINT tips_tipembedding_tip"
        " FOREIGN KEY (tip_id) REFERENCES tips_tip (id) ON DELETE CASCADE"
    )
    return True


def _use_pgvector(database: Any) -> None:
    with database.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'")
        if not cursor.fetchone()[0]:
            raise PgvectorMissing("the database server has no pgvector; install it there first")
        try:
            with transaction.atomic(database.alias):
                cursor.execute("CREATE EXTENSION IF NOT EXISTS vector")
        except DatabaseError as error:
            raise PgvectorMissing(
                "this database user may not enable pgvector; have an administrator of the database"
                " run: CREATE EXTENSION vector"
            ) from error


def create_missing() -> int:
    """Create the table if needed, and queue the embedding of each matched tip without one.

    Returns:
        The number of queued tips.

    Raises:
        PgvectorMissing: the database has no pgvector, or this user may not enable it.
    """
    with transaction.atomic():
        _use_pgvector(connection)
        with connection.schema_editor() as editor:
            if table_exists():
                add_missing_indexes(editor)
            else:
                create_table(editor)
        waiting = Tip.objects.filter(
            state=Tip.State.MATCHED, claim__is_flood=False, erased_on__isnull=True
        ).exclude(pk__in=TipEmbedding.objects.values("tip"))
        numbers = list(waiting.values_list("pk", flat=True))
        queue.put(TipStep.PROPOSE, *numbers)
    return len(numbers)
