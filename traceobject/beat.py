"""Beat's scheduler, which keeps running periodic tasks when the system clock is changed."""

from __future__ import annotations

import time

from celery.beat import PersistentScheduler

JUMP = 5  # seconds that the wall clock moves against the monotonic one when somebody sets it


class SteadyScheduler(PersistentScheduler):
    """Celery's scheduler, which corrects its times after the system clock was changed.

    Celery compares wall-clock times. After the clock is set back by an hour, no task would be due for an
    hour. The monotonic clock shows when that happened.
    """

    _offset: float | None = None

    def setup_schedule(self) -> None:
        super().setup_schedule()
        self._forget_the_future()

    def tick(self, *args: object, **options: object) -> float:
        offset = time.time() - time.monotonic()
        if self._offset is not None and abs(offset - self._offset) > JUMP:
            self._forget_the_future()
            self._heap = None  # Celery builds it again from the entries
        self._offset = offset
        return super().tick(*args, **options)

    def _forget_the_future(self) -> None:
        """Set the last run of a task to now where it is in the future."""
        for entry in self.schedule.values():
            now = entry.default_now()
            if entry.last_run_at is not None and entry.last_run_at > now:
                entry.last_run_at = now
