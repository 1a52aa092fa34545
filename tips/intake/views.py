"""Public pages beside the entrances: leaving the site, and the list of hotlines."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import conditional_page, require_safe

from objects.gallery.caching import public
from tips.intake import countries
from tips.intake.pages import no_store
from tips.models import Hotline
from traceobject.page_cache import cached_page


@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """Redirect to the neutral site and make the browser delete what it stored of this one."""
    answer = HttpResponseRedirect(settings.LEAVE_URL)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return no_store(answer)


@cached_page()
@require_safe
@conditional_page
def hotlines(request: HttpRequest) -> HttpResponse:
    """List the hotlines for reporting pictures of abuse, by country."""
    named = sorted(
        (
            (countries.name_of(str(each.country)) if each.country else "", each)
            for each in Hotline.objects.all()
        ),
        key=lambda row: (row[0] == "", row[0], row[1].name),
    )
    return public(render(request, "tips/hotlines.html", {"hotlines": named}))
