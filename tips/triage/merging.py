"""Merge and split claims by hand. Matching does not change what people arranged (``is_manual``)."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q

from tips.claims import membership
from tips.models import Claim, Proposal, Tip
from traceobject.audit import trail
from traceobject.errors import StepRefused
from traceobject.staff.authority import authorise
from traceobject.staff.models import User


def merge(claim: Claim, into: Claim, *, by: User) -> None:
    """Move all tips of an open claim into another open one about the same object.

    Raises:
        StepRefused: they are the same claim, about different objects, or one has been decided.
    """
    authorise(by, "tips.vet_claim")
    if claim.pk == into.pk:
        raise StepRefused("A claim cannot be merged into itself.")
    with transaction.atomic():
        locked = _open(claim.pk, into.pk)
        if locked[claim.pk].object_id != locked[into.pk].object_id:
            raise StepRefused("These claims are about different objects.")
        membership.mark_manual(locked[into.pk])
        why = f"merged by a moderator, from C-{claim.pk}"
        membership.merge([locked[claim.pk]], locked[into.pk], why=why)
        trail.record("claim.joined", locked[into.pk], by=by, joined=claim.pk)


def split(claim: Claim, tips: Collection[int], *, by: User) -> Claim:
    """Move some of an open claim's tips into a new claim.

    Raises:
        StepRefused: no tip is selected, or all are, or it has been decided.
    """
    authorise(by, "tips.vet_claim")
    with transaction.atomic():
        locked = _open(claim.pk)[claim.pk]
        of_claim = Tip.objects.filter(claim=locked, pk__in=tips).order_by("pk")
        chosen = list(of_claim.values_list("pk", flat=True))
        if not chosen:
            raise StepRefused("Select the tips to split off.")
        if len(chosen) == locked.tip_count:
            raise StepRefused("At least one tip has to stay.")
        made = membership.split(locked, chosen, why=f"split off by a moderator, from C-{locked.pk}")
        trail.record("claim.split", locked, by=by, into=made.pk, tips=chosen)
    return made


def decline_proposal(proposal: Proposal, *, by: User) -> None:
    """Record that two proposed claims do not say the same; they are not proposed again."""
    authorise(by, "tips.vet_claim")
    with transaction.atomic():
        if Proposal.objects.filter(pk=proposal.pk, declined_by__isnull=True).update(declined_by=by):
            trail.record(
                "proposal.declined", proposal, by=by, tips=[proposal.tip_id, proposal.other_id]
            )


def proposals_for(claim: Claim) -> list[tuple[Proposal, Tip]]:
    """Return the proposals to merge an open claim with another, likeliest first, each with the other's tip."""
    of_claim = Proposal.objects.filter(
        Q(tip__claim=claim) | Q(other__claim=claim), declined_by__isnull=True
    ).select_related("tip__claim", "other__claim")
    found: dict[int, tuple[Proposal, Tip]] = {}
    for proposal in of_claim:
        tip = proposal.other if proposal.tip.claim_id == claim.pk else proposal.tip
        other = tip.claim
        if other and other.pk != claim.pk and other.state == Claim.State.OPEN:
            found.setdefault(other.pk, (proposal, tip))
    return list(found.values())


def _open(*numbers: int) -> dict[int, Claim]:
    locked = {
        claim.pk: claim
        for claim in Claim.objects.select_for_update().filter(pk__in=numbers).order_by("pk")
    }
    for claim in locked.values():
        if claim.state != Claim.State.OPEN:
            raise StepRefused(f"C-{claim.pk} has already been {claim.get_state_display().lower()}.")
    return locked
