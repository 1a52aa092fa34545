"""Put steps into the outbox, and work them off.

A step is put in the same transaction as what it belongs to, so one never exists without the other.
Workers lease rows (``FOR UPDATE SKIP LOCKED``, due_at moved ahead by the lease). A step that changes
only the database runs in one transaction with the removal of its row: done exactly once. A step that
reaches outside (mail) is done at least once, and has to be idempotent. A worker that dies leaves its
lease to run out; that counts as a failed try, so that a step which kills its worker is given up, too.

Putting a step that waits or is being worked on is not lost: it raises the row's generation, and a worker
removes only the generation that it saw.

All times are the database server's. A new step is due from the year 2000 on, and none is due further
ahead than the longest pause, so that a clock that jumps holds nothing up.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Iterable
from datetime import timedelta

from django.db import connection, transaction
from django.db.models.functions import Now

from traceobject.audit import trail
from traceobject.errors import ErrorForStaff, Unreachable
from traceobject.outbox import breaker, registry
from traceobject.outbox.deadline import deadline
from traceobject.outbox.failures import GiveUp, reason_for
from traceobject.outbox.lanes import BOUNDS, Bounds, Lane
from traceobject.outbox.models import FiveMinutes, Step
from traceobject.outbox.nudge import nudge
from traceobject.staff.authority import Actor, authorise

__all__ = ["drain", "put", "retry"]

log = logging.getLogger(__name__)

LONGEST_PAUSE = timedelta(hours=1)


class _TakenOver(Exception):
    """Another worker finished the step; what this one did is rolled back."""


# --- putting ------------------------------------------------------------------------------------

_PUT = """
    INSERT INTO outbox_step (name, subject)
    SELECT %s, subject FROM unnest(%s::bigint[]) AS t(subject) ORDER BY subject
    ON CONFLICT (name, subject) DO UPDATE SET
        generation = outbox_step.generation + 1,
        cursor = 0,
        given_up_at = NULL,
        due_at = CASE WHEN outbox_step.is_leased THEN outbox_step.due_at ELSE EXCLUDED.due_at END
"""


def put(step: str, *subjects: int) -> None:
    """Note that a step is to be done for each subject, in the caller's transaction."""
    if not subjects:
        return
    with connection.cursor() as cursor:
        cursor.execute(_PUT, [str(step), sorted(set(subjects))])
    lane = registry.handler(step).lane
    transaction.on_commit(lambda: nudge(lane))


def retry(steps: Iterable[Step], *, by: Actor) -> int:
    """Have steps tried again at once, also those that were given up; return how many."""
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
                due_at=Now(),
                waiting_since=FiveMinutes(),
            ):
                count += 1
                trail.record("step.retried", step, by=by)
    nudge(*Lane)
    return count


# --- working off --------------------------------------------------------------------------------


def drain(
    *, names: Iterable[str] | None = None, lane: Lane | None = None, seconds: float | None = None
) -> int:
    """Work off what is due, batch by batch, until nothing is or the time is up.

    Args:
        names: only the steps so called; None takes all.
        lane: only those of a lane; None takes one lane after the other.
        seconds: after which no further batch is taken; None takes the lane's own bound.

    Returns:
        How many steps were done; those that failed wait for their next try and do not count.
    """
    wanted = None if names is None else {str(name) for name in names}
    return sum(_drain(each, wanted, seconds) for each in ([lane] if lane else Lane))


def _drain(lane: Lane, wanted: set[str] | None, seconds: float | None) -> int:
    names = [name for name in registry.steps_of(lane) if wanted is None or name in wanted]
    bounds = BOUNDS[lane]
    until = time.monotonic() + (bounds.longest_drain if seconds is None else seconds)
    done = sum(_do(step, bounds) for step in _of_dead_workers(names, bounds))
    while names:
        if time.monotonic() >= until:
            nudge(lane)
            break
        leased = _next(names, bounds) or _of_dead_workers(names, bounds)
        if not leased:
            break
        done += sum(_do(step, bounds) for step in leased)
    return done


def _next(names: list[str], bounds: Bounds) -> list[Step]:
    """Lease what is due, leaving out destinations that do not answer but for one probe of each."""
    paused = breaker.paused()
    free = [name for name in names if registry.handler(name).destination not in paused]
    for destination in sorted(paused):
        its = [name for name in names if registry.handler(name).destination == destination]
        if its and not Step.objects.filter(name__in=its, given_up_at=None).exists():
            breaker.forget_idle(destination)
        elif its and breaker.may_probe(destination) and (probe := _lease(its, bounds, most=1)):
            return probe
    return _lease(free, bounds, most=bounds.batch)


# The rows are chosen once, apart: in a subquery, a plan may choose anew for each row, past the limit.
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


def _lease(names: list[str], bounds: Bounds, *, most: int, expired: bool = False) -> list[Step]:
    values = [names, expired, most, expired, bounds.lease]
    return sorted(Step.objects.raw(_LEASE, values), key=lambda step: step.pk) if names else []


def _of_dead_workers(names: list[str], bounds: Bounds) -> list[Step]:
    """Lease one step whose worker died: alone, since it may be what killed it."""
    while leased := _lease(names, bounds, most=1, expired=True):
        (step,) = leased
        most = registry.handler(step.name).give_up_after
        if most is None or step.attempts < most:
            return leased
        _give_up(step, "WorkerLost", "Its worker died or was stopped each time.")
    return []


def _do(step: Step, bounds: Bounds) -> bool:
    """Do one leased step; return whether it is done."""
    handler = registry.handler(step.name)
    try:
        with deadline(bounds.longest_step):
            if handler.inside:
                with transaction.atomic():
                    _finish(step, _work(handler, step))
            else:
                _finish(step, _work(handler, step))
    except _TakenOver:
        return False
    except Exception as error:
        _note_failure(step, handler, error)
        return False
    if handler.destination in breaker.paused():
        breaker.note_success(handler.destination)
    return True


def _work(handler: registry.Handler, step: Step) -> int | None:
    if handler.in_chunks:
        return handler.work(step.subject, step.cursor)  # type: ignore[call-arg]
    handler.work(step.subject)  # type: ignore[call-arg]
    return None


def _finish(step: Step, cursor: int | None) -> None:
    """Remove a step that is done, or keep where it goes on; one that was put meanwhile is due again.

    Raises:
        _TakenOver: its row is gone.
    """
    seen = Step.objects.filter(pk=step.pk, generation=step.generation)
    if cursor is None:
        if seen.delete()[0]:
            return
    elif seen.update(cursor=cursor, is_leased=False, attempts=0, due_at=Now()):
        return
    again = Step.objects.filter(pk=step.pk)
    if not again.update(is_leased=False, attempts=0, due_at=Now()):
        raise _TakenOver


def _note_failure(step: Step, handler: registry.Handler, error: Exception) -> None:
    if isinstance(error, ErrorForStaff):
        log.warning("step %s %s failed: %s", step.name, step.subject, reason_for(error))
    else:
        log.exception("step %s %s failed", step.name, step.subject)
    if handler.destination and isinstance(error, (Unreachable, TimeoutError)):
        breaker.note_failure(handler.destination, error)
        # It keeps its tries; but another goes first as the probe, in case it is to blame itself.
        _wait(step, timedelta(seconds=random.uniform(5, 60)), error, step.attempts)  # noqa: S311
        return
    attempts = step.attempts + 1
    most = handler.give_up_after
    if isinstance(error, GiveUp) or (most is not None and attempts >= most):
        step.attempts = attempts
        _give_up(step, type(error).__name__, reason_for(error))
        return
    pause = min(timedelta(seconds=5 * 2 ** min(step.attempts, 12)), LONGEST_PAUSE)
    _wait(step, pause * random.uniform(0.8, 1.2), error, attempts)  # noqa: S311


def _wait(step: Step, pause: timedelta, error: Exception, attempts: int) -> None:
    Step.objects.filter(pk=step.pk).update(
        is_leased=False,
        due_at=Now() + pause,
        attempts=attempts,
        last_error=type(error).__name__,  # its message may quote a tip
        reason=reason_for(error),
    )


def _give_up(step: Step, error: str, reason: str) -> None:
    log.error("step %s %s was given up (%s)", step.name, step.subject, error)
    Step.objects.filter(pk=step.pk, generation=step.generation).update(
        is_leased=False,
        given_up_at=Now(),
        attempts=step.attempts,
        last_error=error,
        reason=reason,
    )
    # Put again while it was worked on: it has a try left.
    Step.objects.filter(pk=step.pk, given_up_at=None).update(is_leased=False, due_at=Now())
