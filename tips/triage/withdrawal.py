"""Take a tip out of its claim: a test, a mistake, or its sender's wish. It stays readable, and says why."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from tips.matching.claims import recount, reindex
from tips.models import BandKey, Claim, Proposal, Tip
from tips.triage.decisions import NotNow
from traceobject.audit import trail


def withdraw(tip: Tip, *, by: object, reason: str) -> None:
    """Withdraw a matched tip, and leave its claim whole.

    The oldest of what is left is the claim's first; an open claim without any tip is set aside. What is
    decided stays decided.

    Raises:
        NotNow: it is not matched yet, is withdrawn already, or no reason is given.
        PermissionDenied: it is not a moderator.
    """
    if not by.has_perm("tips.vet_claim"):
        raise PermissionDenied
    reason = reason.replace("\x00", "").strip()
    if not reason:
        raise NotNow("Say why: somebody may ask.")
    with transaction.atomic():
        claim_number = Tip.objects.filter(pk=tip.pk).values_list("claim", flat=True).get()
        claim = Claim.objects.select_for_update().filter(pk=claim_number).first()
        locked = Tip.objects.select_for_update(of=("self",)).get(pk=tip.pk)
        if locked.state != Tip.State.MATCHED or claim is None or locked.claim_id != claim.pk:
            raise NotNow(f"Tip {tip.pk} is {locked.get_state_display().lower()}.")
        BandKey.objects.filter(tip=locked).delete()
        Proposal.objects.filter(tip=locked).delete()
        Proposal.objects.filter(other=locked).delete()
        locked.state, locked.claim, locked.relation = Tip.State.WITHDRAWN, None, ""
        locked.reasons = [*locked.reasons, f"withdrawn from C-{claim.pk}: {reason}"[:200]]
        locked.save(update_fields=["state", "claim", "relation", "reasons"])
        _leave_whole(claim, by)
        trail.record("tip.withdrawn", locked, by=by, claim=claim.pk, reason=reason[:500])


def _leave_whole(claim: Claim, by: object) -> None:
    oldest = Tip.objects.filter(claim=claim).order_by("pk").first()
    if oldest is None:
        if claim.state == Claim.State.OPEN:
            claim.state, claim.reason = Claim.State.REJECTED, "Its only tip was withdrawn."
            claim.decided_at, claim.decided_by = timezone.now(), by
            claim.save()
        recount(claim)
        return
    reindex(oldest)
    if oldest.relation in (Tip.Relation.DUPLICATE, Tip.Relation.SAME_SENDER):
        oldest.relation, oldest.related_to = Tip.Relation.FIRST, None
        oldest.save(update_fields=["relation", "related_to"])
    recount(claim)
