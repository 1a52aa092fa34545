"""Lanes: steps of one lane never wait for those of another.

Each lane is a Celery queue with a worker of its own (``celery -A traceobject worker -Q quick``). So a mail
server that hangs, or a picture that takes half a minute, delays no tip.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Lane(StrEnum):
    """The name of a lane, and of its Celery queue."""

    QUICK = "quick"  # milliseconds in the database: matching, routing
    PICTURES = "pictures"  # pictures, processed in an isolated process
    PROPOSALS = "proposals"  # useful, but may be late
    OUTSIDE = "outside"  # email, webhooks, the public store


@dataclass(frozen=True)
class Bounds:
    """The limits of a lane.

    Attributes:
        batch: number of steps that a worker leases at once.
        longest_step: seconds after which a step is interrupted.
        longest_drain: seconds after which a task leases no further batch.
    """

    batch: int
    longest_step: int
    longest_drain: int = 60

    @property
    def lease(self) -> timedelta:
        """The duration of a lease: the longest time that a whole batch may take."""
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
