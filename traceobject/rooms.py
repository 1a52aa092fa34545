"""Rooms: each area of the site for staff, declared once; and the list of all public pages.

The second-factor check, the onion service, cache headers, robots.txt, the menu and the tests read this.
A page that is neither public nor in a room is closed. :mod:`traceobject.actions` says who may do what in a
room.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from traceobject.actions import may_open
from traceobject.errors import ErrorForStaff, StepRefused
from traceobject.staff import recent
from traceobject.staff.roles import Role, works_in_admin


@dataclass(frozen=True)
class Room:
    """An area of the site for staff.

    Attributes:
        prefix: prefix of its paths, without the first slash.
        permission: permission to enter it; '' admits every member of staff.
        label: its name in the menu; '' leaves it out of the menu.
        home: URL name of its first page.
        in_robots_txt: whether robots.txt may name it.
    """

    prefix: str
    permission: str
    label: str
    home: str
    in_robots_txt: bool = True

    def admits(self, user: object) -> bool:
        """Return whether a signed-in member of staff may enter."""
        if self.home == "admin:index":
            return works_in_admin(user)
        return not self.permission or user.has_perm(self.permission)  # type: ignore[attr-defined]


SIGN_IN_PREFIX = "accounts/"  # sign-in and second factor: open to everybody

ROOMS = (
    Room("staff/", "", "", "staff_home"),
    Room("desk/", "tips.work_referral", "Desk", "desk"),
    Room("leads/", "tips.export_lead", "Leads", "leads"),
    Room("locked/", "tips.view_locked", "Locked files", "locked"),
    Room(settings.ADMIN_PATH, "", "Admin", "admin:index", in_robots_txt=False),
)

HOMES = {
    Role.MODERATOR: ("admin:tips_claim_changelist", "Queue of claims"),
    Role.ANALYST: ("admin:objects_traceobject_changelist", "Objects"),
    Role.ADMINISTRATOR: ("admin:index", "Staff, desks and the audit trail"),
    Role.CASE_OFFICER: ("desk", "Desk: referrals to your countries"),
    Role.INVESTIGATOR: ("leads", "Leads"),
    Role.SAFEGUARDING: ("locked", "Locked files"),
}

# URL names of all public pages.
PUBLIC = frozenset(
    {
        *("gallery", "object", "feed", "feed_of_category", "listing", "oembed", "sitemap"),
        *("picture", "tip", "receipt", "results", "hotlines", "leave"),
        *("health", "live", "robots", "security_txt"),
    }
)

# Pages for somebody who signed in or confirmed who they are in the last ten minutes: contact details,
# locked files, exports, and changes of accounts.
RECENT = frozenset(
    {
        *("admin:tips_tip_contact", "referral_contact", "referral_place"),
        *("take_locked", "leads_csv"),
        *("admin:staff_user_add", "admin:staff_user_change"),
        *("admin:staff_user_invite", "admin:staff_user_reset_factors", "admin:staff_user_unlink"),
    }
)


def staff_paths() -> tuple[str, ...]:
    """Return the path prefixes of all rooms and of sign-in."""
    return tuple(f"/{prefix}" for prefix in (SIGN_IN_PREFIX, *(room.prefix for room in ROOMS)))


def room_of(path: str) -> Room | None:
    """Return the room of a path, or None."""
    return next((room for room in ROOMS if path.startswith(f"/{room.prefix}")), None)


def rooms_for(user: object) -> list[Room]:
    """Return the rooms in a member of staff's menu."""
    return [room for room in ROOMS if room.label and room.admits(user)]


logger = logging.getLogger(__name__)


class RoomMiddleware:
    """Middleware that checks the room and the permission of each page, and refuses what nobody declared.

    The views check their permissions again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or match.view_name in PUBLIC:
            return None
        path = request.path_info
        if path.startswith(f"/{SIGN_IN_PREFIX}"):
            return None
        room = room_of(path)
        if room is None:
            raise PermissionDenied
        try:
            refused = _refuse_entry(request, room, match.view_name)
        except PermissionDenied:
            _log_refusal(request)
            raise
        if refused is None and match.view_name in RECENT and not recent.is_recent(request):
            return recent.confirm_first(request)
        if refused is None and request.method == "POST":
            recent.forget_form(request)
        return refused

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a refused step or a failing store with a page that gives the reason.

        Views catch refusals that they can show beside a field. This handles the others.
        """
        if room_of(request.path_info) is None:
            return None
        if isinstance(error, PermissionDenied):
            _log_refusal(request)
        if not isinstance(error, ErrorForStaff):
            return None
        status = 409 if isinstance(error, StepRefused) else 503
        return render(request, "staff_refused.html", {"reason": str(error)}, status=status)


def _log_refusal(request: HttpRequest) -> None:
    match = request.resolver_match
    logger.warning(
        "account %s was refused %s", request.user.pk, match.view_name if match else "a page"
    )


def _refuse_entry(request: HttpRequest, room: Room, name: str) -> HttpResponse | None:
    if not request.user.is_authenticated:
        is_page = request.method in ("GET", "HEAD")
        return redirect_to_login(request.get_full_path() if is_page else recent.keep_form(request))
    if settings.MFA_REQUIRED and not is_mfa_enabled(request.user):
        return redirect("mfa_index")
    if not room.admits(request.user) or not may_open(request.user, name):
        raise PermissionDenied
    return None
