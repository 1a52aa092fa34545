"""Put steps into the outbox, work them off, and tell Celery that there are some.

A step is put in the same transaction as what it belongs to, so one never exists without the other.
Celery is only told *that* there is work, never *what*: the broker may lose every message, and a
sweep by beat finds the rows all the same. Telling happens on a thread of its own after the commit,
so a broker that is slow or gone costs a visitor nothing.

Workers lease rows (``FOR UPDATE SKIP LOCKED``, due_at moved ahead by the lease). A step that changes
only the database runs in one transaction with the removal of its row: done exactly once. A step that
reaches outside (mail) is done at least once, and has to be idempotent. A worker that dies leaves its
lease to run out.

There are three lanes, so that a picture that takes half a minute holds up no tip: ``quick`` for what is
done in milliseconds, many at a time; ``slow``, one at a time under a long lease; and ``later`` for what
only helps (proposals), which may fall behind.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from traceobject.outbox.models import Step

log = logging.getLogger(__name__)

LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True)
class Lane:
    """How many steps a worker takes at once, and for how long they are its own."""

    batch: int
    lease: timedelta


LANES = {
    "quick": Lane(batch=20, lease=timedelta(seconds=60)),
    "slow": Lane(batch=1, lease=timedelta(minutes=10)),
    "later": Lane(batch=20, lease=timedelta(minutes=2)),
}


@dataclass(frozen=True)
class Handler:
    """How a step is done: the function, whether it stays inside the database, and its lane."""

    work: Callable[[int], None]
    inside: bool
    lane: str


_handlers: dict[str, Handler] = {}


def handles(
    name: str, *, inside: bool = True, lane: str = "quick"
) -> Callable[[Callable[[int], None]], Callable[[int], None]]:
    """Register a function of one primary key as the way to do the steps called ``name``.

    Args:
        inside: it changes only the database, and runs in one transaction with its row's removal.
        lane: a key of ``LANES``.
    """

    def register(work: Callable[[int], None]) -> Callable[[int], None]:
        _handlers[name] = Handler(work, inside, lane)
        return work

    return register


def put(name: str, *subjects: int) -> None:
    """Note that a step is to be done for each subject, in the caller's transaction; twice is once."""
    Step.objects.bulk_create(
        [Step(name=name, subject=subject) for subject in subjects], ignore_conflicts=True
    )
    transaction.on_commit(nudge)


def drain(
    *, names: Iterable[str] | None = None, lane: str | None = None, seconds: float = 200
) -> int:
    """Work off what is due, batch by batch, until nothing is or the time is up.

    Args:
        names: only the steps so called; None takes all.
        lane: only those of a lane; None takes one lane after the other.

    Returns:
        How many steps were done; those that failed wait for their next try and do not count.
    """
    done = 0
    until = time.monotonic() + seconds
    wanted = set(_handlers) if names is None else set(names)
    for each in LANES if lane is None else [lane]:
        of_lane = [name for name in wanted if _handlers[name].lane == each]
        while of_lane and time.monotonic() < until:
            leased = _lease(of_lane, LANES[each])
            if not leased:
                break
            done += sum(_do(step) for step in leased)
    return done


def _lease(names: list[str], lane: Lane) -> list[Step]:
    now = timezone.now()
    until = now + lane.lease
    with transaction.atomic():
        steps = list(
            Step.objects.select_for_update(skip_locked=True)
            .filter(due_at__lte=now, name__in=names)
            .order_by("due_at", "id")[: lane.batch]
        )
        Step.objects.filter(pk__in=[step.pk for step in steps]).update(due_at=until)
    for step in steps:
        step.due_at = until
    return steps


def _do(step: Step) -> bool:
    handler = _handlers[step.name]
    try:
        if handler.inside:
            with transaction.atomic():
                # Where two leases overlap, the second waits here, and then finds the row gone.
                if not Step.objects.select_for_update().filter(pk=step.pk).exists():
                    return False
                handler.work(step.subject)
                Step.objects.filter(pk=step.pk).delete()
        else:
            # The first steps of a batch may have been slow: take a fresh lease, if it is still ours.
            fresh = timezone.now() + LANES[handler.lane].lease
            if not Step.objects.filter(pk=step.pk, due_at=step.due_at).update(due_at=fresh):
                return False
            handler.work(step.subject)
            Step.objects.filter(pk=step.pk).delete()
        return True
    except Exception as error:
        log.exception("step %s %s failed", step.name, step.subject)
        pause = min(timedelta(seconds=5 * 2 ** min(step.attempts, 12)), LONGEST_PAUSE)
        Step.objects.filter(pk=step.pk).update(
            due_at=timezone.now() + pause,
            attempts=step.attempts + 1,
            last_error=type(error).__name__,  # its message may quote a tip
        )
        return False


def waiting(names: Iterable[str]) -> int:
    """Count the steps of these names that are not done yet."""
    return Step.objects.filter(name__in=list(names)).count()


# --- telling Celery -----------------------------------------------------------------------------

_there_is_work = threading.Event()
_teller: threading.Thread | None = None
_teller_lock = threading.Lock()
PAUSE_BETWEEN_NUDGES = 0.1


def nudge() -> None:
    """Have Celery told that there is work: at once, at most every tenth of a second, in the background."""
    global _teller
    if _teller is None or not _teller.is_alive():  # first use, or first use after a fork
        with _teller_lock:
            if _teller is None or not _teller.is_alive():
                _teller = threading.Thread(target=_tell_forever, daemon=True, name="outbox-teller")
                _teller.start()
    _there_is_work.set()


def _tell_forever() -> None:
    from traceobject.celery import app

    while True:
        _there_is_work.wait()
        _there_is_work.clear()
        try:
            for lane in LANES:
                app.send_task(
                    "traceobject.outbox.tasks.drain",
                    [lane],
                    expires=60,
                    retry=False,
                    ignore_result=True,
                )
        except Exception as error:
            log.warning(
                "the broker was not told of new work (%s); the sweep finds it", type(error).__name__
            )
        time.sleep(PAUSE_BETWEEN_NUDGES)


def oldest_wait() -> float:
    """Give the age in seconds of the longest overdue step, 0 when none is due."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM now() - min(due_at)) FROM outbox_step")
        age = cursor.fetchone()[0]
    return max(0.0, float(age or 0))


def failing(name: str) -> int:
    """Count the steps of a name that failed at least once and wait for their next try."""
    return Step.objects.filter(name=name, attempts__gt=0).count()
