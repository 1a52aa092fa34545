"""The roles, and the permissions of each.

A role is a group with a fixed name, which the migration creates. :class:`RoleBackend` reads its
permissions from the table below; the admin, the desk, the exports and the commands all call
``user.has_perm``. Permissions of groups and users in the database have no effect.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse


class Role(StrEnum):
    """The roles of staff; the values are the names of their groups."""

    ADMINISTRATOR = "administrator"
    ANALYST = "analyst"
    MODERATOR = "moderator"
    CASE_OFFICER = "case officer"
    INVESTIGATOR = "investigator"
    SAFEGUARDING = "safeguarding"


def _all(model: str, *verbs: str) -> set[str]:
    app, name = model.split(".")
    return {f"{app}.{verb}_{name}" for verb in verbs or ("view", "add", "change", "delete")}


PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.ADMINISTRATOR: frozenset(
        _all("staff.user", "view", "add", "change")
        | _all("staff.officercountry")
        | _all("tips.desk", "view", "add", "change")
        | _all("tips.hotline")
        | _all("objects.category")
        | _all("objects.traceobject", "view")
        | _all("objects.hashlist", "view")
        | _all("outbox.step", "view")
        | {"outbox.retry_step"}
        | _all("audit.entry", "view")
        | _all("tips.legalhold", "view")
        | {"tips.decide_legalhold"}
    ),
    Role.ANALYST: frozenset(
        _all("objects.traceobject", "view", "add", "change")
        | _all("objects.picture", "view", "add", "change", "delete")
        | _all("objects.category", "view")
        | _all("objects.campaign", "view", "add", "change")
        | _all("objects.hashlist", "view")
        | {"objects.publish_traceobject"}
    ),
    Role.MODERATOR: frozenset(
        _all("tips.claim", "view", "change")
        | _all("tips.tip", "view")
        | _all("tips.lead", "view")
        | _all("tips.referral", "view")
        | _all("tips.desk", "view")
        | _all("tips.legalhold", "view")
        | {"tips.decide_legalhold"}
        | _all("objects.traceobject", "view")
        | {"tips.vet_claim", "tips.view_contact", "tips.view_attachment"}
        | {"tips.export_tip", "tips.export_lead"}
    ),
    Role.CASE_OFFICER: frozenset(
        {"tips.work_referral", "tips.view_contact", "tips.view_attachment"}
    ),
    Role.INVESTIGATOR: frozenset(
        _all("tips.lead", "view") | _all("objects.traceobject", "view") | {"tips.export_lead"}
    ),
    # Handles files that are on a hash list, and sees nothing else.
    Role.SAFEGUARDING: frozenset({"tips.view_locked"}),
}


ADMIN_ROLES = frozenset({Role.ADMINISTRATOR, Role.ANALYST, Role.MODERATOR})


class RoleBackend(ModelBackend):
    """Check passwords as Django does, and take permissions only from the table above."""

    def get_all_permissions(self, user_obj: Any, obj: object = None) -> set[str]:
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        if not hasattr(user_obj, "_role_permissions"):
            user_obj._role_permissions = set().union(
                *(PERMISSIONS[role] for role in roles_of(user_obj))
            )
        return user_obj._role_permissions

    def has_perm(self, user_obj: Any, perm: str, obj: object = None) -> bool:
        return perm in self.get_all_permissions(user_obj, obj)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return any(perm.startswith(f"{app_label}.") for perm in self.get_all_permissions(user_obj))


def roles_of(user: Any) -> set[Role]:
    """Return the roles of a user, which are the groups with the names of roles.

    They are queried once for each instance, so once in a request.
    """
    if not hasattr(user, "_roles"):
        known = {role.value for role in Role}
        names = user.groups.values_list("name", flat=True)
        user._roles = {Role(name) for name in names if name in known}
    return user._roles


def works_in_admin(user: Any) -> bool:
    """Return whether a user works in the admin. Officers and investigators have other pages."""
    return user.is_authenticated and user.is_active and bool(roles_of(user) & ADMIN_ROLES)


def countries_of(user: Any) -> frozenset[str]:
    """Return the ISO 3166-1 alpha-2 codes of a case officer's countries; empty for all others."""
    if not user.is_active or Role.CASE_OFFICER not in roles_of(user):
        return frozenset()
    return frozenset(user.officer_countries.values_list("country", flat=True))


def requires(permission: str) -> Callable:
    """Return a decorator that allows only staff with a permission. Others sign in or are refused."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return checked

    return decorate
