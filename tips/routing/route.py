"""Route a lead: make a referral for each of its countries and assign it to a case officer."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from tips.models import Delivery, Lead, Referral
from tips.routing.desks import officer_for
from tips.steps import TipStep
from traceobject.audit import trail
from traceobject.outbox import queue
from traceobject.staff.authority import System


def route(lead_pk: int) -> None:
    """Refer a lead to each of its countries; repeating it changes nothing.

    A country without an officer keeps its referral waiting; :func:`route_waiting` tries again.
    """
    with transaction.atomic():
        lead = Lead.objects.select_for_update().get(pk=lead_pk)
        for country in lead.countries.values_list("country", flat=True):
            referral, is_new = Referral.objects.get_or_create(lead=lead, country=country)
            if referral.state == Referral.State.WAITING:
                _assign(referral, is_new)


def _assign(referral: Referral, is_new: bool) -> None:
    country = str(referral.country.code)
    officer = officer_for(country)
    if officer is None:
        if is_new:
            why = "no case officer"
            trail.record("referral.waiting", referral, by=System.ROUTING, why=why, hour_only=True)
        return
    referral.state = Referral.State.SENT
    referral.officer, referral.sent_at = officer, timezone.now()
    referral.save()
    delivery, _ = Delivery.objects.get_or_create(referral=referral, officer=officer)
    queue.put(TipStep.DELIVER, delivery.pk)
    name = officer.get_username()
    trail.record("referral.sent", referral, by=System.ROUTING, officer=name, hour_only=True)


def describe(numbers: list[int]) -> dict[int, str]:
    """Return the references of some leads."""
    return {number: f"L-{number}" for number in numbers}


def route_waiting() -> int:
    """Queue leads with a waiting referral for routing again; return how many."""
    leads = set(
        Referral.objects.filter(state=Referral.State.WAITING).values_list("lead_id", flat=True)
    )
    with transaction.atomic():
        queue.put(TipStep.ROUTE, *leads)
    return len(leads)
