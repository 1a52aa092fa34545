"""Celery tasks of staff sign-in."""

from celery import shared_task

from traceobject.staff import sign_in


@shared_task
def delete_expired_sign_in_limits() -> int:
    """Delete expired attempts to sign in. Return how many."""
    return sign_in.delete_expired()
