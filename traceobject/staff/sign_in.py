"""The limits on guessing passwords and codes, kept in the database.

allauth keeps its limits, and the one-time codes that were used, in Django's default cache. Signing in
needs the database and nothing else: whatever Redis does, staff get in and guesses count. A row is of
no use after some minutes, and is removed.
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

# One statement, so that of two who ask at once one is refused.
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
    """Remove what no longer counts; return the number of rows."""
    with connection.cursor() as cursor:
        cursor.execute(_DELETE_EXPIRED, [timezone.now()])
        return cursor.rowcount


class SignInCache(BaseCache):
    """What allauth asks of a cache, in the table ``SignInLimit``; keeps nothing for anybody else.

    A key names an account or an address; kept is its hash under SECRET_KEY. Under others' keys
    nothing is found (parler clears some with each object, though its caching is off), and keeping
    something raises ImproperlyConfigured.
    """

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def make_key(self, key: str, version: int | None = None) -> str:
        """Return the hash under which a key is kept."""
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
        # 'For ever' is not to be had here.
        return timedelta(seconds=timeout if isinstance(timeout, int | float) else 300)


def _refuse_other_keys(key: str) -> None:
    if not key.startswith(ALLAUTH_PREFIXES):
        raise ImproperlyConfigured(
            'The default cache is a table for sign-in alone; use caches["memory"].'
        )
