"""Public pages beside the entrances: leaving the site, and where pictures of abuse are reported."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import conditional_page, require_safe

from objects.gallery.caching import public
from tips.intake import countries
from tips.intake.pages import unstored
from tips.models import Hotline
from traceobject.page_cache import cached_page


@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """Leave for the neutral site, and have the browser forget what it kept of this one."""
    answer = HttpResponseRedirect(settings.LEAVE_URL)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return unstored(answer)


@cached_page()
@require_safe
@conditional_page
def hotlines(request: HttpRequest) -> HttpResponse:
    """List where pictures of abuse are reported, country by country."""
    named = sorted(
        (
            (countries.name_of(str(each.country)) if each.country else "", each)
            for each in Hotline.objects.all()
        ),
        key=lambda row: (row[0] == "", row[0], row[1].name),
    )
    return public(render(request, "tips/hotlines.html", {"hotlines": named}))
