"""The state of the outbox, for /healthz, staff pages and commands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from traceobject.outbox import registry
from traceobject.outbox.lanes import Lane
from traceobject.outbox.models import Destination, Step

LATE_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class LaneState:
    """The state of a lane: waiting steps, how many of them have failed, and the oldest one's start."""

    lane: Lane
    waiting: int
    failing: int
    oldest: datetime | None

    @property
    def is_late(self) -> bool:
        return self.oldest is not None and timezone.now() - self.oldest > LATE_AFTER


def status() -> str:
    """Return ``ok``, ``late`` (a step waits longer than ``LATE_AFTER``) or ``given up``."""
    found = Step.objects.aggregate(
        given_up=Count("pk", filter=Q(given_up_at__isnull=False)),
        oldest=Min("waiting_since", filter=Q(given_up_at__isnull=True)),
    )
    if found["oldest"] is not None and timezone.now() - found["oldest"] > LATE_AFTER:
        return "late"
    return "given up" if found["given_up"] else "ok"


def lanes() -> list[LaneState]:
    """Return the state of each lane."""
    return [_state(lane) for lane in Lane]


def _state(lane: Lane) -> LaneState:
    found = Step.objects.filter(name__in=registry.steps_of(lane), given_up_at=None).aggregate(
        waiting=Count("pk"),
        failing=Count("pk", filter=Q(attempts__gt=0) | ~Q(last_error="")),
        oldest=Min("waiting_since"),
    )
    return LaneState(lane, **found)


def given_up() -> QuerySet[Step]:
    """Return the steps that are no longer retried, oldest first."""
    return Step.objects.filter(given_up_at__isnull=False).order_by("given_up_at", "id")


def failing(name: str = "") -> QuerySet[Step]:
    """Return the steps (of one name, or all) that failed and will be retried, oldest first."""
    found = Step.objects.filter(given_up_at=None).exclude(last_error="")
    return (found.filter(name=name) if name else found).order_by("waiting_since", "id")


def waiting(names: Iterable[str]) -> int:
    """Return the number of steps with these names that are not done, given up or not."""
    return Step.objects.filter(name__in=list(names)).count()


def paused_destinations() -> list[Destination]:
    """Return the destinations whose circuit breaker is open, by name."""
    return list(Destination.objects.order_by("name"))


def describe(step: Step) -> str:
    """Return a description of a step and its subject, for staff."""
    return describe_all([step])[step.pk]


def describe_all(steps: Sequence[Step]) -> dict[int, str]:
    """Return a description of each step by primary key, with one query for each step name."""
    subjects: dict[str, list[int]] = {}
    for step in steps:
        subjects.setdefault(step.name, []).append(step.subject)
    known: dict[str, dict[int, str]] = {}
    for name, numbers in subjects.items():
        found = registry.find(name)
        known[name] = found.describe(numbers) if found and found.describe else {}
    return {
        step.pk: f"{registry.label(step.name)}: {known[step.name].get(step.subject, f'number {step.subject}')}"
        for step in steps
    }
