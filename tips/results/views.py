"""The results page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.http import conditional_page, require_safe

from objects.gallery.caching import public
from objects.gallery.selection import Choice, select
from tips.models import Referral
from tips.results.figures import figures
from traceobject.page_cache import cached_page

LISTED = 60
# What officers choose among, in words for everybody.
OUTCOMES = {
    Referral.Outcome.CONFIRMED: gettext_lazy("Country confirmed"),
    Referral.Outcome.EXCLUDED: gettext_lazy("Country ruled out"),
    Referral.Outcome.WIDESPREAD: gettext_lazy("Found in many countries"),
    Referral.Outcome.NOTHING: gettext_lazy("Nothing found"),
}


@cached_page()
@require_safe
@conditional_page
def results(request: HttpRequest) -> HttpResponse:
    """Show what came of the tips, in figures and as a list of what was recognised."""
    counted = figures(timezone.now())
    recognised = select(Choice(status="recognised", order="newest"), get_language() or "en")
    context = {
        "figures": counted,
        "outcomes": [(OUTCOMES[Referral.Outcome(str(bar.label))], bar) for bar in counted.outcomes],
        "recognised": recognised.with_pictures()[:LISTED],
    }
    return public(render(request, "results/results.html", context))
