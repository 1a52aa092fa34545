"""Match an object's undecided tips again with the current matcher. People's decisions stay."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from objects.models import TraceObject
from tips.claims import index, membership
from tips.claims.match import assign_claim, read_tip
from tips.matching import details
from tips.models import Attachment, BandKey, Claim, Tip
from tips.steps import TipStep
from traceobject.audit import trail
from traceobject.outbox import queue
from traceobject.staff.authority import Actor, authorise

State = Claim.State


@dataclass(frozen=True)
class Change:
    """The result of rematching an object.

    Attributes:
        tips: the number of tips that were matched again.
        before, after: the number of claims.
        moved: the number of tips that are in another claim now.
    """

    reference: str
    tips: int
    before: int
    after: int
    moved: int


class _Rollback(Exception):
    """Rolls a dry run back."""


def rematch(trace_object: TraceObject, *, by: Actor, dry_run: bool) -> Change:
    """Match the tips of an object's open claims again, in one transaction.

    Claims that are decided, arranged by people or a flood keep their tips. Those are indexed again,
    so that other tips may join them.

    Args:
        dry_run: change nothing, and return what would change.
    """
    authorise(by, "tips.vet_claim")
    change: Change | None = None
    try:
        with transaction.atomic():
            change = _rematch(trace_object)
            if dry_run:
                raise _Rollback
            trail.record(
                "object.rematched", trace_object, by=by, version=details.VERSION,
                before=change.before, after=change.after, moved=change.moved,
            )  # fmt: skip
    except _Rollback:
        pass
    assert change is not None
    return change


def _rematch(trace_object: TraceObject) -> Change:
    # New tips about it wait in the outbox. Other objects are not affected.
    index.lock_object(trace_object.pk)
    free_claims = (
        Claim.objects.select_for_update()
        .filter(object=trace_object, state=State.OPEN, is_manual=False, is_flood=False)
        .exclude(tips__erased_on__isnull=False)
    )  # an erased tip cannot be matched again
    free = {claim.pk: claim for claim in free_claims.order_by("pk")}
    before = membership.detach_all(free)
    BandKey.objects.filter(tip__object=trace_object).delete()
    _reindex_kept_claims(trace_object)
    after, empty = _reassign_claims(before, free)
    for number in empty:
        into = next((after[tip] for tip, old in before.items() if old == number), None)
        if into is not None:
            membership.merge_empty([number], into)
    alone = Tip.objects.filter(pk__in=before, relation__in=["first", "related"])
    queue.put(TipStep.PROPOSE, *alone.values_list("pk", flat=True))
    pictures = Attachment.objects.filter(tip__in=before, state=Attachment.State.CLEAN)
    queue.put(TipStep.MATCH_PICTURE, *pictures.values_list("pk", flat=True))
    return Change(
        trace_object.reference,
        tips=len(before),
        before=len(set(before.values())),
        after=Claim.objects.filter(state=State.OPEN, pk__in=set(after.values())).count(),
        moved=sum(after[tip] != claim for tip, claim in before.items()),
    )


def _reassign_claims(
    before: dict[int, int], free: dict[int, Claim]
) -> tuple[dict[int, int], set[int]]:
    """Match tips in their order of arrival, each into its old claim if that has no other tip yet.

    Returns:
        The claim of each tip now, and the claims without tips.
    """
    empty = set(free)
    with_pictures = set(
        Attachment.objects.filter(tip__in=before).values_list("tip_id", flat=True).distinct()
    )
    for number, old in before.items():
        tip = Tip.objects.get(pk=number)
        reading = read_tip(tip, has_picture=number in with_pictures)
        own = Claim(pk=old, object_id=tip.object_id) if old in empty else None
        if own is not None:
            own.refresh_from_db()
        empty.discard(assign_claim(tip, reading, empty=own).pk)
    after = dict(Tip.objects.filter(pk__in=before).values_list("pk", "claim_id"))
    return after, empty - set(after.values())


def _reindex_kept_claims(trace_object: TraceObject) -> None:
    """Index the tips of decided and arranged claims again, and recount these claims."""
    stays = Tip.objects.filter(object=trace_object, state=Tip.State.MATCHED)
    claims = set(stays.values_list("claim", flat=True))
    readable = stays.filter(erased_on__isnull=True).exclude(relation=Tip.Relation.FLOOD)
    for tip in readable.iterator(chunk_size=500):
        reading = read_tip(tip, has_picture=False)
        index.add(tip, index.find(tip, reading.details, reading.keys).keys)
        membership.record_content(tip, reading.content)
    stays.update(matcher_version=details.VERSION)
    for claim in Claim.objects.filter(pk__in=claims):
        membership.recount(claim)
