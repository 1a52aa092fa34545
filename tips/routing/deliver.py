"""Tell an officer by mail that a referral waits. The mail holds no word of it, only where it is.

A mail goes out at least once: if the machine dies between sending and noting so, it goes again, with
the same Message-ID, which mail programs show once. The referral itself exists once in any case.
"""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from tips.models import Delivery
from traceobject.audit import trail
from traceobject.outbox import queue


@queue.handles("deliver", inside=False)
def deliver(delivery_pk: int) -> None:
    """Send a delivery that was not sent yet, and note that it was."""
    delivery = Delivery.objects.select_related("referral__lead__object", "officer").get(
        pk=delivery_pk
    )
    if delivery.sent_at is not None:
        return
    Delivery.objects.filter(pk=delivery_pk).update(attempts=F("attempts") + 1)
    _message(delivery).send()
    with transaction.atomic():
        noted = Delivery.objects.filter(pk=delivery_pk, sent_at__isnull=True).update(
            sent_at=timezone.now()
        )
        if noted:
            trail.record("delivery.sent", delivery.referral, by="routing", delivery=delivery_pk)


def _message(delivery: Delivery) -> EmailMessage:
    referral = delivery.referral
    host = settings.SITE_URL.split("://")[-1].split("/")[0].split(":")[0]
    body = render_to_string(
        "routing/mail.txt",
        {
            "officer": delivery.officer,
            "referral": referral,
            "link": settings.SITE_URL + reverse("referral", args=[referral.pk]),
            "site_name": settings.SITE_NAME,
            "agency_name": settings.AGENCY_NAME,
        },
    )
    return EmailMessage(
        subject=f"{settings.SITE_NAME}: referral {referral.reference}",
        body=body,
        to=[delivery.officer.email],
        headers={
            "Message-ID": f"<delivery-{delivery.pk}-referral-{referral.pk}@{host}>",
            "Auto-Submitted": "auto-generated",
        },
    )
