"""Celery tasks of objects."""

from celery import shared_task

from objects import publishing, screening, stores
from traceobject.outbox.breaker import run_if_reachable


@shared_task
def publish_due() -> int:
    """Publish approved objects and campaigns whose time has come. Return how many objects."""
    return run_if_reachable("public store", publishing.publish_due) or 0


@shared_task
def sweep_public() -> None:
    """Repair the public store."""
    run_if_reachable("public store", stores.sweep)


@shared_task
def delete_orphans() -> int:
    """Delete files from the private store that no row names. Return how many."""
    return run_if_reachable("private store", stores.delete_orphans) or 0


@shared_task
def reinspect_outdated() -> int:
    """Queue an inspection of pictures that an older person gate checked. Return how many."""
    return screening.reinspect_outdated()
