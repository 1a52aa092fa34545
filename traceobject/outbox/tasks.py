"""What Celery calls to have the outbox worked off."""

from celery import shared_task

from traceobject.outbox import queue


@shared_task(soft_time_limit=540, time_limit=570)
def drain(lane: str) -> int:
    """Do the steps of a lane that are due."""
    return queue.drain(lane=lane)
