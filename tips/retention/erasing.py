"""Erasures and legal holds wait for each other, so that none misses the other's commit."""

from __future__ import annotations

from django.db import connection

_LOCK = 0x6572617365  # 'erase'


def begin() -> None:
    """Begin to erase, in the caller's transaction, before holds are read. Erasures do not wait for others."""
    _lock("pg_advisory_xact_lock_shared")


def wait_for_erasures() -> None:
    """Wait for erasures that have begun. Those that begin later see what the caller commits."""
    _lock("pg_advisory_xact_lock")


def _lock(function: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [_LOCK])  # one of the two above
