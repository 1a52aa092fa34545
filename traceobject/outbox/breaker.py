"""A circuit breaker for each destination outside: what does not answer is left alone for a while.

After a failure that is the destination's (it hangs, refuses, has no name), nothing is sent there until
a pause is over. Then one step goes first, as a probe: if it gets through, the breaker closes. The
pauses grow from five seconds to a minute. A step never pays for an outage: it is not counted as tried.

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
    """The destination did not answer a moment ago, and its pause is not over."""


def paused() -> set[str]:
    """Return the destinations that have failed and did not answer since."""
    return set(Destination.objects.values_list("name", flat=True))


def may_probe(name: str) -> bool:
    """Take the right to try a failed destination once; False while its pause runs, or another tries."""
    due = Destination.objects.filter(name=name, next_try_at__lte=Now())
    return bool(due.update(next_try_at=Now() + LONGEST))


def note_failure(name: str, error: BaseException) -> None:
    """Leave a destination alone for a while."""
    reason = reason_for(error)
    found, is_new = Destination.objects.get_or_create(
        name=name, defaults={"failures": 1, "reason": reason}
    )
    failures = F("failures") if is_new else F("failures") + 1
    Destination.objects.filter(pk=name).update(
        failures=failures, reason=reason, next_try_at=_after(found.failures + (not is_new))
    )


def note_success(name: str) -> None:
    """Take up a destination again."""
    Destination.objects.filter(pk=name).delete()


def forget_idle(name: str) -> None:
    """Close the breaker of a destination for which nothing waits, once its pause is over."""
    Destination.objects.filter(pk=name, next_try_at__lte=Now()).delete()


def _after(failures: int) -> Combinable:
    return Now() + min(SHORTEST * 2 ** min(failures - 1, 10), LONGEST)


@contextmanager
def reaching(name: str) -> Iterator[None]:
    """Do something that needs a destination, unless it failed a moment ago.

    Raises:
        Paused: it failed, and its pause is not over.
        Unreachable: it fails now.
    """
    was_paused = Destination.objects.filter(pk=name).exists()
    if was_paused and not may_probe(name):
        raise Paused(f"The {name} did not answer. It will be retried within a minute.")
    try:
        yield
    except (Unreachable, TimeoutError) as error:
        note_failure(name, error)
        raise
    if was_paused:
        note_success(name)


def when_reachable(name: str, work: Callable[[], Result]) -> Result | None:
    """Do periodic work that needs a destination; where that does not answer, leave it for the next time."""
    try:
        with reaching(name):
            return work()
    except Unreachable as error:
        log.warning("periodic work was left for the next time: %s", reason_for(error))
        return None
