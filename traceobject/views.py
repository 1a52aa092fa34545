"""Pages of the whole site: health, robots.txt, security.txt, staff's home and errors."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from traceobject.crypto import rotation
from traceobject.outbox import health as outbox
from traceobject.outbox.views import panel
from traceobject.rooms import HOMES, ROOMS, SIGN_IN_PREFIX
from traceobject.staff.accounts import count_administrators
from traceobject.staff.roles import Role, roles_of


@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Return the site's health for monitoring: 200, or 503 with the problem.

    The status is that of the outbox (:func:`traceobject.outbox.health.status`), ``missing key`` or
    ``no database``.
    """
    try:
        found = outbox.status()
        if found == "ok" and rotation.needs_absent_key():
            found = "missing key"
    except DatabaseError:
        found = "no database"
    return JsonResponse({"status": found}, status=200 if found == "ok" else 503)


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """Return 200 to a load balancer. This needs no database, because a failed form is still returned."""
    return JsonResponse({"status": "ok"})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Exclude search engines from staff pages and forms, without revealing the admin's path."""
    lines = [
        "User-agent: *",
        f"Disallow: /{SIGN_IN_PREFIX}",
        *(f"Disallow: /{room.prefix}" for room in ROOMS if room.in_robots_txt),
        "Disallow: /receipt/",
        "Disallow: /objects/*/tip/",
        "Disallow: /*/receipt/",
        "Disallow: /*/objects/*/tip/",
        f"Sitemap: {settings.SITE_URL}/sitemap.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Return the contact for security reports (RFC 9116); 404 if the settings have none."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    today = timezone.now().date()
    expires = date(
        today.year + 1, today.month, 1
    )  # the same for a month, so that caches can keep it
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires.isoformat()}T00:00:00Z",
        f"Canonical: {settings.SITE_URL}{request.path}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def staff_home(request: HttpRequest) -> HttpResponse:
    """Redirect a member of staff to their work, or let them choose if they have several roles.

    An administrator stays on this page, which shows the background steps.
    """
    roles = roles_of(request.user)
    mine = [home for role, home in HOMES.items() if role in roles]
    may_retry = request.user.has_perm("outbox.retry_step")
    if len(mine) == 1 and not may_retry:
        return redirect(mine[0][0])
    context = {
        "homes": mine,
        "work": panel() if may_retry else None,
        "is_only_administrator": Role.ADMINISTRATOR in roles and count_administrators() == 1,
    }
    return render(request, "staff_home.html", context, status=200 if mine else 403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a bad request, without quoting it."""
    return render(request, "400.html", {"site_name": settings.SITE_NAME}, status=400)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that failed the cross-site check, mostly because its session has ended."""
    return render(request, "stale_form.html", status=403)
