"""Withdraw a tip from its claim: a test, a mistake, or the sender's wish. It stays readable, with the reason."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from tips.claims import index, membership
from tips.models import Claim, Proposal, Tip
from tips.triage.quotations import require_own_words
from traceobject.audit import trail
from traceobject.errors import StepRefused
from traceobject.staff.authority import authorise
from traceobject.staff.models import User


def withdraw(tip: Tip, *, by: User, reason: str) -> None:
    """Withdraw a matched tip from its claim.

    The oldest remaining tip becomes the claim's first. An open claim without tips is rejected. A decision
    stays as it is.

    Raises:
        StepRefused: it has not been matched yet, has been withdrawn, or the reason is empty.
    """
    authorise(by, "tips.vet_claim")
    reason = reason.replace("\x00", "").strip()
    if not reason:
        raise StepRefused("Give a reason. It is recorded.")
    with transaction.atomic():
        claim_number = Tip.objects.filter(pk=tip.pk).values_list("claim", flat=True).get()
        claim = Claim.objects.select_for_update().filter(pk=claim_number).first()
        locked = Tip.objects.select_for_update(of=("self",)).get(pk=tip.pk)
        if locked.state == Tip.State.MATCHED and (claim is None or locked.claim_id != claim.pk):
            raise StepRefused(f"Tip {tip.pk} has just moved to another claim. Look at it again.")
        if locked.state != Tip.State.MATCHED or claim is None:
            raise StepRefused(
                f"Tip {tip.pk} cannot be withdrawn: it is {locked.get_state_display().lower()}."
            )
        require_own_words(reason, [locked])
        index.remove([locked.pk])
        Proposal.objects.filter(Q(tip=locked) | Q(other=locked)).delete()
        membership.detach(locked, why=f"withdrawn from C-{claim.pk}: {reason}")
        _repair_claim(claim, by)
        trail.record("tip.withdrawn", locked, by=by, claim=claim.pk, reason=reason[:500])


def _repair_claim(claim: Claim, by: User) -> None:
    oldest = Tip.objects.filter(claim=claim).order_by("pk").first()
    if oldest is not None:
        index.reindex(oldest)
    elif claim.state == Claim.State.OPEN:
        membership.reject_empty(claim, by=by, reason="Its only tip was withdrawn.")
