"""A moderator's decisions on a claim: vet it into a lead, reject it, or take a rejection back."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django_countries import countries as known_countries

from tips.models import Claim, Lead, LeadCountry
from tips.steps import TipStep
from traceobject.audit import trail
from traceobject.outbox import queue


class NotNow(ValueError):
    """The decision does not fit the claim's state or lacks something; the message says what."""


def vet(claim: Claim, *, by: object, summary: str, countries: dict[str, str]) -> Lead:
    """Make a lead of an open claim, to be routed to its countries.

    Args:
        summary: what officers will read.
        countries: ISO 3166-1 alpha-2 codes, each with the relation (sold, seen, made, unknown).

    Raises:
        NotNow: it is decided already, says nothing, or names no country.
    """
    summary = summary.strip()
    if not summary:
        raise NotNow("Write a summary: it is what the officers read.")
    if len(summary) > 2000:
        raise NotNow("The summary is longer than 2,000 characters.")
    if not countries:
        raise NotNow("Choose at least one country: it decides whose desk gets the lead.")
    unknown = [code for code in countries if code not in known_countries]
    if unknown:
        raise NotNow(f"No country has the code {', '.join(unknown)}.")
    with transaction.atomic():
        locked = _decide(claim, Claim.State.VETTED, by=by)
        lead = Lead.objects.create(
            object_id=locked.object_id, claim=locked, summary=summary, vetted_by=by
        )
        LeadCountry.objects.bulk_create(
            LeadCountry(lead=lead, country=code, relation=relation)
            for code, relation in countries.items()
        )
        queue.put(TipStep.ROUTE, lead.pk)
        trail.record("claim.vetted", locked, by=by, lead=lead.pk, countries=sorted(countries))
    return lead


def reject(claim: Claim, *, by: object, reason: str) -> None:
    """Set an open claim aside, saying why. Its tips stay, and later ones that say the same join them."""
    reason = reason.strip()
    if not reason:
        raise NotNow("Say why: somebody may ask.")
    if len(reason) > 500:
        raise NotNow("The reason is longer than 500 characters.")
    with transaction.atomic():
        locked = _decide(claim, Claim.State.REJECTED, by=by, reason=reason)
        trail.record("claim.rejected", locked, by=by, reason=reason)


def reopen(claim: Claim, *, by: object) -> None:
    """Take a rejection back. A vetted claim stays vetted: officers have it."""
    with transaction.atomic():
        locked = Claim.objects.select_for_update().get(pk=claim.pk)
        if locked.state != Claim.State.REJECTED:
            raise NotNow(f"Claim {locked.pk} is not rejected.")
        locked.state, locked.reason = Claim.State.OPEN, ""
        locked.decided_at = locked.decided_by = None
        locked.save()
        trail.record("claim.reopened", locked, by=by)


def _decide(claim: Claim, state: str, *, by: object, reason: str = "") -> Claim:
    locked = Claim.objects.select_for_update().get(pk=claim.pk)
    if locked.state != Claim.State.OPEN:
        raise NotNow(f"Claim {locked.pk} is {locked.get_state_display().lower()} by now.")
    locked.state, locked.reason = state, reason
    locked.decided_at, locked.decided_by = timezone.now(), by
    locked.save()
    return locked
