"""What is not needed any more is forgotten."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from tips.models import Tip
from traceobject.audit import trail


def forget_contacts(now: datetime) -> int:
    """Remove the contact details of tips older than CONTACT_RETENTION_DAYS; gives their number."""
    with transaction.atomic():
        forgotten = Tip.objects.filter(
            contact__isnull=False, received_at__lt=now - settings.CONTACT_RETENTION
        ).update(contact=None)
        if forgotten:
            trail.record("contacts.forgotten", "tips", by="retention", count=forgotten)
    return forgotten
