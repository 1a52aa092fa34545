"""A circuit breaker for each destination outside, such as the mail server.

If a destination hangs, refuses or has no address, nothing is sent to it for a pause. Then one step runs
first, as a probe. If it succeeds, the breaker closes. The pauses grow from five seconds to a minute. A step
loses no attempt to an outage.

The pattern is Nygard's (*Release It!*, 2007).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

from django.db.models import F
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

from traceobject.errors import Unreachable
from traceobject.outbox.failures import reason_for
from traceobject.outbox.models import Destination

log = logging.getLogger(__name__)
Result = TypeVar("Result")

SHORTEST, LONGEST = timedelta(seconds=5), timedelta(minutes=1)


class Paused(Unreachable):
    """The destination failed recently, and its pause is not over."""


def paused() -> set[str]:
    """Return the names of the destinations whose breaker is open."""
    return set(Destination.objects.values_list("name", flat=True))


def may_probe(name: str) -> bool:
    """Claim the one probe of a failed destination. Return False during its pause or another's probe."""
    due = Destination.objects.filter(name=name, next_try_at__lte=Now())
    return bool(due.update(next_try_at=Now() + LONGEST))


def record_failure(name: str, error: BaseException) -> None:
    """Open the breaker of a destination, or make its pause longer."""
    reason = reason_for(error)
    found, is_new = Destination.objects.get_or_create(
        name=name, defaults={"failures": 1, "reason": reason}
    )
    failures = F("failures") if is_new else F("failures") + 1
    Destination.objects.filter(pk=name).update(
        failures=failures, reason=reason, next_try_at=_after(found.failures + (not is_new))
    )


def record_success(name: str) -> None:
    """Close the breaker of a destination."""
    Destination.objects.filter(pk=name).delete()


def close_idle(name: str) -> None:
    """Close the breaker of a destination that no step needs, once its pause is over."""
    Destination.objects.filter(pk=name, next_try_at__lte=Now()).delete()


def _after(failures: int) -> Combinable:
    return Now() + min(SHORTEST * 2 ** min(failures - 1, 10), LONGEST)


@contextmanager
def reaching(name: str) -> Iterator[None]:
    """Guard a block that needs a destination with its breaker.

    Raises:
        Paused: the destination failed recently, and its pause is not over.
        Unreachable: the destination failed in the block.
    """
    was_paused = Destination.objects.filter(pk=name).exists()
    if was_paused and not may_probe(name):
        raise Paused(f"The {name} did not answer. It will be retried within a minute.")
    try:
        yield
    except (Unreachable, TimeoutError) as error:
        record_failure(name, error)
        raise
    if was_paused:
        record_success(name)


def run_if_reachable(name: str, work: Callable[[], Result]) -> Result | None:
    """Run periodic work that needs a destination. Return its result, or None if the destination fails."""
    try:
        with reaching(name):
            return work()
    except Unreachable as error:
        log.warning("periodic work was left for the next time: %s", reason_for(error))
        return None
