"""Put steps into the outbox, and run them.

``put`` inserts a step in the transaction of the change that it belongs to, so neither exists without the
other. Workers lease rows (``FOR UPDATE SKIP LOCKED``; ``due_at`` is the end of the lease). A step that
changes only the database runs in one transaction with the deletion of its row: exactly once. A step that
reaches outside (mail) runs at least once and must be idempotent. If a worker dies, its lease expires. That
counts as a failed attempt, so that a step which kills its worker is given up, too.

A step can be put again while it waits or runs. That raises the row's generation, and a worker deletes only
the generation that it saw.

All times are the database server's. A new step is due since the year 2000, and no step is due later than
the longest pause from now. So a clock that jumps delays nothing.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Iterable
from datetime import UTC, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now, TruncHour

from traceobject.audit import trail
from traceobject.errors import ErrorForStaff, Unreachable
from traceobject.outbox import breaker, registry
from traceobject.outbox.deadline import deadline
from traceobject.outbox.failures import GiveUp, NotYet, reason_for
from traceobject.outbox.lanes import BOUNDS, Bounds, Lane
from traceobject.outbox.models import HourNow, RoundedNow, Step
from traceobject.outbox.nudge import nudge
from traceobject.staff.authority import Actor, authorise

__all__ = ["drain", "put", "retry"]

log = logging.getLogger(__name__)

LONGEST_PAUSE = timedelta(hours=1)
NOT_YET_PAUSE = timedelta(seconds=3)


class _DoneElsewhere(Exception):
    """Another worker finished the step; the work of this one is rolled back."""


# --- putting ------------------------------------------------------------------------------------

_PUT = """
    INSERT INTO outbox_step (name, subject)
    SELECT %s, subject FROM unnest(%s::bigint[]) AS t(subject) ORDER BY subject
    ON CONFLICT (name, subject) DO UPDATE SET
        generation = outbox_step.generation + 1,
        cursor = 0,
        attempts = CASE WHEN outbox_step.given_up_at IS NULL THEN outbox_step.attempts ELSE 0 END,
        waiting_since = CASE WHEN outbox_step.given_up_at IS NULL THEN outbox_step.waiting_since
            ELSE EXCLUDED.waiting_since END,
        given_up_at = NULL,
        due_at = CASE WHEN outbox_step.is_leased THEN outbox_step.due_at ELSE EXCLUDED.due_at END
"""


def put(step: str, *subjects: int) -> None:
    """Put a step into the outbox for each subject, in the caller's transaction."""
    if not subjects:
        return
    with connection.cursor() as cursor:
        cursor.execute(_PUT, [str(step), sorted(set(subjects))])
    lane = registry.handler(step).lane
    transaction.on_commit(lambda: nudge(lane))


def retry(steps: Iterable[Step], *, by: Actor) -> int:
    """Make steps due now, also those that were given up. Return how many.

    Raises:
        PermissionDenied: ``by`` may not retry steps.
    """
    authorise(by, "outbox.retry_step")
    count = 0
    for step in steps:
        with transaction.atomic():
            waiting = Step.objects.filter(pk=step.pk, is_leased=False)
            if waiting.update(
                given_up_at=None,
                attempts=0,
                last_error="",
                reason="",
                due_at=HourNow(),
                waiting_since=RoundedNow(),
            ):
                count += 1
                trail.record("step.retried", step, by=by)
    nudge(*Lane)
    return count


# --- running ------------------------------------------------------------------------------------


def drain(
    *, names: Iterable[str] | None = None, lane: Lane | None = None, seconds: float | None = None
) -> int:
    """Run due steps in batches, until none is due or the time is up.

    Args:
        names: run only steps with these names; None runs all.
        lane: run only the steps of this lane; None runs one lane after the other.
        seconds: lease no further batch after this time; None uses the lane's own bound.

    Returns:
        How many steps were done. Failed steps wait for their next attempt and do not count.
    """
    wanted = None if names is None else {str(name) for name in names}
    return sum(_drain(each, wanted, seconds) for each in ([lane] if lane else Lane))


def _drain(lane: Lane, wanted: set[str] | None, seconds: float | None) -> int:
    names = [name for name in registry.steps_of(lane) if wanted is None or name in wanted]
    bounds = BOUNDS[lane]
    until = time.monotonic() + (bounds.longest_drain if seconds is None else seconds)
    done = sum(_run(step, bounds) for step in _lease_of_dead_worker(names, bounds))
    while names:
        if time.monotonic() >= until:
            nudge(lane)
            break
        leased = _lease_next(names, bounds) or _lease_of_dead_worker(names, bounds)
        if not leased:
            break
        done += sum(_run(step, bounds) for step in leased)
    return done


def _lease_next(names: list[str], bounds: Bounds) -> list[Step]:
    """Lease due steps, without those for paused destinations. Of each of these, one step may probe."""
    paused = breaker.paused()
    free = [name for name in names if registry.handler(name).destination not in paused]
    for destination in sorted(paused):
        blocked = [name for name in names if registry.handler(name).destination == destination]
        if blocked and not Step.objects.filter(name__in=blocked, given_up_at=None).exists():
            breaker.close_idle(destination)
        elif (
            blocked
            and _is_due(blocked)  # else the probe would be used up without a step
            and breaker.may_probe(destination)
            and (probe := _lease(blocked, bounds, limit=1))
        ):
            return probe
    return _lease(free, bounds, limit=bounds.batch)


def _is_due(names: list[str]) -> bool:
    due = Step.objects.filter(name__in=names, is_leased=False, given_up_at=None, due_at__lte=Now())
    return due.exists()


# MATERIALIZED, because a plan may evaluate a subquery again for each row and so exceed the limit.
_LEASE = """
    WITH due AS MATERIALIZED (
        SELECT id FROM outbox_step
        WHERE (due_at <= clock_timestamp() OR due_at > clock_timestamp() + interval '80 minutes')
        AND name = ANY(%s) AND is_leased = %s AND given_up_at IS NULL
        ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED
    )
    UPDATE outbox_step step SET is_leased = true, attempts = attempts + %s::int,
        due_at = clock_timestamp() + %s
    FROM due WHERE step.id = due.id RETURNING step.*
"""


def _lease(names: list[str], bounds: Bounds, *, limit: int, expired: bool = False) -> list[Step]:
    values = [names, expired, limit, expired, bounds.lease]
    return sorted(Step.objects.raw(_LEASE, values), key=lambda step: step.pk) if names else []


def _lease_of_dead_worker(names: list[str], bounds: Bounds) -> list[Step]:
    """Lease one step of a worker that died. It runs alone, because it may have killed the worker."""
    while leased := _lease(names, bounds, limit=1, expired=True):
        (step,) = leased
        limit = registry.handler(step.name).give_up_after
        if limit is None or step.attempts < limit:
            return leased
        _give_up(step, "WorkerLost", "Its worker died or was stopped each time.")
    return []


def _run(step: Step, bounds: Bounds) -> bool:
    """Run one leased step. Return whether it is done."""
    handler = registry.handler(step.name)
    try:
        with deadline(bounds.longest_step):
            if handler.in_transaction:
                with transaction.atomic():
                    _finish(step, _call_handler(handler, step))
            else:
                _finish(step, _call_handler(handler, step))
    except _DoneElsewhere:
        return False
    except Exception as error:
        _record_failure(step, handler, error)
        return False
    if handler.destination and handler.destination in breaker.paused():
        breaker.record_success(handler.destination)
    return True


def _call_handler(handler: registry.Handler, step: Step) -> int | None:
    if handler.in_chunks:
        return handler.work(step.subject, step.cursor)  # type: ignore[call-arg]
    handler.work(step.subject)  # type: ignore[call-arg]
    return None


def _finish(step: Step, cursor: int | None) -> None:
    """Delete a finished step, or store the cursor at which it continues.

    A step that was put again while it ran is due again.

    Raises:
        _DoneElsewhere: its row is gone.
    """
    seen = Step.objects.filter(pk=step.pk, generation=step.generation)
    if cursor is None:
        if seen.delete()[0]:
            return
    elif seen.update(cursor=cursor, is_leased=False, attempts=0, due_at=HourNow()):
        return
    again = _leased(step)
    if not again.update(is_leased=False, attempts=0, due_at=HourNow()):
        raise _DoneElsewhere


def _leased(step: Step) -> QuerySet[Step]:
    """Return the step's row if this worker still holds its lease. The lease is identified by its end."""
    return Step.objects.filter(pk=step.pk, is_leased=True, due_at=step.due_at)


def _record_failure(step: Step, handler: registry.Handler, error: Exception) -> None:
    if isinstance(error, ErrorForStaff):
        log.warning("step %s %s failed: %s", step.name, step.subject, reason_for(error))
    else:
        log.exception("step %s %s failed", step.name, step.subject)
    if handler.destination and isinstance(error, (Unreachable, TimeoutError)):
        breaker.record_failure(handler.destination, error)
        # It keeps its attempts. Another step probes first, in case this one causes the failure.
        _schedule_retry(step, timedelta(seconds=random.uniform(5, 60)), error, step.attempts)  # noqa: S311
        return
    if isinstance(error, NotYet):
        _schedule_retry(step, NOT_YET_PAUSE, error, step.attempts)
        return
    attempts = step.attempts + 1
    limit = handler.give_up_after
    if isinstance(error, GiveUp) or (limit is not None and attempts >= limit):
        step.attempts = attempts
        _give_up(step, type(error).__name__, reason_for(error))
        return
    pause = min(timedelta(seconds=5 * 2 ** min(step.attempts, 12)), LONGEST_PAUSE)
    _schedule_retry(step, pause * random.uniform(0.8, 1.2), error, attempts)  # noqa: S311


def _schedule_retry(step: Step, pause: timedelta, error: Exception, attempts: int) -> None:
    _leased(step).update(
        is_leased=False,
        due_at=Now() + pause,
        attempts=attempts,
        last_error=type(error).__name__,  # its message may quote a tip
        reason=reason_for(error),
    )


def _give_up(step: Step, error: str, reason: str) -> None:
    log.error("step %s %s was given up (%s)", step.name, step.subject, error)
    _leased(step).filter(generation=step.generation).update(
        is_leased=False,
        given_up_at=HourNow(),
        due_at=HourNow(),
        attempts=step.attempts,
        last_error=error,
        reason=reason,
    )
    # If it was put again while it ran, it has another attempt.
    _leased(step).update(is_leased=False, due_at=HourNow())


# --- times --------------------------------------------------------------------------------------


def round_times() -> int:
    """Cut ``waiting_since`` to the hour in steps that have waited for more than an hour. Return how many.

    Closer times are needed to notice within minutes that no worker runs. Later they would only tell a thief
    of the database when a tip was sent.
    """
    with transaction.atomic():
        old = Step.objects.filter(waiting_since__lt=Now() - timedelta(hours=1)).exclude(
            waiting_since=TruncHour("waiting_since", tzinfo=UTC)
        )
        numbers = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True))
        return Step.objects.filter(pk__in=numbers).update(
            waiting_since=TruncHour("waiting_since", tzinfo=UTC)
        )
