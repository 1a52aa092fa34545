"""What Celery calls."""

from celery import shared_task

from traceobject.staff import sign_in


@shared_task
def delete_expired_sign_in_limits() -> int:
    """Remove tries at signing in that no longer count."""
    return sign_in.delete_expired()
