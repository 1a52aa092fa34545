"""Record what happens to accounts outside the admin: sign-in, passwords, second factors."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import (
    authentication_step_completed,
    password_changed,
    password_reset,
    password_set,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest

from traceobject.audit import trail
from traceobject.staff import recent
from traceobject.staff.authority import Actor, System
from traceobject.staff.models import User
from traceobject.staff.notices import Kind, notify
from traceobject.staff.sessions import end_sessions


def _record(action: str, target: object, by: Actor, **detail: Any) -> None:
    with transaction.atomic():
        trail.record(action, target, by=by, **detail)


@receiver(user_logged_in)
def signed_in(sender: object, user: User, request: HttpRequest | None, **_: object) -> None:
    """Record a sign-in, and begin the session's longest duration."""
    session = getattr(request, "session", None)
    if request is not None and session is not None:
        session.begin()
        recent.note(request)
    _record("staff.signed_in", user, user)


@receiver(user_logged_out)
def signed_out(sender: object, user: User | None, **_: object) -> None:
    """Record a sign-out. Django also sends this for a session without a user."""
    if user is not None:
        _record("staff.signed_out", user, user)


@receiver(user_login_failed)
def failed(sender: object, credentials: dict[str, str], **_: object) -> None:
    """Record a failure for an existing account only, because any other name may be a password."""
    name = credentials.get("username", "")
    user = get_user_model().objects.filter(username__iexact=name).first() if name else None
    if user is not None:
        _record("staff.sign_in_failed", user, System.SIGN_IN)


@receiver(authentication_failed)
def code_failed(sender: object, user: User, **_: object) -> None:
    """Record a wrong one-time code."""
    _record("staff.code_failed", user, System.SIGN_IN)


@receiver(authentication_step_completed)
def confirmed(sender: object, request: HttpRequest, user: User, **detail: object) -> None:
    """Note that somebody has confirmed who they are."""
    if detail.get("reauthenticated"):
        recent.note(request)


@receiver([password_changed, password_set, password_reset])
def password_has_changed(sender: object, user: User, signal: object, **_: object) -> None:
    """Record a new password, end all sessions and tell the account's owner."""
    with transaction.atomic():
        end_sessions(user)
        notify(user, Kind.PASSWORD_CHANGED)
        action = "staff.password_reset" if signal is password_reset else "staff.password_changed"
        trail.record(action, user, by=user)


# allauth sends its own signals about factors after the commit, when a crash could lose them.
@receiver(post_save, sender=Authenticator)
def factor_added(sender: object, instance: Authenticator, created: bool, **_: object) -> None:
    """Record a new factor, with its row."""
    if created:
        _factor_changed("staff.factor_added", instance, Kind.FACTOR_ADDED)


@receiver(post_delete, sender=Authenticator)
def factor_removed(sender: object, instance: Authenticator, **_: object) -> None:
    """Record that somebody removed a factor of their own, with its row."""
    _factor_changed("staff.factor_removed", instance, Kind.FACTOR_REMOVED)


def _factor_changed(action: str, authenticator: Authenticator, kind: str) -> None:
    user: User = authenticator.user
    with transaction.atomic():
        if authenticator.type != Authenticator.Type.RECOVERY_CODES:
            notify(user, kind)
        trail.record(action, user, by=user, factor=str(authenticator.type))
