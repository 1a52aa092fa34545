"""Lanes: steps of one lane never wait for those of another.

Each lane is a Celery queue of its own with a worker of its own (``celery -A traceobject worker -Q
quick``), so that a mail server that hangs, or a picture that takes half a minute, holds up no tip.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Lane(StrEnum):
    """The name of a lane, and of its Celery queue."""

    QUICK = "quick"  # milliseconds in the database: matching, routing
    PICTURES = "pictures"  # a foreign picture, looked at in a process of its own
    PROPOSALS = "proposals"  # what only helps, and may fall behind
    OUTSIDE = "outside"  # leaves the house: mail, webhooks, the public store


@dataclass(frozen=True)
class Bounds:
    """How a lane is worked off.

    Attributes:
        batch: steps that a worker leases at once.
        longest_step: seconds after which a step is interrupted.
        longest_drain: seconds after which a task takes no further batch.
    """

    batch: int
    longest_step: int
    longest_drain: int = 60

    @property
    def lease(self) -> timedelta:
        """How long leased steps are a worker's own: as long as the whole batch may take."""
        return timedelta(seconds=self.batch * self.longest_step + 20)

    @property
    def time_limit(self) -> int:
        """Seconds after which Celery kills a task that hangs for good."""
        return self.longest_drain + self.batch * self.longest_step + 60


BOUNDS = {
    Lane.QUICK: Bounds(batch=5, longest_step=20),
    Lane.PICTURES: Bounds(batch=1, longest_step=200),
    Lane.PROPOSALS: Bounds(batch=5, longest_step=20),
    Lane.OUTSIDE: Bounds(batch=1, longest_step=45),
}
