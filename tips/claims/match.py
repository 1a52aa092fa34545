"""Match one tip: find similar tips, compare them, and assign a claim.

Tips that say the same are tied, and a claim is a connected group. So a tip that says the same as
the tips of two claims merges them, and the order of arrival does not matter. Claims that people
decided on or arranged stay as they are: a tip may join them, but they are not merged.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from rapidfuzz import fuzz

from tips.claims import flood, index, membership
from tips.claims.membership import Content, MatchResult
from tips.matching import details as tip_details
from tips.matching import guard
from tips.matching.details import Details
from tips.models import Attachment, Claim, Tip
from tips.steps import TipStep
from traceobject.audit import trail
from traceobject.outbox import queue
from traceobject.outbox.failures import NotYet
from traceobject.staff.authority import System

MAX_RELATED = 3  # tips compared that can be related, but no duplicates
Relation = Tip.Relation


@dataclass(frozen=True)
class Reading:
    """A tip as read for comparing: its details, its index keys, and its content."""

    details: Details
    keys: list[int]
    content: Content


def match(tip_pk: int) -> None:
    """Match a received tip with the others about its object. A second call does nothing.

    Raises:
        NotYet: the object's tips are being rematched, or the tip that this one adds to still waits.
    """
    with transaction.atomic():
        has_picture = Exists(Attachment.objects.filter(tip=OuterRef("pk")))
        tip = (
            Tip.objects.select_for_update(of=("self",))
            .annotate(has_picture=has_picture)
            .get(pk=tip_pk)
        )
        if tip.state != Tip.State.RECEIVED:
            return
        if _waits_for_first_tip(tip):
            raise NotYet("The tip that it adds to has not been matched yet.")
        reading = read_tip(tip, has_picture=tip.has_picture)
        if not index.lock_keys(tip.object_id, reading.keys):
            raise NotYet("The tips of its object are being rematched.")
        assign_claim(tip, reading)
        if tip.relation in (Relation.FIRST, Relation.RELATED) and settings.CROSS_LANGUAGE:
            queue.put(TipStep.PROPOSE, tip.pk)  # the second stage compares it across languages
        trail.record(
            "tip.matched",
            tip,
            by=System.MATCHING,
            claim=tip.claim_id,
            relation=tip.relation,
            to=tip.related_to_id,
        )


def _waits_for_first_tip(tip: Tip) -> bool:
    waiting = Tip.objects.filter(additions=tip, state=Tip.State.RECEIVED)
    return tip.follows_id is not None and waiting.exists()


def read_tip(tip: Tip, *, has_picture: bool) -> Reading:
    """Read a tip anew, and return what matters of it for matching."""
    details = index.read(tip)
    content = Content(
        account=tip_details.dump(details),
        countries=[country.code for country in details.account.suggested],
        has_place=bool(details.places or tip.place),
        has_link=bool(details.links),
        has_picture=has_picture,
    )
    return Reading(details, index.keys(tip, details), content)


def assign_claim(tip: Tip, reading: Reading, empty: Claim | None = None) -> Claim:
    """Assign a claim to a tip, in a transaction that has locked the tip's keys or its object.

    Args:
        empty: a claim without tips, used before a new one is opened (``rematch``).
    """
    result = _match_followed_tip(tip, reading) or _match_text(tip, reading)
    return membership.attach(tip, result, reading.content, empty=empty)


def _match_followed_tip(tip: Tip, reading: Reading) -> MatchResult | None:
    """Put an addition into the claim of the sender's first tip while that claim is undecided.

    If it is decided, or if the two tips contradict each other, the addition opens a claim of its
    own, so that somebody reads it.
    """
    first = tip.follows
    if first is None:
        return None
    _, locked = _locked_claims([first.pk])
    if not locked:
        return None  # it was withdrawn
    (claim,) = locked
    what = "answer to a question about" if tip.answers_id else "added to"
    reason = f"{what} tip {first.pk} by its sender"
    contradictions = guard.contradictions(reading.details, index.details(first))
    if claim.state == Claim.State.OPEN and not contradictions:
        return MatchResult(Relation.SAME_SENDER, [reason], first.pk, claim)
    why = contradictions or [f"C-{claim.pk} has already been decided"]
    return MatchResult(Relation.RELATED, [reason, *why], first.pk)


@dataclass(frozen=True)
class _Tie:
    """A tip that is a duplicate or related, by its number."""

    tip: int
    details: Details
    compared: guard.Comparison


def _match_text(tip: Tip, reading: Reading) -> MatchResult:
    found = index.find(tip, reading.details, reading.keys)
    ties = _ties(reading.details, found.candidates)
    same = [tie for tie in ties if tie.compared.relation == "duplicate"]
    claim_of, locked = _locked_claims([tie.tip for tie in same]) if same else ({}, [])
    gone = [tie for tie in same if tie.tip not in claim_of]  # withdrawn in the meantime
    if same := [tie for tie in same if tie not in gone]:
        if not any(guard.has_same_words(reading.details, tie.details) for tie in same):
            index.add(tip, found.keys)
        return _join_claim(tip, same, claim_of, locked)
    ties = [tie for tie in ties if tie not in gone]
    relation, related_to, reasons = Relation.FIRST, None, ["no similar tip about this object"]
    if ties:
        relation, related_to, reasons = Relation.RELATED, ties[0].tip, _tie_reasons(ties[0])
    if earlier := _earlier_tip_of_sender(tip):
        reasons = [*reasons, f"same sender as tip {earlier.pk}"]
    if why := flood.flood_reason(tip):
        return MatchResult(Relation.FLOOD, [why, *reasons], related_to, flood.flood_claim(tip))
    index.add(tip, found.keys)
    return MatchResult(relation, reasons, related_to)


def _ties(mine: Details, candidates: list[index.Candidate]) -> list[_Tie]:
    """Return the candidates that are duplicates or related, the best first."""
    nearest = sorted(
        (-fuzz.ratio(mine.sorted_content, other.sorted_content), other.pk, other)
        for other in candidates
    )
    found = []
    for number, (alike, _, other) in enumerate(nearest):
        # Comparing is expensive. Below this likeness it is no duplicate, so a few are enough.
        if -alike < guard.MIN_CONTAINED_SIMILARITY and number >= MAX_RELATED and not mine.links:
            break
        theirs = other.details()
        compared = guard.compare(mine, theirs)
        if compared.relation != "new":
            found.append(_Tie(other.pk, theirs, compared))
    rank = {"duplicate": 0, "related": 1}
    return sorted(
        found, key=lambda tie: (rank[tie.compared.relation], -tie.compared.likeness, tie.tip)
    )


def _tie_reasons(tie: _Tie) -> list[str]:
    return [f"tip {tie.tip}: {reason}" for reason in tie.compared.reasons]


def _join_claim(
    tip: Tip, same: list[_Tie], claim_of: dict[int, int], locked: list[Claim]
) -> MatchResult:
    """Put a tip into the claim of its duplicates. Open claims that it ties together are merged."""
    still_open = [claim for claim in locked if claim.state == Claim.State.OPEN]
    nearest = next(claim for claim in locked if claim.pk == claim_of[same[0].tip])
    into = still_open[0] if still_open else nearest
    if nearest in still_open and nearest.is_manual:
        into = nearest
    best = next(tie for tie in same if claim_of[tie.tip] == into.pk)
    relation, reasons = Relation.DUPLICATE, _tie_reasons(best)
    if earlier := _earlier_tip_of_sender(tip, into):
        relation, reasons = Relation.SAME_SENDER, [f"same sender as tip {earlier.pk}", *reasons]
    free = [claim for claim in still_open if not claim.is_manual and not claim.is_flood]
    if into in free:
        others = [claim for claim in free if claim != into]
        membership.merge(others, into, why=f"tip {tip.pk} says the same as both")
    return MatchResult(relation, reasons, best.tip, into)


def _locked_claims(tips: list[int]) -> tuple[dict[int, int], list[Claim]]:
    """Lock the claims of tips, oldest first; return the claim of each tip that has one, and the claims.

    A tip may change its claim, or lose it, while its claim's lock is waited for. So the claims are read
    again under the lock.
    """
    claim_of = _claim_of(tips)
    while True:
        claims = Claim.objects.select_for_update().filter(pk__in=set(claim_of.values()))
        locked = list(claims.order_by("pk"))
        if (now := _claim_of(tips)) == claim_of:
            return claim_of, locked
        claim_of = now


def _claim_of(tips: list[int]) -> dict[int, int]:
    found = Tip.objects.filter(pk__in=tips, claim__isnull=False)
    return {tip: claim for tip, claim in found.values_list("pk", "claim_id") if claim is not None}


def _earlier_tip_of_sender(tip: Tip, claim: Claim | None = None) -> Tip | None:
    """Return the first other tip of the same sender on the object (or in a claim), if any.

    Sender hashes change daily, so both are from the same day.
    """
    if not tip.sender:
        return None
    found = Tip.objects.filter(object_id=tip.object_id, sender=tip.sender).exclude(pk=tip.pk)
    if claim is not None:
        found = found.filter(claim=claim)
    return found.order_by("pk").first()
