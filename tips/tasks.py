"""What Celery calls: one line each into the stages."""

from celery import shared_task
from django.utils import timezone

from tips.intake.uploads import attachments
from tips.retention import expiry
from tips.routing import route
from traceobject.outbox.breaker import run_if_reachable


@shared_task
def route_waiting() -> int:
    """Try again to find an officer for referrals that have none."""
    return route.route_waiting()


@shared_task
def erase_expired() -> int:
    """Erase what is past its time. Return how many rows."""
    return expiry.erase_expired(timezone.now()).total()


@shared_task
def delete_unclaimed() -> int:
    """Remove pictures of forms that were never sent."""
    now = timezone.now()
    return run_if_reachable("private store", lambda: attachments.delete_unclaimed(now)) or 0
