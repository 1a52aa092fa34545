"""Celery tasks of the outbox."""

from celery import shared_task

from traceobject.outbox import queue
from traceobject.outbox.lanes import Lane


@shared_task  # whoever sends it sets its lane's time limit
def drain(lane: str) -> int:
    """Run the due steps of a lane. Return how many were done."""
    return queue.drain(lane=Lane(lane))


@shared_task
def round_times() -> int:
    """Round the times of steps that have waited for long. Return how many."""
    return queue.round_times()
