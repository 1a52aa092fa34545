"""Pages that open only to somebody who has lately confirmed who they are.

A session that was left open on a desk shows no contact details, exports nothing and changes no account.
Signing in counts; after ten minutes, the page asks for the password, a code or a passkey.
"""

from __future__ import annotations

import re
import time
from typing import Any, cast

from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import resolve, reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from traceobject.actions import all_actions
from traceobject.staff.sessions import owner_of

RECENTLY = 600  # seconds
LONGEST_VALUE = 200  # characters shown of a field
LARGEST_FORM = 200_000  # characters kept of a form
_CONFIRMED_AT = "confirmed_at"
_FORM = "form_to_continue"


def note(request: HttpRequest) -> None:
    """Note in the session that its owner has just confirmed who they are."""
    request.session[_CONFIRMED_AT] = int(time.time())


def is_recent(request: HttpRequest) -> bool:
    """Return whether the session's owner signed in or confirmed who they are in the last ten minutes."""
    return time.time() - request.session.get(_CONFIRMED_AT, 0) < RECENTLY


def confirm_first(request: HttpRequest) -> HttpResponse:
    """Ask the session's owner to confirm who they are, then continue with this request.

    A form is kept in the session, which is encrypted, so that nothing has to be typed again.
    """
    target = keep_form(request) if request.method == "POST" else request.get_full_path()
    if not get_reauthentication_flows(request.user):  # signs in elsewhere alone
        kept = request.session.get(_FORM)
        logout(request)
        if kept:
            request.session[_FORM] = kept
        messages.info(request, "Sign in again to continue.")
        return redirect_to_login(target)
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': target})}")


def keep_form(request: HttpRequest) -> str:
    """Keep a form until its sender has signed in, and return the address of the page that shows it.

    A form with files or a very long one is not kept, and the staff page says so. Nor is that of somebody whose session is not known: anybody could send those.
    """
    owner = request.user.pk or owner_of(request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""))
    fields = {
        name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"
    }
    if owner is None:
        return reverse("staff_home")
    if request.FILES or len(str(fields)) > LARGEST_FORM:
        messages.warning(request, "Your form could not be kept. Fill it in again.")
        return reverse("staff_home")
    request.session[_FORM] = {
        "path": request.get_full_path(),
        "fields": fields,
        "owner": owner,
    }
    return reverse("staff_continue")


def forget_form(request: HttpRequest) -> None:
    """Forget the form that was kept, once it is sent."""
    kept = request.session.get(_FORM)
    if kept and kept["path"] == request.get_full_path():
        del request.session[_FORM]


@never_cache
@require_http_methods(["GET", "HEAD"])
def continue_form(request: HttpRequest) -> HttpResponse:
    """Show the form that was kept, so that its sender sends or discards it."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    kept = cast("dict[str, Any] | None", request.session.get(_FORM))
    if kept is not None and kept["owner"] != request.user.pk:  # a colleague's
        kept = None
        request.session.pop(_FORM)
    if "discard" in request.GET:
        request.session.pop(_FORM, None)
    if kept is None or "discard" in request.GET:
        return redirect("staff_home")
    return render(
        request,
        "staff/continue.html",
        {
            "action": kept["path"],
            "fields": kept["fields"].items(),
            "page": kept["path"].partition("?")[0],
            "what": _label(kept["path"]),
            "shown": _shown(kept["fields"]),
        },
    )


def _label(path: str) -> str:
    """Return what sending a form to a path does, in words."""
    name = resolve(path.partition("?")[0]).view_name
    action = all_actions().get(name)
    if action is not None and action.label:
        return action.label
    return name.rpartition(":")[2].replace("_", " ").capitalize()


def _shown(fields: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Return the names and values of a form's fields that say something, for its sender to recognise."""
    return [
        (name.replace("_", " ").replace("-", " "), ", ".join(values)[:LONGEST_VALUE])
        for name, values in fields.items()
        if any(values)
        and name not in ("shown", "seen")
        and not name.startswith("_")
        and not re.search(r"_FORMS$|password", name)
    ]
