"""Who acts, and whether they may. Every step calls ``authorise`` first."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

if TYPE_CHECKING:
    from traceobject.staff.models import User


class System(StrEnum):
    """The parts of the site that act without a person, as named in the audit trail."""

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

# Permissions of the parts of the site, for steps that people may also do.
SYSTEM_PERMISSIONS: dict[System, frozenset[str]] = {
    System.COMMAND_LINE: frozenset(
        {
            *("objects.add_hashlist", "outbox.retry_step", "crypto.rotate_keys"),
            "staff.change_user",
            *(
                "tips.add_tip",
                "tips.erase_tip",
                "tips.export_lead",
                "tips.export_tip",
                "tips.vet_claim",
            ),
        }
    ),
    System.SCHEDULE: frozenset({"objects.publish_traceobject"}),
}


def authorise(by: Actor, permission: str) -> None:
    """Raise PermissionDenied unless somebody has a permission.

    Args:
        by: a member of staff, or a part of the site.
        permission: such as ``tips.vet_claim``. :mod:`traceobject.staff.roles` grants it to people, and
            ``SYSTEM_PERMISSIONS`` to parts of the site.

    Raises:
        PermissionDenied: they lack it. A page answers 403, and a command ends with one line.
    """
    if isinstance(by, System):
        may = permission in SYSTEM_PERMISSIONS.get(by, frozenset())
    else:
        may = by.has_perm(permission)
    if not may:
        raise PermissionDenied(f"{name_of(by)} may not do this ({permission}).")


def name_of(by: Actor) -> str:
    """Return the name of an actor in the audit trail."""
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
