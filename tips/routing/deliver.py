"""Email a case officer that a referral is waiting. The email has a link and nothing about the case.

A mail goes out at least once: if the machine dies between sending and noting so, it goes again, with
the same Message-ID, which mail programs show once. The referral itself exists once in any case.
"""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from tips.models import Delivery
from tips.routing.desks import is_officer_of
from tips.routing.route import route
from traceobject import mail
from traceobject.audit import trail
from traceobject.staff.authority import System


def deliver(delivery_pk: int) -> None:
    """Send a delivery, unless it has been sent, and record that.

    An officer who left, or no longer answers for the country, gets nothing; the referral is handed on.
    """
    delivery = Delivery.objects.select_related("referral__lead__object", "officer").get(
        pk=delivery_pk
    )
    if delivery.sent_at is not None:
        return
    if not is_officer_of(delivery.officer, str(delivery.referral.country.code)):
        _withhold(delivery)
        return
    Delivery.objects.filter(pk=delivery_pk).update(attempts=F("attempts") + 1)
    _send(delivery)
    with transaction.atomic():
        noted = Delivery.objects.filter(pk=delivery_pk, sent_at__isnull=True).update(
            sent_at=timezone.now()
        )
        if noted:
            trail.record(
                "delivery.sent",
                delivery.referral,
                by=System.ROUTING,
                delivery=delivery_pk,
            )


def _withhold(delivery: Delivery) -> None:
    with transaction.atomic():
        route(delivery.referral.lead_id)
        trail.record(
            "delivery.withheld",
            delivery.referral,
            by=System.ROUTING,
            delivery=delivery.pk,
            officer=delivery.officer.get_username(),
            why="no longer a case officer of the country",
        )


def describe(numbers: list[int]) -> dict[int, str]:
    """Return the referral and the recipient of each delivery, by its primary key, for staff."""
    found = Delivery.objects.select_related("referral", "officer").filter(pk__in=numbers)
    return {each.pk: f"{each.referral} to {each.officer.get_username()}" for each in found}


def _send(delivery: Delivery) -> None:
    referral = delivery.referral
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
    mail.send(
        to=delivery.officer.email,
        subject=f"{settings.SITE_NAME}: referral {referral.reference}",
        body=body,
        name=f"delivery-{delivery.pk}-referral-{referral.pk}",
    )
