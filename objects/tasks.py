"""What Celery calls: one line each into the stage."""

from celery import shared_task

from objects import inspection, publishing, stores
from traceobject.outbox.breaker import reaching


@shared_task
def publish_due() -> int:
    """Publish what is approved and whose time has come."""
    with reaching("public store"):
        return publishing.publish_due()


@shared_task
def sweep_public() -> None:
    """Bring the public store in step with the database."""
    with reaching("public store"):
        stores.sweep()


@shared_task
def clear_leavings() -> int:
    """Remove from the private store what no row names."""
    with reaching("private store"):
        return stores.clear_leavings()


@shared_task
def inspect_again() -> int:
    """Have pictures inspected by today's person gate."""
    return inspection.inspect_again()
