"""What Celery calls: one line each into the stage."""

from celery import shared_task

from objects import publishing, screening, stores
from traceobject.outbox.breaker import run_if_reachable


@shared_task
def publish_due() -> int:
    """Publish what is approved and whose time has come."""
    return run_if_reachable("public store", publishing.publish_due) or 0


@shared_task
def sweep_public() -> None:
    """Bring the public store in step with the database."""
    run_if_reachable("public store", stores.sweep)


@shared_task
def delete_orphans() -> int:
    """Remove from the private store what no row names."""
    return run_if_reachable("private store", stores.delete_orphans) or 0


@shared_task
def reinspect_outdated() -> int:
    """Have pictures inspected by today's person gate."""
    return screening.reinspect_outdated()
