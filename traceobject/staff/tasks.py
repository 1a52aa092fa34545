"""Celery tasks of staff sign-in and sessions."""

from celery import shared_task

from traceobject.staff import sign_in
from traceobject.staff.sessions import SessionStore


@shared_task
def delete_expired_sign_in_limits() -> int:
    """Delete expired attempts to sign in. Return how many."""
    return sign_in.delete_expired()


@shared_task
def delete_expired_sessions() -> None:
    """Delete sessions that have ended."""
    SessionStore.clear_expired()
