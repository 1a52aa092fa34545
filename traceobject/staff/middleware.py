"""Sessions, sign-in and messages, on staff pages only.

Public pages have no session, whatever cookie a request brings. So they cannot depend on who is signed in,
and need no query of the session table.
"""

from __future__ import annotations

from typing import cast

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from traceobject.rooms import staff_paths


class StaffPathsOnly(MiddlewareMixin):
    """Mixin for middleware that runs only for the rooms and for sign-in."""

    staff = staff_paths()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(self.staff):
            return cast(HttpResponseBase, super().__call__(request))
        return cast(HttpResponseBase, self.get_response(request))


class Sessions(StaffPathsOnly, SessionMiddleware):
    """Sessions on staff pages. Each request keeps a session open for another while."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        session = getattr(request, "session", None)
        if session is not None and session.accessed and not session.modified:
            session.touch()
        return super().process_response(request, response)


class Authentication(StaffPathsOnly, AuthenticationMiddleware):
    """The signed-in user on staff pages."""


class Messages(StaffPathsOnly, MessageMiddleware):
    """One-time messages on staff pages."""
