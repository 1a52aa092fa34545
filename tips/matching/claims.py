"""Match one tip: find what it may repeat, compare, and give it a claim."""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import Count

from tips.matching import flood, guard, normalise, signature
from tips.models import BandKey, Claim, Tip
from tips.places import mentions
from traceobject.audit import trail
from traceobject.outbox import queue

MOST_CANDIDATES = 40
_LOCK_SPACE = 0x6D61  # advisory locks of this stage: one an object


@queue.handles("match")
def match(tip_pk: int) -> None:
    """Relate a received tip to the earlier ones on its object, once; a second call does nothing.

    Only the first tip of a claim is indexed: ten thousand copies of a text cost one comparison each.
    """
    with transaction.atomic():
        tip = Tip.objects.select_for_update(of=("self",)).get(pk=tip_pk)
        if tip.state != Tip.State.RECEIVED:
            return
        _lock_object(tip.object_id)
        mine = guard.details(tip.told, country=str(tip.country or ""), url=tip.url)
        if not _joins_what_it_follows(tip, mine):
            _find_its_claim(tip, mine)
        tip.state = Tip.State.MATCHED
        tip.countries = countries_named(tip)
        tip.save(update_fields=["relation", "reasons", "related_to", "claim", "state", "countries"])
        trail.record(
            "tip.matched", tip, by="matching", claim=tip.claim_id, relation=tip.relation,
            to=tip.related_to_id, hour_only=True,
        )  # fmt: skip


def _joins_what_it_follows(tip: Tip, mine: guard.Details) -> bool:
    """Put what somebody adds with their receipt beside what they said first, while that is undecided.

    Where the first is decided, or the two differ where it matters, it makes a claim of its own, so that
    somebody reads it.
    """
    first = tip.follows
    if first is None or first.claim is None:
        return False
    what = "answers a question about" if tip.answers_id else "adds to"
    tip.related_to = first
    tip.reasons = [f"its sender {what} tip {first.pk}"]
    theirs = guard.details(first.told, country=str(first.country or ""), url=first.url)
    contrary = guard.contrary(mine, theirs)
    if first.claim.state == Claim.State.OPEN and not contrary:
        tip.relation, tip.claim = Tip.Relation.SAME_SENDER, first.claim
        return True
    tip.relation = Tip.Relation.RELATED
    tip.reasons += contrary or [f"C-{first.claim_id} is decided already"]
    tip.claim = Claim.objects.create(object_id=tip.object_id)
    _index(tip, mine)
    return True


def _find_its_claim(tip: Tip, mine: guard.Details) -> None:
    found = _best(tip, mine)
    if found is None:
        tip.relation = Tip.Relation.FIRST
        tip.reasons = ["nothing like it on this object before"]
    else:
        other, compared = found
        tip.relation = compared.relation
        tip.reasons = [f"tip {other.pk}: {reason}"[:200] for reason in compared.reasons]
        tip.related_to = other
    if tip.relation == Tip.Relation.DUPLICATE:
        tip.claim = tip.related_to.claim
    elif why := flood.begun_by(tip):
        tip.relation = Tip.Relation.FLOOD
        tip.reasons = [why, *tip.reasons]
        tip.claim = flood.claim_of(tip)
    else:
        tip.claim = Claim.objects.create(object_id=tip.object_id)
        _index(tip, mine)


def countries_named(tip: Tip) -> list[str]:
    """Give the countries that a tip names, the sender's choice first, then the surest."""
    chosen = [str(tip.country)] if tip.country else []
    named = [found["country"] for found in mentions.suggest(f"{tip.told}\n{tip.url}")]
    return list(dict.fromkeys([*chosen, *named]))


def _lock_object(object_id: int) -> None:
    """Let one worker at a time decide on an object, so that two cannot make two claims of one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, object_id])


def _best(tip: Tip, mine: guard.Details) -> tuple[Tip, guard.Comparison] | None:
    """Pick what the tip repeats, else what it is most like, among those that share an index key."""
    keys = signature.keys(normalise.words(tip.told), mine.links)
    shared = (
        BandKey.objects.filter(object_id=tip.object_id, key__in=keys)
        .values("tip")
        .annotate(keys=Count("key"))
        .order_by("-keys", "tip")[:MOST_CANDIDATES]
    )
    best: tuple[Tip, guard.Comparison] | None = None
    rank = {"duplicate": 2, "related": 1}
    for other in Tip.objects.filter(pk__in=[row["tip"] for row in shared]).order_by("pk"):
        theirs = guard.details(other.told, country=str(other.country or ""), url=other.url)
        compared = guard.compare(mine, theirs)
        if compared.relation == "new":
            continue
        if best is None or (rank[compared.relation], compared.likeness) > (
            rank[best[1].relation],
            best[1].likeness,
        ):
            best = (other, compared)
    return best


def _index(tip: Tip, mine: guard.Details) -> None:
    BandKey.objects.bulk_create(
        BandKey(object_id=tip.object_id, key=key, tip=tip)
        for key in signature.keys(list(mine.words), mine.links)
    )
