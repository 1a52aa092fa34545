"""Who acts, and whether they may: every step asks here first."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

if TYPE_CHECKING:
    from traceobject.staff.models import User


class System(StrEnum):
    """The parts of the site that act by themselves, as the audit trail names them."""

    ALERTS = "alerts"
    COMMAND_LINE = "command line"
    INTAKE = "intake"
    MATCHING = "matching"
    PERSON_GATE = "person gate"
    RETENTION = "retention"
    ROUTING = "routing"
    SAMPLE_DATA = "sample data"
    SCHEDULE = "schedule"
    SENDER = "the sender"
    SIGN_IN = "sign-in"


Actor: TypeAlias = "User | System"

# What a part of the site may do through a step that people may do as well.
SYSTEM_PERMISSIONS: dict[System, frozenset[str]] = {
    System.COMMAND_LINE: frozenset(
        {
            *("objects.add_hashlist", "outbox.retry_step"),
            *("tips.add_tip", "tips.export_lead", "tips.export_tip", "tips.vet_claim"),
        }
    ),
    System.SCHEDULE: frozenset({"objects.publish_traceobject"}),
}


def authorise(by: Actor, permission: str) -> None:
    """Make sure that somebody may do what they are about to do.

    Args:
        by: a member of staff, or a part of the site.
        permission: such as ``tips.vet_claim``; who has it is decided in :mod:`traceobject.staff.roles`
            and, for parts of the site, in ``SYSTEM_PERMISSIONS``.

    Raises:
        PermissionDenied: they may not; a page answers 403, a command ends with one line.
    """
    if isinstance(by, System):
        may = permission in SYSTEM_PERMISSIONS.get(by, frozenset())
    else:
        may = by.has_perm(permission)
    if not may:
        raise PermissionDenied(f"{name_of(by)} may not do this ({permission}).")


def name_of(by: Actor) -> str:
    """Return the name of an actor as the audit trail keeps it."""
    return by.value if isinstance(by, System) else by.get_username()


def user_of(request: HttpRequest) -> User:
    """Return the member of staff who sent a request.

    Raises:
        PermissionDenied: nobody is signed in.
    """
    user = request.user
    if not user.is_authenticated:
        raise PermissionDenied
    return user
