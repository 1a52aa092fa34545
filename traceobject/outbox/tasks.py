"""Celery tasks of the outbox."""

from celery import shared_task

from traceobject.outbox import queue
from traceobject.outbox.lanes import Lane


@shared_task(soft_time_limit=570, time_limit=600)
def drain(lane: str) -> int:
    """Run the due steps of a lane. Return how many were done."""
    return queue.drain(lane=Lane(lane))
