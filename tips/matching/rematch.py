"""Match an object's undecided tips anew, as if they came in now; what people decided or arranged stays."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction

from objects.models import TraceObject
from tips.matching import guard
from tips.matching.claims import place, recount, reindex
from tips.models import BandKey, Claim, Tip
from tips.steps import TipStep
from traceobject.audit import trail
from traceobject.outbox import queue

State = Claim.State


@dataclass(frozen=True)
class Change:
    """What rematching an object does: tips looked at, claims before and after, tips that change company."""

    reference: str
    tips: int
    before: int
    after: int
    moved: int


class _Undo(Exception):
    """Rolls a dry run back."""


def rematch(trace_object: TraceObject, *, by: object, dry_run: bool) -> Change:
    """Match the tips of an object's open claims anew, in one transaction.

    Claims that are decided, arranged by hand or a flood keep their tips, which are indexed anew, so that
    others may join them.

    Args:
        dry_run: change nothing, and say what would change.
    """
    change: Change | None = None
    try:
        with transaction.atomic():
            change = _rematch(trace_object)
            if dry_run:
                raise _Undo
            trail.record(
                "object.rematched", trace_object, by=by, version=guard.VERSION,
                before=change.before, after=change.after, moved=change.moved,
            )  # fmt: skip
    except _Undo:
        pass
    assert change is not None
    return change


def _rematch(trace_object: TraceObject) -> Change:
    with connection.cursor() as cursor:  # no worker matches on the object meanwhile
        cursor.execute("LOCK TABLE tips_bandkey IN SHARE ROW EXCLUSIVE MODE")
    of_object = Tip.objects.filter(object=trace_object, state=Tip.State.MATCHED)
    free_claims = Claim.objects.select_for_update().filter(
        object=trace_object, state=State.OPEN, is_by_hand=False, is_flood=False
    )
    free = {claim.pk: claim for claim in free_claims.order_by("pk")}
    before = dict(of_object.filter(claim__in=free).order_by("pk").values_list("pk", "claim_id"))
    BandKey.objects.filter(tip__object=trace_object).delete()
    of_object.filter(pk__in=before).update(
        state=Tip.State.RECEIVED, claim=None, relation="", related_to=None, reasons=[]
    )
    Claim.objects.filter(pk__in=free).update(facts={}, tip_count=0, score=0)
    _index_what_stays(of_object.exclude(pk__in=before))
    empty = {number: Claim.objects.get(pk=number) for number in free}
    after: dict[int, int] = {}
    for number, old in before.items():
        tip = Tip.objects.get(pk=number)
        tip.has_picture = tip.attachments.exists()
        place(tip, empty=empty.get(old))
        after[number] = tip.claim_id
        empty.pop(tip.claim_id, None)
    after = dict(Tip.objects.filter(pk__in=before).values_list("pk", "claim_id"))
    for number, claim in empty.items():
        into = next((after[tip] for tip, old in before.items() if old == number), None)
        if into is not None:
            claim.state, claim.merged_into_id = State.MERGED, into
            claim.save(update_fields=["state", "merged_into"])
    alone = Tip.objects.filter(pk__in=before, relation__in=["first", "related"])
    queue.put(TipStep.PROPOSE, *alone.values_list("pk", flat=True))
    return Change(
        trace_object.reference,
        tips=len(before),
        before=len(set(before.values())),
        after=Claim.objects.filter(state=State.OPEN, pk__in=set(after.values())).count(),
        moved=sum(after[tip] != claim for tip, claim in before.items()),
    )


def _index_what_stays(tips) -> None:
    for tip in tips.exclude(relation=Tip.Relation.FLOOD).iterator(chunk_size=500):
        reindex(tip)
    for claim in Claim.objects.filter(pk__in=set(tips.values_list("claim", flat=True))):
        recount(claim)
    tips.update(matched_by=guard.VERSION)
