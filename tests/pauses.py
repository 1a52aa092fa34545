"""Let the outbox's pauses expire, so that no test waits for them."""

from datetime import timedelta

from django.utils import timezone

from traceobject.outbox.models import Destination, Step


def expire_pauses() -> None:
    """Expire every lease and pause."""
    now = timezone.now()
    Step.objects.filter(due_at__gt=now).update(due_at=now - timedelta(seconds=1))
    Destination.objects.update(next_try_at=now - timedelta(seconds=1))
