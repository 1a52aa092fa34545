"""Claims joined and split by hand. Matching leaves what people arranged as it is (``is_by_hand``)."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from tips.claims import membership
from tips.models import Claim, Proposal, Tip
from tips.triage.decisions import NotNow
from traceobject.audit import trail


def join(claim: Claim, into: Claim, *, by: object) -> None:
    """Move all tips of an open claim into another open one about the same object.

    Raises:
        NotNow: they are one claim, about two objects, or one is decided already.
        PermissionDenied: it is not a moderator.
    """
    if not by.has_perm("tips.vet_claim"):
        raise PermissionDenied
    if claim.pk == into.pk:
        raise NotNow("A claim cannot be joined with itself.")
    with transaction.atomic():
        locked = _open(claim.pk, into.pk)
        if locked[claim.pk].object_id != locked[into.pk].object_id:
            raise NotNow("These claims are about two objects.")
        membership.keep_by_hand(locked[into.pk])
        why = f"joined by hand, from C-{claim.pk}"
        membership.merge([locked[claim.pk]], locked[into.pk], why=why)
        trail.record("claim.joined", locked[into.pk], by=by, joined=claim.pk)


def split(claim: Claim, tips: Collection[int], *, by: object) -> Claim:
    """Make a claim of its own of some of an open claim's tips.

    Raises:
        NotNow: none of its tips is chosen, or all are, or it is decided already.
        PermissionDenied: it is not a moderator.
    """
    if not by.has_perm("tips.vet_claim"):
        raise PermissionDenied
    with transaction.atomic():
        locked = _open(claim.pk)[claim.pk]
        of_claim = Tip.objects.filter(claim=locked, pk__in=tips).order_by("pk")
        chosen = list(of_claim.values_list("pk", flat=True))
        if not chosen:
            raise NotNow("Tick the tips that are to be split off.")
        if len(chosen) == locked.tip_count:
            raise NotNow("One tip at least has to stay.")
        made = membership.split(locked, chosen, why=f"split off by hand, from C-{locked.pk}")
        trail.record("claim.split", locked, by=by, into=made.pk, tips=chosen)
    return made


def decline(proposal: Proposal, *, by: object) -> None:
    """Note that two claims that were proposed do not say the same; it is proposed no more.

    Raises:
        PermissionDenied: it is not a moderator.
    """
    if not by.has_perm("tips.vet_claim"):
        raise PermissionDenied
    with transaction.atomic():
        if Proposal.objects.filter(pk=proposal.pk, declined_by__isnull=True).update(declined_by=by):
            trail.record(
                "proposal.declined", proposal, by=by, tips=[proposal.tip_id, proposal.other_id]
            )


def proposed(claim: Claim) -> list[tuple[Proposal, Tip]]:
    """List what is proposed to be joined with an open claim, likeliest first: (proposal, the other's tip)."""
    of_claim = Proposal.objects.filter(
        Q(tip__claim=claim) | Q(other__claim=claim), declined_by__isnull=True
    ).select_related("tip__claim", "other__claim")
    found: dict[int, tuple[Proposal, Tip]] = {}
    for proposal in of_claim:
        tip = proposal.other if proposal.tip.claim_id == claim.pk else proposal.tip
        if tip.claim_id != claim.pk and tip.claim.state == Claim.State.OPEN:
            found.setdefault(tip.claim_id, (proposal, tip))
    return list(found.values())


def _open(*numbers: int) -> dict[int, Claim]:
    locked = {
        claim.pk: claim
        for claim in Claim.objects.select_for_update().filter(pk__in=numbers).order_by("pk")
    }
    for claim in locked.values():
        if claim.state != Claim.State.OPEN:
            raise NotNow(f"C-{claim.pk} is {claim.get_state_display().lower()} by now.")
    return locked
