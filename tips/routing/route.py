"""Route a lead: make a referral for each of its countries and assign it to a case officer."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from tips.models import Delivery, Lead, Referral
from tips.routing.desks import officer_for, without_officer
from tips.steps import TipStep
from traceobject.audit import trail
from traceobject.outbox import queue
from traceobject.staff.authority import System
from traceobject.staff.models import User


def route(lead_pk: int) -> None:
    """Refer a lead to each of its countries; repeating it changes nothing.

    A country without an officer keeps its referral waiting. An open referral whose officer has left goes to
    the officer on duty, or waits again. :func:`route_waiting` calls this for both.
    """
    with transaction.atomic():
        lead = Lead.objects.select_for_update().get(pk=lead_pk)
        for country in lead.countries.values_list("country", flat=True):
            referral, is_new = Referral.objects.get_or_create(lead=lead, country=country)
            if referral.state == Referral.State.WAITING:
                _assign(referral, is_new)
        for referral in without_officer(lead.referrals.select_for_update()):
            _hand_on(referral)


def _hand_on(referral: Referral) -> None:
    """Give an open referral to the next officer of its country; without one, it waits."""
    left = referral.acknowledged_by or referral.officer
    left_name = left.get_username() if left else ""
    officer = officer_for(str(referral.country.code))
    referral.state = Referral.State.SENT if officer else Referral.State.WAITING
    referral.officer, referral.sent_at = officer, timezone.now() if officer else None
    referral.acknowledged_by = referral.acknowledged_at = None
    referral.save()
    if officer is None:
        trail.record(
            "referral.waiting",
            referral,
            by=System.ROUTING,
            why="its case officer left",
            previous_officer=left_name,
        )
        return
    _notify(referral, officer)
    trail.record(
        "referral.handed_on",
        referral,
        by=System.ROUTING,
        previous_officer=left_name,
        officer=officer.get_username(),
    )


def _notify(referral: Referral, officer: User) -> None:
    delivery, is_new = Delivery.objects.get_or_create(referral=referral, officer=officer)
    if not is_new:  # it comes back to someone who had it before
        Delivery.objects.filter(pk=delivery.pk).update(sent_at=None)
    queue.put(TipStep.DELIVER, delivery.pk)


def _assign(referral: Referral, is_new: bool) -> None:
    country = str(referral.country.code)
    officer = officer_for(country)
    if officer is None:
        if is_new:
            why = "no case officer"
            trail.record("referral.waiting", referral, by=System.ROUTING, why=why)
        return
    referral.state = Referral.State.SENT
    referral.officer, referral.sent_at = officer, timezone.now()
    referral.save()
    _notify(referral, officer)
    name = officer.get_username()
    trail.record("referral.sent", referral, by=System.ROUTING, officer=name)


def describe(numbers: list[int]) -> dict[int, str]:
    """Return the references of some leads."""
    return {number: f"L-{number}" for number in numbers}


def route_waiting() -> int:
    """Queue leads for routing again if a referral waits or its officer has left; return how many."""
    waiting = Referral.objects.filter(state=Referral.State.WAITING)
    leads = {
        *waiting.values_list("lead_id", flat=True),
        *without_officer(Referral.objects.all()).values_list("lead_id", flat=True),
    }
    with transaction.atomic():
        queue.put(TipStep.ROUTE, *leads)
    return len(leads)
