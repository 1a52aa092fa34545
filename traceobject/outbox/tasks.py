"""What Celery calls to have the outbox worked off."""

from celery import shared_task

from traceobject.outbox import queue
from traceobject.outbox.lanes import Lane


@shared_task(soft_time_limit=570, time_limit=600)
def drain(lane: str) -> int:
    """Do the steps of a lane that are due."""
    return queue.drain(lane=Lane(lane))
