"""Delete personal data after its retention time."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction

from tips.models import Attachment, Tip
from traceobject.audit import trail
from traceobject.staff.authority import System
from traceobject.storage import store

SENDER_RETENTION = timedelta(
    days=2
)  # a day longer than the salt, which makes them comparable, lives


def delete_expired_contacts(now: datetime) -> int:
    """Delete the contact details of tips older than CONTACT_RETENTION_DAYS; return how many.

    The places of their photos are deleted with them, and files that could not be read as pictures.
    The senders' daily hashes are deleted after two days.
    """
    with transaction.atomic():
        Tip.objects.filter(received_at__lt=now - SENDER_RETENTION).exclude(sender="").update(
            sender=""
        )
        Attachment.objects.filter(
            taken__isnull=False, received_at__lt=now - settings.CONTACT_RETENTION
        ).update(taken=None)
        unreadable = Attachment.objects.filter(
            state=Attachment.State.REFUSED, received_at__lt=now - settings.CONTACT_RETENTION
        ).exclude(original="")
        for name in unreadable.values_list("original", flat=True):
            transaction.on_commit(partial(store("private").delete, name))
        unreadable.update(original="")
        forgotten = Tip.objects.filter(
            contact__isnull=False, received_at__lt=now - settings.CONTACT_RETENTION
        ).update(contact=None)
        if forgotten:
            trail.record("contacts.forgotten", "tips", by=System.RETENTION, count=forgotten)
    return forgotten
