"""A moderator's decisions on a claim: vet it into a lead, reject it, or reopen it."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone
from django_countries import countries as known_countries

from tips.models import Claim, Lead, LeadCountry
from tips.steps import TipStep
from tips.triage.quotations import require_own_words
from traceobject.audit import trail
from traceobject.errors import StepRefused
from traceobject.outbox import queue
from traceobject.staff.authority import authorise
from traceobject.staff.models import User


def vet(claim: Claim, *, by: User, summary: str, countries: dict[str, str]) -> Lead:
    """Vet an open claim: make a lead of it, to be routed to its countries.

    Args:
        summary: what officers will read.
        countries: ISO 3166-1 alpha-2 codes, each with the relation (sold, seen, made, unknown).

    Raises:
        StepRefused: it has been decided, or the summary or the countries are missing or wrong.
    """
    authorise(by, "tips.vet_claim")
    summary = summary.strip()
    if not summary:
        raise StepRefused("Write a summary. Officers read it first.")
    if len(summary) > 2000:
        raise StepRefused("The summary is longer than 2,000 characters.")
    if not countries:
        raise StepRefused("Choose at least one country. It decides which desk gets the lead.")
    unknown = [code for code in countries if code not in known_countries]
    if unknown:
        raise StepRefused(f"No country has the code {', '.join(unknown)}.")
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


def reject(claim: Claim, *, by: User, reason: str) -> None:
    """Reject an open claim, with a reason. Its tips stay, and later ones that say the same join them.

    Raises:
        StepRefused: it has been decided, or the reason is empty or too long.
    """
    authorise(by, "tips.vet_claim")
    reason = reason.strip()
    if not reason:
        raise StepRefused("Give a reason. It is recorded.")
    if len(reason) > 500:
        raise StepRefused("The reason is longer than 500 characters.")
    with transaction.atomic():
        require_own_words(reason, claim.tips.only("text", "place", "why", "seen_when", "url"))
        locked = _decide(claim, Claim.State.REJECTED, by=by, reason=reason)
        trail.record("claim.rejected", locked, by=by, reason=reason)


def reopen(claim: Claim, *, by: User) -> None:
    """Reopen a rejected claim. A vetted one stays vetted: officers have it.

    Raises:
        StepRefused: it is not rejected, has no tips, or a newer flood claim is open.
    """
    authorise(by, "tips.vet_claim")
    with transaction.atomic():
        locked = Claim.objects.select_for_update().get(pk=claim.pk)
        if locked.state != Claim.State.REJECTED:
            raise StepRefused(f"C-{locked.pk} is not rejected.")
        if not locked.tip_count:
            raise StepRefused(f"C-{locked.pk} has no tips left.")
        locked.state, locked.reason = Claim.State.OPEN, ""
        locked.decided_at = locked.decided_by = None
        try:
            with transaction.atomic():
                locked.save()
        except IntegrityError:  # an object has at most one open flood claim
            raise StepRefused("A newer flood claim about this object is open.") from None
        trail.record("claim.reopened", locked, by=by)


def _decide(claim: Claim, state: str, *, by: User, reason: str = "") -> Claim:
    locked = Claim.objects.select_for_update().get(pk=claim.pk)
    if locked.state != Claim.State.OPEN:
        raise StepRefused(f"C-{locked.pk} has already been {locked.get_state_display().lower()}.")
    locked.state, locked.reason = state, reason
    locked.decided_at, locked.decided_by = timezone.now(), by
    locked.save()
    return locked
