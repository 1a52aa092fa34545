"""What administrators do with accounts: create, change, invite, and reset a second factor."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.models import QuerySet

from traceobject.audit import trail
from traceobject.errors import StepRefused
from traceobject.staff.authority import Actor, authorise
from traceobject.staff.models import User
from traceobject.staff.notices import Kind, notify
from traceobject.staff.roles import Role
from traceobject.staff.sessions import end_sessions

LONGEST_REASON = 1000  # characters
LAST_ADMINISTRATOR = (
    "This is the last active administrator. Make somebody else an administrator first."
)
_ENDS_SESSIONS = ("active", "roles", "countries", "email")


def snapshot(user: User) -> dict[str, Any]:
    """Return what the audit trail records of an account, read from the database."""
    stored = User.objects.get(pk=user.pk)
    return {
        "name": stored.get_full_name(),
        "email": stored.email,
        "active": stored.is_active,
        "roles": sorted(stored.groups.values_list("name", flat=True)),
        "countries": sorted(map(str, stored.officer_countries.values_list("country", flat=True))),
    }


def record_added(user: User, *, by: Actor) -> None:
    """Record a new account and invite its owner, in the caller's transaction."""
    authorise(by, "staff.add_user")
    notify(user, Kind.INVITATION)
    trail.record("staff.added", user, by=by, **snapshot(user))


def record_changed(user: User, before: dict[str, Any], *, by: Actor) -> None:
    """Record what has changed of an account, in the caller's transaction.

    A change of activity, roles, countries or email address ends all its sessions. The old address is told of a
    new one.

    Args:
        before: :func:`snapshot` from before the change.

    Raises:
        StepRefused: no active administrator would be left.
    """
    authorise(by, "staff.change_user")
    after = snapshot(user)
    changes = {name: [before[name], after[name]] for name in after if after[name] != before[name]}
    if not changes:
        return
    if not _administrators(lock=True).exists():
        raise StepRefused(LAST_ADMINISTRATOR)
    if "email" in changes:
        notify(user, Kind.EMAIL_CHANGED, address=before["email"])
        SocialAccount.objects.filter(user=user).delete()  # linked by the old address
    if any(name in changes for name in _ENDS_SESSIONS):
        end_sessions(user)
    trail.record("staff.changed", user, by=by, changes=changes)


def is_last_administrator(user: User) -> bool:
    """Return whether nobody else is an active administrator."""
    active = _administrators()
    return active.filter(pk=user.pk).exists() and not active.exclude(pk=user.pk).exists()


def count_administrators() -> int:
    """Return how many active administrators there are."""
    return _administrators().count()


def _administrators(*, lock: bool = False) -> QuerySet[User]:
    """Return the active administrators. With ``lock``, concurrent changes of accounts wait."""
    if lock:
        # A new membership locks its group in share mode, so a stronger lock could deadlock.
        Group.objects.select_for_update(no_key=True).get(name=Role.ADMINISTRATOR)
    return User.objects.filter(groups__name=Role.ADMINISTRATOR, is_active=True)


def invite(user: User, *, by: Actor) -> None:
    """Mail somebody a link to set their password.

    Raises:
        PermissionDenied: ``by`` may not change accounts.
        StepRefused: the account is inactive.
    """
    authorise(by, "staff.change_user")
    with transaction.atomic():
        found = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if not found.is_active:
            raise StepRefused("This account is inactive. Make it active first.")
        notify(found, Kind.INVITATION)
        trail.record("staff.invited", found, by=by)


def set_password(user: User, password: str, *, by: Actor) -> None:
    """Set somebody's password, where nobody can mail them a link. End their sessions and tell them.

    Raises:
        PermissionDenied: ``by`` may not change accounts.
    """
    authorise(by, "staff.change_user")
    with transaction.atomic():
        found = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        found.set_password(password)
        found.save(update_fields=["password"])
        end_sessions(found)
        notify(found, Kind.PASSWORD_CHANGED)
        trail.record("staff.password_set", found, by=by)


def unlink(user: User, *, by: User) -> None:
    """Unlink an account from its identity at the sign-in provider, and end its sessions.

    At the next sign-in there, an identity with the account's email address is linked again.

    Raises:
        PermissionDenied: ``by`` may not change accounts.
        StepRefused: it is not linked.
    """
    authorise(by, "staff.change_user")
    with transaction.atomic():
        found = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        linked, _ = SocialAccount.objects.filter(user=found).delete()
        if not linked:
            raise StepRefused("This account is not linked.")
        end_sessions(found)
        trail.record("staff.identity_unlinked", found, by=by)


def reset_factors(user: User, *, by: Actor, reason: str) -> None:
    """Remove all second factors of a colleague who has lost them, end their sessions and tell them.

    Raises:
        PermissionDenied: ``by`` may not change accounts.
        StepRefused: it is one's own account, there is no reason, or there is no factor.
    """
    authorise(by, "staff.change_user")
    reason = reason.strip()
    if isinstance(by, User) and user.pk == by.pk:
        raise StepRefused("Ask another administrator to reset your own second factor.")
    if not reason:
        raise StepRefused("Give a reason. It is recorded.")
    if len(reason) > LONGEST_REASON:
        raise StepRefused(f"The reason is longer than {LONGEST_REASON} characters.")
    with transaction.atomic():
        found = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        factors = Authenticator.objects.filter(user=found)
        removed = sorted(factors.values_list("type", flat=True))
        if not removed:
            raise StepRefused("This account has no second factor.")
        with connection.cursor() as cursor:  # past the signal that records a removal by its owner
            cursor.execute("DELETE FROM mfa_authenticator WHERE user_id = %s", [found.pk])
        end_sessions(found)
        notify(found, Kind.FACTORS_RESET)
        trail.record("staff.factors_reset", found, by=by, factors=removed, reason=reason)
