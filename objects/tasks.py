"""What Celery calls: one line each into the stage."""

from celery import shared_task

from objects import publishing, screening, stores
from traceobject.outbox.breaker import when_reachable


@shared_task
def publish_due() -> int:
    """Publish what is approved and whose time has come."""
    return when_reachable("public store", publishing.publish_due) or 0


@shared_task
def sweep_public() -> None:
    """Bring the public store in step with the database."""
    when_reachable("public store", stores.sweep)


@shared_task
def clear_leavings() -> int:
    """Remove from the private store what no row names."""
    return when_reachable("private store", stores.clear_leavings) or 0


@shared_task
def inspect_again() -> int:
    """Have pictures inspected by today's person gate."""
    return screening.inspect_again()
