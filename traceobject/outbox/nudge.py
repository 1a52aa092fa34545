"""Tell Celery that there is work: never *what*, so the broker may lose every message.

It happens on a thread of its own after the commit: a broker that is slow or gone costs a visitor
nothing, and a sweep by beat finds the rows all the same.
"""

from __future__ import annotations

import logging
import threading
import time

from traceobject.outbox.lanes import BOUNDS, Lane

log = logging.getLogger(__name__)

PAUSE = 0.1  # seconds between two messages

_pending: set[Lane] = set()
_there_is_work = threading.Event()
_teller: threading.Thread | None = None
_lock = threading.Lock()


def nudge(*lanes: Lane) -> None:
    """Have the workers of these lanes told: at once, at most every tenth of a second."""
    global _teller
    with _lock:
        _pending.update(lanes)
        if _teller is None or not _teller.is_alive():  # first use, or first use after a fork
            _teller = threading.Thread(target=_tell_forever, daemon=True, name="outbox-teller")
            _teller.start()
    _there_is_work.set()


def _tell_forever() -> None:
    while True:
        _there_is_work.wait()
        _there_is_work.clear()
        with _lock:
            lanes = sorted(_pending)
            _pending.clear()
        try:
            for lane in lanes:
                _tell(lane)
        except Exception as error:
            log.warning(
                "the broker was not told of new work (%s); the sweep finds it", type(error).__name__
            )
        time.sleep(PAUSE)


def _tell(lane: Lane) -> None:
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
