"""Wake Celery's workers when there are new steps.

A message names a lane and no step, so the broker may lose any of them. It is sent in a thread after the
commit, so that a slow or missing broker costs a visitor no time. Beat sweeps up what no message announced.
"""

from __future__ import annotations

import logging
import threading
import time

from traceobject.outbox.lanes import BOUNDS, Lane

log = logging.getLogger(__name__)

PAUSE = 0.1  # seconds between two messages

_pending: set[Lane] = set()
_has_pending = threading.Event()
_thread: threading.Thread | None = None
_lock = threading.Lock()


def nudge(*lanes: Lane) -> None:
    """Wake the workers of these lanes, at most once in ``PAUSE`` seconds."""
    global _thread
    with _lock:
        _pending.update(lanes)
        if _thread is None or not _thread.is_alive():  # first use, or first use after a fork
            _thread = threading.Thread(target=_send_forever, daemon=True, name="outbox-nudge")
            _thread.start()
    _has_pending.set()


def _send_forever() -> None:
    while True:
        _has_pending.wait()
        _has_pending.clear()
        with _lock:
            lanes = sorted(_pending)
            _pending.clear()
        try:
            for lane in lanes:
                _send(lane)
        except Exception as error:
            log.warning(
                "the broker was not told of new work (%s); the sweep finds it", type(error).__name__
            )
        time.sleep(PAUSE)


def _send(lane: Lane) -> None:
    from traceobject.celery import app

    app.send_task(
        "traceobject.outbox.tasks.drain",
        [str(lane)],
        queue=str(lane),
        expires=60,
        retry=False,
        ignore_result=True,
        time_limit=BOUNDS[lane].time_limit,
    )
