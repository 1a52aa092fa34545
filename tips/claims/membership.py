"""Write which claim a tip belongs to, why, and what each claim counts. No other module does.

A test fails on any other writer. Every function works in the caller's transaction, which has locked
the claims it names. Where there may be many rows, one statement moves them all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Case, F, Func, Value, When
from django.utils import timezone

from tips.claims import ranking
from tips.matching import details
from tips.models import Claim, Tip
from traceobject.staff.models import User

Relation = Tip.Relation
MAX_REASON_LENGTH = 200
# Tips of the same sender, or of a flood, do not corroborate a claim.
DEPENDENT = (Relation.SAME_SENDER, Relation.FLOOD)


@dataclass(frozen=True)
class MatchResult:
    """The result of matching a tip.

    Attributes:
        relation: how the tip relates to earlier tips.
        reasons: why, as moderators read it.
        related_to: the number of the most similar tip.
        claim: the claim that it joins; None opens one.
    """

    relation: str
    reasons: list[str]
    related_to: int | None = None
    claim: Claim | None = None


@dataclass(frozen=True)
class Content:
    """What a tip contains, as far as a claim counts it, and what it says as it is stored."""

    account: dict[str, Any] | None = None
    countries: list[str] = field(default_factory=list)
    has_place: bool = False
    has_link: bool = False
    has_picture: bool = False


# --- one tip --------------------------------------------------------------------------------------


def attach(tip: Tip, result: MatchResult, content: Content, *, empty: Claim | None = None) -> Claim:
    """Store the result of matching a tip, and count the tip in its claim.

    Args:
        empty: a claim without tips, used before a new one is opened.
    """
    own = _facts(tip, content, result.relation)
    claim = result.claim
    if claim is None:
        claim = empty or Claim(object_id=tip.object_id)
        _count(claim, own)
        claim.save()
    tip.claim, tip.relation, tip.related_to_id = claim, result.relation, result.related_to
    tip.reasons = [reason[:MAX_REASON_LENGTH] for reason in result.reasons]
    tip.account, tip.countries = content.account, content.countries
    tip.has_place, tip.has_link = content.has_place, content.has_link
    tip.state, tip.matcher_version = Tip.State.MATCHED, details.VERSION
    tip.save(
        update_fields=[
            *("claim", "relation", "related_to", "reasons", "account", "countries"),
            *("has_place", "has_link", "state", "matcher_version"),
        ]
    )
    if result.claim is not None:
        counted = Claim.objects.select_for_update().get(pk=claim.pk)
        _count(counted, ranking.Facts(**counted.facts).plus(own))
        counted.save(update_fields=["facts", "tip_count", "score"])
    return claim


def relate(tip: Tip, reasons: Iterable[str], *, to: Tip | None) -> None:
    """Add reasons to a matched tip. A tip that stood alone becomes related to ``to``."""
    tip.reasons = [*tip.reasons, *(each for each in reasons if each not in tip.reasons)]
    if tip.relation == Relation.FIRST and to is not None:
        tip.relation, tip.related_to = Relation.RELATED, to
    tip.save(update_fields=["reasons", "relation", "related_to"])


def record_content(tip: Tip, content: Content) -> None:
    """Store what the matcher read in a tip. The caller recounts its claim afterwards."""
    Tip.objects.filter(pk=tip.pk).update(
        account=content.account,
        countries=content.countries,
        has_place=content.has_place,
        has_link=content.has_link,
    )


def detach(tip: Tip, *, why: str) -> None:
    """Take a tip out of its claim for good. It stays readable.

    If it was the first tip, the oldest of the others becomes the first.
    """
    if tip.claim_id is None:
        return
    claim = Claim.objects.select_for_update().get(pk=tip.claim_id)
    tip.state, tip.claim, tip.relation = Tip.State.WITHDRAWN, None, ""
    tip.reasons = [*tip.reasons, why[:MAX_REASON_LENGTH]]
    tip.save(update_fields=["state", "claim", "relation", "reasons"])
    oldest = Tip.objects.filter(claim=claim).order_by("pk").first()
    if oldest is not None and oldest.relation in (Relation.DUPLICATE, Relation.SAME_SENDER):
        oldest.relation, oldest.related_to = Relation.FIRST, None
        oldest.save(update_fields=["relation", "related_to"])
    recount(claim)


# --- many tips ------------------------------------------------------------------------------------


def open_claim(object_pk: int, *, is_flood: bool = False, is_manual: bool = False) -> Claim:
    """Open a claim without tips."""
    return Claim.objects.create(object_id=object_pk, is_flood=is_flood, is_manual=is_manual)


def merge(claims: Collection[Claim], into: Claim, *, why: str, as_flood: bool = False) -> None:
    """Move all tips of open claims into another claim, and mark the claims as merged.

    Args:
        why: the reason that each tip gets.
        as_flood: the tips become part of a flood. Otherwise a first tip becomes a duplicate.
    """
    if not claims:
        return
    pks = [claim.pk for claim in claims]
    relation = (
        Value(Relation.FLOOD)
        if as_flood
        else Case(
            When(relation=Relation.FIRST, then=Value(Relation.DUPLICATE)), default=F("relation")
        )
    )
    Tip.objects.filter(claim__in=pks).update(
        claim=into, relation=relation, reasons=_with_reason(why)
    )
    merge_empty(pks, into.pk)
    recount(into)


def merge_empty(claims: Collection[int], into: int) -> None:
    """Mark claims without tips, and claims merged into them, as merged into another claim."""
    Claim.objects.filter(merged_into__in=claims).update(merged_into=into)
    Claim.objects.filter(pk__in=claims).update(
        state=Claim.State.MERGED, merged_into=into, facts={}, tip_count=0, score=0
    )


def split(claim: Claim, tips: Collection[int], *, why: str) -> Claim:
    """Move some of a claim's tips into a new claim, and mark both as manual."""
    made = open_claim(claim.object_id, is_manual=True)
    Tip.objects.filter(claim=claim, pk__in=tips).update(claim=made, reasons=_with_reason(why))
    mark_manual(claim)
    recount(made)
    recount(claim)
    return made


def mark_manual(claim: Claim) -> None:
    """Record that people arranged a claim, so that matching leaves it alone."""
    claim.is_manual = True
    claim.save(update_fields=["is_manual"])


def reject_empty(claim: Claim, *, by: User, reason: str) -> None:
    """Reject an open claim without tips."""
    claim.state, claim.reason = Claim.State.REJECTED, reason
    claim.decided_at, claim.decided_by = timezone.now(), by
    claim.save(update_fields=["state", "reason", "decided_at", "decided_by"])


def detach_all(claims: Collection[int]) -> dict[int, int]:
    """Take all tips out of claims for rematching; return the claim of each."""
    tips = Tip.objects.filter(claim__in=claims, state=Tip.State.MATCHED)
    before = dict(tips.order_by("pk").values_list("pk", "claim_id"))
    tips.update(state=Tip.State.RECEIVED, claim=None, relation="", related_to=None, reasons=[])
    Claim.objects.filter(pk__in=claims).update(facts={}, tip_count=0, score=0)
    return before


_FORGET_REASONS = """
    UPDATE tips_tip SET reasons = ARRAY(
        SELECT CASE WHEN substring(why FROM '^tip ([0-9]+): ') = ANY(%(tips)s)
            THEN substring(why FROM '^tip [0-9]+: ') || 'erased' ELSE why END
        FROM unnest(reasons) WITH ORDINALITY AS t(why, place) ORDER BY place
    )
    WHERE object_id = ANY(%(objects)s) AND EXISTS (
        SELECT FROM unnest(reasons) why WHERE substring(why FROM '^tip ([0-9]+): ') = ANY(%(tips)s)
    )
"""


def forget_content(tips: Collection[int], objects: Collection[int]) -> None:
    """Remove what matching noted of the content of tips, also from the reasons of others.

    The tips stay in their claims, and the claims keep their counts.
    """
    Tip.objects.filter(pk__in=tips).update(
        reasons=[], account=None, countries=[], has_place=False, has_link=False
    )
    with connection.cursor() as cursor:
        names = [str(number) for number in tips]
        cursor.execute(_FORGET_REASONS, {"tips": names, "objects": list(objects)})


def _with_reason(why: str) -> Func:
    field = Tip._meta.get_field("reasons")
    return Func(
        F("reasons"), Value(why[:MAX_REASON_LENGTH]), function="array_append", output_field=field
    )


# --- counts ---------------------------------------------------------------------------------------

# Each sender counts once, with the first tip that is independent.
_RECOUNT = """
    SELECT count(*),
        count(*) FILTER (WHERE is_independent AND (sender = '' OR of_sender = 1)),
        count(*) FILTER (WHERE cardinality(countries) > 0),
        count(*) FILTER (WHERE has_place),
        count(*) FILTER (WHERE has_link),
        count(*) FILTER (WHERE EXISTS (SELECT FROM tips_attachment a WHERE a.tip_id = t.id)),
        count(*) FILTER (WHERE sureness = 'certain'),
        count(*) FILTER (WHERE why <> ''),
        count(*) FILTER (WHERE trust = 'proven'),
        count(*) FILTER (WHERE trust = 'doubtful')
    FROM (
        SELECT *, relation <> ALL(%s) AS is_independent,
            row_number() OVER (PARTITION BY sender ORDER BY id) AS of_sender
        FROM tips_tip WHERE claim_id = %s
    ) t
"""


def recount(claim: Claim) -> None:
    """Recount a claim's tips in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT, [list(DEPENDENT), claim.pk])
        _count(claim, ranking.Facts(*cursor.fetchone()))
    claim.save(update_fields=["facts", "tip_count", "score"])


def _facts(tip: Tip, content: Content, relation: str) -> ranking.Facts:
    return ranking.Facts(
        tips=1,
        senders=int(relation not in DEPENDENT),
        countries=int(bool(content.countries)),
        places=int(content.has_place),
        links=int(content.has_link),
        pictures=int(content.has_picture),
        certain=int(tip.sureness == Tip.Sureness.CERTAIN),
        explained=int(bool(tip.why)),
        proven=int(tip.trust == Tip.Trust.PROVEN),
        doubtful=int(tip.trust == Tip.Trust.DOUBTFUL),
    )


def _count(claim: Claim, facts: ranking.Facts) -> None:
    claim.facts, claim.tip_count = asdict(facts), facts.tips
    claim.score = ranking.score(facts, is_flood=claim.is_flood)
