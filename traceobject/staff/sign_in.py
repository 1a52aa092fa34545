"""The limits on guessing passwords and codes, stored in the database.

allauth stores its limits and the used one-time codes in Django's default cache. Here that cache is a table,
so that sign-in needs only the database: without Redis, staff can sign in and guesses still count. Rows
expire after some minutes and are deleted.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

from traceobject.staff.models import SignInLimit

ALLAUTH_PREFIXES = ("allauth:", "allauth.")

# One statement, so that only one of two concurrent requests succeeds.
_ADD = """
    INSERT INTO staff_signinlimit AS kept (key, value, expires_at)
    VALUES (%(key)s, %(value)s::jsonb, %(until)s)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at
    WHERE kept.expires_at <= %(now)s
"""
_DELETE_EXPIRED = """
    DELETE FROM staff_signinlimit WHERE key IN (
        SELECT key FROM staff_signinlimit WHERE expires_at <= %s FOR UPDATE SKIP LOCKED
    )
"""


def delete_expired() -> int:
    """Delete expired rows. Return how many."""
    with connection.cursor() as cursor:
        cursor.execute(_DELETE_EXPIRED, [timezone.now()])
        return cursor.rowcount


class SignInCache(BaseCache):
    """A cache for allauth in the table ``SignInLimit``.

    allauth's keys name an account or an address, so the table holds a hash under SECRET_KEY. For any other
    key, ``get`` finds nothing (parler deletes some keys with each object, although its caching is off), and
    ``set`` and ``add`` raise ImproperlyConfigured.
    """

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def make_key(self, key: str, version: int | None = None) -> str:
        """Return the keyed hash of a key."""
        return salted_hmac(__name__, key, algorithm="sha256").hexdigest()

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None) -> bool:
        _refuse_other_keys(key)
        now = timezone.now()
        row: dict[str, Any] = {"key": self.make_key(key), "value": json.dumps(value), "now": now}
        delete_expired()
        with connection.cursor() as cursor:
            cursor.execute(_ADD, {**row, "until": now + self._lifetime(timeout)})
            return cursor.rowcount == 1

    def get(self, key, default=None, version=None):
        if not key.startswith(ALLAUTH_PREFIXES):
            return default
        kept = SignInLimit.objects.filter(key=self.make_key(key), expires_at__gt=timezone.now())
        found = kept.values_list("value", flat=True).first()
        return default if found is None else found

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None) -> None:
        _refuse_other_keys(key)
        until = timezone.now() + self._lifetime(timeout)
        SignInLimit.objects.bulk_create(
            [SignInLimit(key=self.make_key(key), value=value, expires_at=until)],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["value", "expires_at"],
        )

    def delete(self, key, version=None) -> bool:
        if not key.startswith(ALLAUTH_PREFIXES):
            return False
        return bool(SignInLimit.objects.filter(key=self.make_key(key)).delete()[0])

    def clear(self) -> None:
        SignInLimit.objects.all().delete()

    def _lifetime(self, timeout: object) -> timedelta:
        # No row lives for ever.
        return timedelta(seconds=timeout if isinstance(timeout, int | float) else 300)


def _refuse_other_keys(key: str) -> None:
    if not key.startswith(ALLAUTH_PREFIXES):
        raise ImproperlyConfigured(
            'The default cache is a table for sign-in alone; use caches["memory"].'
        )
