"""Which steps there are, and how each is done.

An app lists its steps in an enum (``tips.steps``), and registers a handler for each in
``AppConfig.ready``. A system check holds the two together.
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
        work: takes the subject's primary key; where ``in_chunks``, also the cursor at which to go on,
            and returns the next one, or None when all is done.
        label: what it does, as staff read it.
        lane: beside which other steps it waits.
        inside: it changes only the database, and runs in one transaction with its row's removal.
        destination: what it needs outside (``mail server``), for the circuit breaker.
        give_up_after: failed tries after which a person has to look; None never gives up.
        describe: returns what each of some subjects is, as staff read it.
    """

    work: Work | Chunk
    label: str
    lane: Lane
    inside: bool
    in_chunks: bool
    destination: str
    give_up_after: int | None
    describe: Describe | None


GIVE_UP_AFTER = 80  # about three days, as the pauses between tries grow to an hour

_handlers: dict[str, Handler] = {}
_declared: list[type[StrEnum]] = []


def declare(steps: type[StrEnum]) -> None:
    """Make the steps of an app known, so that a check can tell which have no handler."""
    if steps not in _declared:
        _declared.append(steps)


def register(
    step: str,
    work: Work | Chunk,
    *,
    label: str,
    lane: Lane = Lane.QUICK,
    inside: bool = True,
    in_chunks: bool = False,
    destination: str = "",
    give_up_after: int | None = GIVE_UP_AFTER,
    describe: Describe | None = None,
) -> None:
    """Register how a step is done; see :class:`Handler` for the arguments.

    Raises:
        ValueError: the step has a handler already, or reaches outside in a lane that leases many.
    """
    if str(step) in _handlers:
        raise ValueError(f"The step {step!r} has two handlers.")
    if not inside and BOUNDS[lane].batch != 1:
        raise ValueError(f"The step {step!r} reaches outside: its lane must lease one at a time.")
    _handlers[str(step)] = Handler(
        work, label, lane, inside, in_chunks, destination, give_up_after, describe
    )


def handler(step: str) -> Handler:
    """Return how a registered step is done."""
    return _handlers[str(step)]


def find(step: str) -> Handler | None:
    """Return how a step is done; None for one that an older version put and nobody knows any more."""
    return _handlers.get(step)


def steps_of(lane: Lane | None = None) -> list[str]:
    """Return the names of the registered steps, of one lane or of all."""
    return [name for name, each in _handlers.items() if lane is None or each.lane == lane]


def label(step: str) -> str:
    """Return what a step does, as staff read it; the name of one that nobody knows any more."""
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
