"""django-allauth's account adapter: nobody signs up, and a guesser does not lock the owner out."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.forms import ChangePasswordForm, ResetPasswordForm, UserTokenForm
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from traceobject.staff import recent
from traceobject.staff.models import User
from traceobject.staff.notices import Kind, notify

KNOWN_BROWSER = "__Host-known-browser" if settings.PRODUCTION else "known-browser"
_KNOWN_FOR = 180 * 24 * 3600  # seconds
_signer = signing.TimestampSigner(salt="traceobject.staff.known-browser")


class StaffAccountAdapter(DefaultAccountAdapter):
    """An adapter without sign-up: administrators create accounts.

    Five wrong passwords block an account for five minutes. A browser on which its owner has signed in
    before has attempts of its own (OWASP's 'device cookies'), so somebody who guesses elsewhere does not
    block it. A passkey needs no password and is never blocked.
    """

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def post_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse:
        """Remember the browser for its next sign-in."""
        response = super().post_login(request, user, **more)
        value = f"{_name_hash(user.get_username())}:{secrets.token_hex(8)}"
        response.set_cookie(
            KNOWN_BROWSER,
            _signer.sign(value),
            max_age=_KNOWN_FOR,
            secure=settings.PRODUCTION,
            httponly=True,
            samesite="Strict",
        )
        return response

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Ask again only ten minutes after somebody signed in or confirmed who they are, as everywhere."""
        return not recent.is_recent(self.request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        key = super()._get_login_attempts_cache_key(request, **credentials)
        login = str(credentials.get("username", ""))
        try:
            known = _signer.unsign(request.COOKIES.get(KNOWN_BROWSER, ""), max_age=_KNOWN_FOR)
        except signing.BadSignature:
            return key
        name, _, browser = known.rpartition(":")
        return f"{key}:{browser}" if login and name == _name_hash(login) else key


def _name_hash(name: str) -> str:
    """Return a hash of a username for a cookie, which holds plain ASCII only."""
    return hashlib.sha256(name.lower().encode()).hexdigest()[:32]


class StaffChangePasswordForm(ChangePasswordForm):
    """Change one's password. Wrong old ones are limited and recorded, like those at sign-in."""

    def clean_oldpassword(self) -> str:
        given = self.cleaned_data.get("oldpassword", "")
        if not get_adapter().reauthenticate(self.user, given):
            raise get_adapter().validation_error("enter_current_password")
        return given


class StaffUserTokenForm(UserTokenForm):
    """Check a mailed link. One of an account that has been made inactive since is invalid."""

    def _get_user(self, uidb36: str) -> User | None:
        user = super()._get_user(uidb36)
        return user if user is not None and user.is_active else None


class StaffResetPasswordForm(ResetPasswordForm):
    """Ask for a link. The work and the answer are the same for an address that nobody has."""

    def save(self, request: HttpRequest, **more: Any) -> str:
        for user in self.users[:1] or [None]:
            notify(user, Kind.PASSWORD_RESET)
        return self.cleaned_data["email"]
