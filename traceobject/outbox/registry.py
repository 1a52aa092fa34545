"""The steps that exist, and the handler of each.

An app lists its steps in an enum (``tips.steps``) and registers a handler for each in
``AppConfig.ready``. A system check compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from django.core import checks

from traceobject.outbox.lanes import BOUNDS, Lane

Work = Callable[[int], None]
Chunk = Callable[[int, int], "int | None"]
Describe = Callable[[list[int]], dict[int, str]]


@dataclass(frozen=True)
class Handler:
    """How a step is done.

    Attributes:
        work: takes the subject's primary key. If ``in_chunks``, it also takes a cursor and returns the
            next one, or None when everything is done.
        label: what the step does, for staff.
        lane: the lane in which it runs.
        in_transaction: whether it changes only the database. It then runs in one transaction with the
            deletion of its row.
        in_chunks: whether it is done in several runs, each with a cursor.
        destination: the outside service that it needs (``mail server``), for the circuit breaker.
        give_up_after: number of failed attempts after which it is given up; None retries for ever.
        describe: returns a description for each of some primary keys, for staff.
    """

    work: Work | Chunk
    label: str
    lane: Lane
    in_transaction: bool
    in_chunks: bool
    destination: str
    give_up_after: int | None
    describe: Describe | None


GIVE_UP_AFTER = 80  # about three days: the pauses between attempts grow to an hour

_handlers: dict[str, Handler] = {}
_declared: list[type[StrEnum]] = []


def declare(steps: type[StrEnum]) -> None:
    """Declare the steps of an app, so that the system check can find those without a handler."""
    if steps not in _declared:
        _declared.append(steps)


def register(
    step: str,
    work: Work | Chunk,
    *,
    label: str,
    lane: Lane = Lane.QUICK,
    in_transaction: bool = True,
    in_chunks: bool = False,
    destination: str = "",
    give_up_after: int | None = GIVE_UP_AFTER,
    describe: Describe | None = None,
) -> None:
    """Register the handler of a step. See :class:`Handler` for the arguments.

    Raises:
        ValueError: the step already has a handler, or it reaches outside in a lane with larger batches.
    """
    if str(step) in _handlers:
        raise ValueError(f"The step {step!r} has two handlers.")
    if not in_transaction and BOUNDS[lane].batch != 1:
        raise ValueError(f"The step {step!r} reaches outside: its lane must lease one at a time.")
    _handlers[str(step)] = Handler(
        work, label, lane, in_transaction, in_chunks, destination, give_up_after, describe
    )


def handler(step: str) -> Handler:
    """Return the handler of a registered step. Raise KeyError for an unknown one."""
    return _handlers[str(step)]


def find(step: str) -> Handler | None:
    """Return the handler of a step, or None for one that only an older version knew."""
    return _handlers.get(step)


def steps_of(lane: Lane | None = None) -> list[str]:
    """Return the names of the registered steps of a lane, or of all lanes."""
    return [name for name, each in _handlers.items() if lane is None or each.lane == lane]


def label(step: str) -> str:
    """Return the label of a step, or its name if it is not registered."""
    return _handlers[step].label if step in _handlers else step


@contextmanager
def registered(step: str, work: Work | Chunk, **how: object) -> Iterator[None]:
    """Register a step for the length of a with block; for tests."""
    register(step, work, label=step, **how)  # type: ignore[arg-type]
    try:
        yield
    finally:
        del _handlers[step]


@checks.register(checks.Tags.models)
def every_step_has_a_handler(**_: object) -> list[checks.CheckMessage]:
    """Check that each declared step has a handler, and each handler a declared step."""
    declared = {str(step) for steps in _declared for step in steps}
    found: list[checks.CheckMessage] = []
    for step in sorted(declared - set(_handlers)):
        found.append(checks.Error(f"The step '{step}' has no handler.", id="outbox.E001"))
    for step in sorted(set(_handlers) - declared):
        found.append(checks.Error(f"The step '{step}' is not declared.", id="outbox.E002"))
    return found
