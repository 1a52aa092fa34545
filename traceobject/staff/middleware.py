"""Sessions, sign-in and messages, for staff's addresses alone.

A page of the public has no session, whatever cookie comes with a request: nothing on it can depend on who
is signed in, and nobody's visit costs a look into the table of sessions.
"""

from __future__ import annotations

from typing import cast

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from traceobject.rooms import staff_paths


class StaffPathsOnly(MiddlewareMixin):
    """Middleware that passes over requests for what is outside of all rooms and their entrance."""

    staff = staff_paths()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(self.staff):
            return cast(HttpResponseBase, super().__call__(request))
        return cast(HttpResponseBase, self.get_response(request))


class Sessions(StaffPathsOnly, SessionMiddleware):
    """Staff's sessions."""


class Authentication(StaffPathsOnly, AuthenticationMiddleware):
    """Who of staff it is."""


class Messages(StaffPathsOnly, MessageMiddleware):
    """What a page says to staff once."""
