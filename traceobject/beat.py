"""Beat's clock: a wall clock that is set ahead or back stops no periodic work."""

from __future__ import annotations

import time

from celery.beat import PersistentScheduler

JUMP = 5  # seconds between the two clocks, from which on the wall clock was set


class SteadyScheduler(PersistentScheduler):
    """Celery's scheduler, with its times set right after the wall clock was changed.

    Celery compares wall-clock times: after the clock was set back by an hour, nothing would be due for
    an hour. The monotonic clock tells when that happened.
    """

    _offset: float | None = None

    def setup_schedule(self) -> None:
        super().setup_schedule()
        self._forget_the_future()

    def tick(self, *args: object, **options: object) -> float:
        offset = time.time() - time.monotonic()
        if self._offset is not None and abs(offset - self._offset) > JUMP:
            self._forget_the_future()
            self._heap = None  # is made anew from the entries
        self._offset = offset
        return super().tick(*args, **options)

    def _forget_the_future(self) -> None:
        """Take what is noted as run in the future as run a moment ago."""
        for entry in self.schedule.values():
            now = entry.default_now()
            if entry.last_run_at is not None and entry.last_run_at > now:
                entry.last_run_at = now
