"""A second factor for everyone who signs in, where MFA_REQUIRED is on (it is in production)."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

Handler = Callable[[HttpRequest], HttpResponse]
OPEN = ("/accounts/", "/static/")


def second_factor(get_response: Handler) -> Handler:
    """Send a member of staff without a second factor to set one up before anything else."""
    staff = (f"/{settings.ADMIN_PATH}", "/desk/", "/leads/", "/staff/")

    def handle(request: HttpRequest) -> HttpResponse:
        if (
            settings.MFA_REQUIRED
            and request.path.startswith(staff)
            and request.user.is_authenticated
            and not is_mfa_enabled(request.user)
        ):
            return redirect("mfa_activate_totp")
        return get_response(request)

    return handle
