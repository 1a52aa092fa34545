"""Publish approved objects and campaigns at their time."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from objects.models import Campaign, TraceObject
from objects.publishing.checks import require_ready
from objects.publishing.lifecycle import launch, lock_approved, publish_locked
from traceobject.audit import trail
from traceobject.errors import StepRefused
from traceobject.staff.authority import System

State = TraceObject.State


def publish_due(now: datetime | None = None) -> int:
    """Publish approved objects and whole campaigns whose time has come.

    What cannot be published stays as it is, and its page shows the reason.

    Returns:
        The number of objects that were published.
    """
    now = now or timezone.now()
    due = TraceObject.objects.filter(
        state=State.SUBMITTED, approved_at__isnull=False, publish_at__lte=now, campaign__isnull=True
    )
    out = 0
    for trace_object in due:
        try:
            with transaction.atomic():
                found = lock_approved(trace_object)
                require_ready(found)
                publish_locked(found, by=System.SCHEDULE, now=now)
        except StepRefused as why:
            _hold(trace_object, str(why))
        else:
            out += 1
    for campaign in Campaign.objects.filter(launched_at__isnull=True, publish_at__lte=now):
        before = TraceObject.objects.public().count()
        try:
            launch(campaign, by=System.SCHEDULE, now=now)
        except StepRefused as why:
            _hold(campaign, str(why))
        else:
            out += TraceObject.objects.public().count() - before
    return out


def _hold(held: TraceObject | Campaign, why: str) -> None:
    """Record why something was not published at its time, once for each new reason."""
    why = why[:400]
    with transaction.atomic():
        changed = type(held).objects.filter(pk=held.pk).exclude(hold_reason=why)
        if changed.update(hold_reason=why):
            name = "campaign" if isinstance(held, Campaign) else "object"
            trail.record(f"{name}.held", held, by=System.SCHEDULE, why=why)
