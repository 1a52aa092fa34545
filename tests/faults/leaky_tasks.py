"""Celery tasks and a scheduler that fail with a private text, for tests of the logs."""

import contextlib
import logging
import os
import signal
import sys
import threading
import time
import traceback
import warnings

from celery import shared_task
from celery.beat import PersistentScheduler
from celery.exceptions import SoftTimeLimitExceeded

PRIVATE_TEXT = "telltale: seen in Lyon,\nask jane@mail.example"
log = logging.getLogger("leaky_tasks")


@shared_task
def raises():
    raise ValueError(PRIVATE_TEXT)


@shared_task
def raises_because():
    try:
        raise KeyError(PRIVATE_TEXT.encode())
    except KeyError as error:
        error.add_note(PRIVATE_TEXT)
        raise RuntimeError([PRIVATE_TEXT, 1], {"text": PRIVATE_TEXT}) from error


@shared_task
def raises_a_group():
    raise ExceptionGroup(PRIVATE_TEXT, [ValueError(PRIVATE_TEXT), OSError(5, PRIVATE_TEXT)])


@shared_task
def raises_what_cannot_be_handed_on():
    class Local(Exception):
        def __init__(self, one, two):
            super().__init__(PRIVATE_TEXT)
            self.lock = threading.Lock()

    raise Local(1, 2)


@shared_task(bind=True, max_retries=1, default_retry_delay=0)
def retries(self):
    try:
        raise ValueError(PRIVATE_TEXT)
    except ValueError as error:
        raise self.retry(exc=error) from error


@shared_task(soft_time_limit=1)
def takes_too_long():
    try:
        time.sleep(60)
    except SoftTimeLimitExceeded as error:
        raise ValueError(PRIVATE_TEXT) from error


@shared_task(soft_time_limit=1, time_limit=2, acks_late=False)
def takes_far_too_long():
    while True:
        with contextlib.suppress(SoftTimeLimitExceeded):
            time.sleep(60)


@shared_task(acks_late=False)
def is_killed():
    os.kill(os.getpid(), signal.SIGKILL)


@shared_task
def fails_in_a_thread():
    thread = threading.Thread(target=raises.run)
    thread.start()
    thread.join()


@shared_task
def fails_while_it_is_forgotten():
    class Forgotten:
        def __del__(self):
            raise ValueError(PRIVATE_TEXT)

    Forgotten()


@shared_task
def warns():
    warnings.warn(PRIVATE_TEXT, stacklevel=1)


@shared_task
def writes_it_down():
    try:
        raise ValueError(PRIVATE_TEXT)
    except ValueError as error:
        log.error("it failed: %s", error)
        log.error(f"it failed: {error}, or {error!r}")
        log.error(error)
        log.exception("it failed: %(error)s", {"error": error})
        logging.getLogger("celery.task").error("it failed: %r", [error])
        traceback.print_exc()
        print(error, file=sys.stderr)
        print(repr(error))


STEPS = [
    *(raises, raises_because, raises_a_group, raises_what_cannot_be_handed_on, retries),
    *(takes_too_long, takes_far_too_long, is_killed, fails_in_a_thread),
    *(fails_while_it_is_forgotten, warns, writes_it_down),
]


@shared_task
def is_quiet():
    log.error("the last one")


class FailingScheduler(PersistentScheduler):
    """A scheduler that fails at its first tick."""

    def tick(self, *args, **kwargs):
        raise ValueError(PRIVATE_TEXT)
