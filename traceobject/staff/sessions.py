"""Sessions of staff, in a table from which nobody can take one over. This is the site's SESSION_ENGINE.

The table holds a hash of each key and data that only the key decrypts, so a copy of the database opens no
session. A session ends after 30 minutes without a request, and 12 hours after it began.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any

from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.http import base36_to_int

from traceobject.staff.models import StaffSession, User

IDLE = timedelta(minutes=30)
LONGEST = timedelta(seconds=settings.SESSION_COOKIE_AGE)
_TOUCH_AFTER = timedelta(minutes=1)
_STARTED = "started_at"


def hash_key(key: str) -> str:
    """Return the hash under which a session is stored. Keys have 165 random bits, so it needs no salt."""
    return hashlib.sha256(key.encode()).hexdigest()


def _fernet(key: str) -> Fernet:
    secret = hmac.digest(settings.SECRET_KEY.encode(), f"session {key}".encode(), "sha256")
    return Fernet(base64.urlsafe_b64encode(secret))


class SessionStore(DatabaseStore):
    """A session in the table ``StaffSession``."""

    @classmethod
    def get_model_class(cls) -> type[StaffSession]:  # type: ignore[override]
        return StaffSession

    def exists(self, session_key: str) -> bool:
        return super().exists(hash_key(session_key))

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            StaffSession.objects.filter(session_key=hash_key(key)).delete()

    def load(self) -> dict[str, Any]:
        key = self.session_key
        row = (
            key
            and StaffSession.objects.filter(
                session_key=hash_key(key), expire_date__gt=timezone.now()
            ).first()
        )
        if not key or not row:
            self._session_key = None
            return {}
        self._expires = row.expire_date
        try:
            return json.loads(_fernet(key).decrypt(bytes(row.session_data)))
        except InvalidToken:  # SECRET_KEY has changed
            self._session_key = None
            return {}

    def create_model_instance(self, data: dict[str, Any]) -> StaffSession:  # type: ignore[override]
        key: str = self._get_or_create_session_key()  # type: ignore[attr-defined]  # not in the stubs
        now = timezone.now()
        # A session that began before somebody signed in begins anew then.
        started = data.get(_STARTED)
        begun = datetime.fromisoformat(started) if started else now
        self._expires = min(now + IDLE, begun + LONGEST)
        return StaffSession(
            session_key=hash_key(key),
            session_data=_fernet(key).encrypt(json.dumps(data).encode()),
            user_id=data.get(SESSION_KEY) or _pending_user(data),
            started_at=begun,
            expire_date=self._expires,
        )

    def begin(self) -> None:
        """Count the longest duration from now. Called when somebody signs in."""
        self[_STARTED] = timezone.now().isoformat()

    def touch(self) -> None:
        """Keep a loaded session for another 30 minutes, within its longest duration.

        The row is changed at most once a minute.
        """
        now = timezone.now()
        started = self.get(_STARTED)
        expires = getattr(self, "_expires", None)
        if not started or expires is None or not self.session_key:
            return
        until = min(now + IDLE, datetime.fromisoformat(started) + LONGEST)
        if until - expires >= _TOUCH_AFTER:
            StaffSession.objects.filter(session_key=hash_key(self.session_key)).update(
                expire_date=until
            )


def _pending_user(data: dict[str, Any]) -> int | None:
    """Return the user of a sign-in that waits for its second factor, so that it can be ended, too."""
    waiting = data.get(LOGIN_SESSION_KEY)
    number = waiting.get("user_pk") if isinstance(waiting, dict) else None
    return base36_to_int(number) if number else None  # as allauth writes it


def owner_of(key: str) -> int | None:
    """Return the primary key of the user of a session, also of one that has just expired."""
    found = StaffSession.objects.filter(session_key=hash_key(key))
    return found.values_list("user", flat=True).first()


def sessions_of(user: User) -> QuerySet[StaffSession]:
    """Return somebody's open sessions, newest first."""
    return StaffSession.objects.filter(user=user, expire_date__gt=timezone.now()).order_by(
        "-started_at"
    )


def end_sessions(user: User, *, but: str | None = None) -> int:
    """End all sessions of an account, and return how many.

    Args:
        but: the key of a session that goes on.
    """
    ended = StaffSession.objects.filter(user=user)
    if but:
        ended = ended.exclude(session_key=hash_key(but))
    return ended.delete()[0]
