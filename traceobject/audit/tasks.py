"""Celery tasks of the audit trail."""

from celery import shared_task
from django.utils import timezone

from traceobject.audit import head, trail


@shared_task
def append_pending() -> int:
    """Append the entries about tips of hours that have ended."""
    return trail.append_pending(timezone.now())


@shared_task
def note_head() -> bool:
    """Have the head of the trail leave the machine, once a day."""
    return head.note(timezone.now())
