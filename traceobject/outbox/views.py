"""The administrators' view of the background steps."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from traceobject.outbox import health, queue
from traceobject.outbox.models import Step
from traceobject.staff.authority import user_of
from traceobject.staff.roles import requires

MAX_SHOWN = 50


def panel() -> dict[str, Any]:
    """Return the context of the template ``outbox/panel.html``."""
    return {
        "lanes": health.lanes(),
        "paused": health.paused_destinations(),
        "given_up": _rows(health.given_up()),
        "given_up_count": health.given_up().count(),
        "failing": _rows(health.failing()),
    }


def _rows(steps: QuerySet[Step]) -> list[dict[str, Any]]:
    shown = list(steps[:MAX_SHOWN])
    descriptions = health.describe_all(shown)
    return [{"step": step, "description": descriptions[step.pk]} for step in shown]


@require_POST
@requires("outbox.retry_step")
def retry(request: HttpRequest) -> HttpResponse:
    """Retry one step that was given up, or all of them."""
    steps = health.given_up()
    if not request.POST.get("all"):
        number = request.POST.get("step", "")
        steps = steps.filter(pk=int(number)) if number.isdecimal() else steps.none()
    count = queue.retry(steps, by=user_of(request))
    messages.success(request, f"{count} step{'' if count == 1 else 's'} will be retried.")
    return redirect("staff_home")
