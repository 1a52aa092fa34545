"""Match one tip: find what it may repeat, compare, and give it a claim."""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import Count

from tips.matching import guard, normalise, signature
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
        mine = guard.details(tip.text, country=str(tip.country or ""), url=tip.url)
        found = _best(tip, mine)
        if found is None:
            tip.relation, tip.reasons = (
                Tip.Relation.FIRST,
                ["nothing like it on this object before"],
            )
        else:
            other, compared = found
            tip.relation = compared.relation
            tip.reasons = [f"tip {other.pk}: {reason}"[:200] for reason in compared.reasons]
            tip.related_to = other
        if tip.relation == Tip.Relation.DUPLICATE:
            tip.claim = tip.related_to.claim
        else:
            tip.claim = Claim.objects.create(object_id=tip.object_id)
            _index(tip, mine)
        tip.state = Tip.State.MATCHED
        tip.countries = countries_named(tip)
        tip.save(update_fields=["relation", "reasons", "related_to", "claim", "state", "countries"])
        trail.record(
            "tip.matched", tip, by="matching", claim=tip.claim_id, relation=tip.relation,
            to=tip.related_to_id,
        )  # fmt: skip


def countries_named(tip: Tip) -> list[str]:
    """Give the countries that a tip names, the sender's choice first, then the surest."""
    chosen = [str(tip.country)] if tip.country else []
    named = [found["country"] for found in mentions.suggest(f"{tip.text}\n{tip.url}")]
    return list(dict.fromkeys([*chosen, *named]))


def _lock_object(object_id: int) -> None:
    """Let one worker at a time decide on an object, so that two cannot make two claims of one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, object_id])


def _best(tip: Tip, mine: guard.Details) -> tuple[Tip, guard.Comparison] | None:
    """Pick what the tip repeats, else what it is most like, among those that share an index key."""
    keys = signature.keys(normalise.words(tip.text), mine.links)
    shared = (
        BandKey.objects.filter(object_id=tip.object_id, key__in=keys)
        .values("tip")
        .annotate(keys=Count("key"))
        .order_by("-keys", "tip")[:MOST_CANDIDATES]
    )
    best: tuple[Tip, guard.Comparison] | None = None
    rank = {"duplicate": 2, "related": 1}
    for other in Tip.objects.filter(pk__in=[row["tip"] for row in shared]).order_by("pk"):
        theirs = guard.details(other.text, country=str(other.country or ""), url=other.url)
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
