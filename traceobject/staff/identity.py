"""Sign-in through the agency's OpenID Connect provider, for accounts that an administrator has created.

The provider says who somebody is. Whether they have an account, and what they may do, is decided here.
"""

from __future__ import annotations

from typing import NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib import messages
from django.db import transaction
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.shortcuts import redirect

from traceobject.audit import trail
from traceobject.staff.authority import System
from traceobject.staff.models import User

_UNKNOWN = "You have no account here. Ask an administrator to create one with your email address."
_ANOTHER = "Your account is linked to another identity. Ask an administrator to unlink it."
_SIGNED_IN = "You are already signed in. Sign out first to sign in as somebody else."
_UNVERIFIED = "The sign-in service has not verified your email address. Ask whoever runs it."


class StaffSocialAccountAdapter(DefaultSocialAccountAdapter):
    """Link an identity to the account with its verified email address, once; refuse all others."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find the account of an identity.

        Raises:
            ImmediateHttpResponse: there is none; the sign-in page says why.
        """
        if request.user.is_authenticated:
            messages.info(request, _SIGNED_IN)
            raise ImmediateHttpResponse(redirect("staff_home"))
        # Nothing of the person but their number at the provider is stored.
        sociallogin.account.extra_data = {}
        if sociallogin.is_existing:
            return
        verified = {
            each.email.lower() for each in sociallogin.email_addresses if each.verified is True
        }
        if not verified:
            _refuse(request, _UNVERIFIED)
        users = User.objects.annotate(address=Lower("email")).filter(is_active=True)
        found = list(users.filter(address__in=verified))
        if len(found) != 1:
            _refuse(request, _UNKNOWN)
        user = found[0]
        if SocialAccount.objects.filter(user=user).exists():
            _refuse(request, _ANOTHER)
        with transaction.atomic():
            sociallogin.connect(request, user)
            trail.record("staff.identity_linked", user, by=System.SIGN_IN)


def _refuse(request: HttpRequest, reason: str) -> NoReturn:
    messages.error(request, reason)
    raise ImmediateHttpResponse(redirect("account_login"))
