"""Match one tip: find what it may repeat, compare, and give it a claim.

Tips that say the same are tied, each to each; a claim is what hangs together. So a tip that says the same
as the tips of two claims joins the two, and the order in which tips come does not matter. Claims that
people decided on, or arranged by hand, are left as they are: a tip may join them, and they join nothing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.db.models.expressions import RawSQL
from rapidfuzz import fuzz

from tips.matching import flood, guard, normalise, ranking, signature
from tips.models import Attachment, Claim, Tip
from tips.steps import TipStep
from traceobject.audit import trail
from traceobject.outbox import queue

MOST_OF_A_KEY = 24  # tips looked at of one key: boilerplate is shared by thousands
MOST_CANDIDATES = 24
LOOKED_AT_CLOSELY = 3  # of those that can only be related
Relation = Tip.Relation


def match(tip_pk: int) -> None:
    """Relate a received tip to the others on its object, once; a second call does nothing."""
    with transaction.atomic():
        tip = (
            Tip.objects.select_for_update(of=("self",))
            .annotate(has_picture=Exists(Attachment.objects.filter(tip=OuterRef("pk"))))
            .get(pk=tip_pk)
        )
        if tip.state != Tip.State.RECEIVED:
            return
        place(tip)
        if tip.relation in (Relation.FIRST, Relation.RELATED) and settings.CROSS_LANGUAGE:
            queue.put(TipStep.PROPOSE, tip.pk)  # the second stage looks for it in other languages
        trail.record(
            "tip.matched",
            tip,
            by="matching",
            hour_only=True,
            claim=tip.claim_id,
            relation=tip.relation,
            to=tip.related_to_id,
        )


def place(tip: Tip, empty: Claim | None = None) -> None:
    """Give a tip its claim, in the caller's transaction.

    Args:
        empty: a claim without tips that is taken before a new one is made (``rematch``).
    """
    mine = guard.details(tip.told, country=str(tip.country or ""), url=tip.url)
    keys = _keys(tip, mine)
    _lock(keys)
    tip.countries = list(mine.suggested)
    if not _joins_what_it_follows(tip, mine, empty):
        _find_its_claim(tip, mine, keys, empty)
    tip.state, tip.matched_by = Tip.State.MATCHED, guard.VERSION
    tip.save(
        update_fields=[
            *("relation", "reasons", "related_to", "claim", "state", "countries", "matched_by")
        ]
    )
    _count_in(tip)


def _keys(tip: Tip, mine: guard.Details) -> list[int]:
    pages = {normalise.page(link) or link for link in mine.links}
    return signature.keys(mine.heavy, pages, space=tip.object_id)


def _lock(keys: list[int]) -> None:
    """Let one worker at a time decide on what shares a key, so that two cannot make two claims of one.

    The keys are sorted, so that two workers wait for each other in one order.
    """
    with connection.cursor() as cursor:
        # What a crash takes back here is done over by the outbox, whole: nobody waits for the disk.
        cursor.execute(
            "SELECT set_config('synchronous_commit', 'off', true); "
            "SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) key",
            [keys],
        )


def _new_claim(tip: Tip, empty: Claim | None) -> Claim:
    if empty is not None:
        return empty
    own = facts_of(tip, is_independent=True, has_picture=tip.has_picture)
    claim = Claim(object_id=tip.object_id)
    _count(claim, own)
    claim.save(force_insert=True)
    claim.is_counted = True
    return claim


def _joins_what_it_follows(tip: Tip, mine: guard.Details, empty: Claim | None) -> bool:
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
        tip.relation, tip.claim = Relation.SAME_SENDER, first.claim
        return True
    tip.relation = Relation.RELATED
    tip.reasons += contrary or [f"C-{first.claim_id} is decided already"]
    tip.claim = _new_claim(tip, empty)
    return True


@dataclass(frozen=True)
class _Tie:
    tip: Tip
    compared: guard.Comparison


def _find_its_claim(tip: Tip, mine: guard.Details, keys: list[int], empty: Claim | None) -> None:
    ties = _ties(tip, mine, keys)
    same = [tie for tie in ties if tie.compared.relation == "duplicate"]
    if same:
        _join(tip, same)
        if not any(guard.same_words(mine, _details(tie.tip)) for tie in same):
            _index(tip, keys)
        return
    best = ties[0] if ties else None
    if best is None:
        tip.relation, tip.reasons = Relation.FIRST, ["nothing like it on this object before"]
    else:
        tip.relation, tip.related_to = Relation.RELATED, best.tip
        tip.reasons = _said(best)
    if earlier := _of_the_same_sender(tip):
        tip.reasons = [*tip.reasons, f"same sender as tip {earlier.pk}"]
    if why := flood.begun_by(tip):
        tip.relation, tip.reasons = Relation.FLOOD, [why, *tip.reasons]
        tip.claim = flood.claim_of(tip)
        return
    tip.claim = _new_claim(tip, empty)
    _index(tip, keys)


_SHARED = """
    SELECT b.tip_id FROM unnest(%s::bigint[]) AS k(key)
    CROSS JOIN LATERAL (
        SELECT tip_id FROM tips_bandkey WHERE key = k.key ORDER BY tip_id LIMIT %s
    ) b
    WHERE b.tip_id <> %s GROUP BY b.tip_id ORDER BY count(*) DESC, b.tip_id LIMIT %s
"""


def _ties(tip: Tip, mine: guard.Details, keys: list[int]) -> list[_Tie]:
    """Compare a tip with those that share a key; what has nothing to do with it is left out."""
    others = (
        Tip.objects.filter(pk__in=RawSQL(_SHARED, [keys, MOST_OF_A_KEY, tip.pk, MOST_CANDIDATES]))  # noqa: S611 (no part of it is a visitor's)
        .filter(claim__isnull=False)
        .only("text", "place", "why", "country", "url", "claim", "sender")
    )
    nearest = sorted(
        (
            (-fuzz.ratio(mine.sorted_heavy, guard.sketch(other.told)[2]), other.pk, other)
            for other in others
        ),
        key=lambda each: each[:2],
    )
    found = []
    for number, (alike, _, other) in enumerate(nearest):
        # Reading all of a text is what costs: below a likeness it cannot say the same, and a few will do.
        if -alike < guard.POSSIBLE and number >= LOOKED_AT_CLOSELY and not mine.links:
            break
        compared = guard.compare(mine, _details(other))
        if compared.relation != "new":
            found.append(_Tie(other, compared))
    rank = {"duplicate": 0, "related": 1}
    return sorted(
        found, key=lambda tie: (rank[tie.compared.relation], -tie.compared.likeness, tie.tip.pk)
    )


def _details(tip: Tip) -> guard.Details:
    return guard.details(tip.told, country=str(tip.country or ""), url=tip.url)


def _said(tie: _Tie) -> list[str]:
    return [f"tip {tie.tip.pk}: {reason}"[:200] for reason in tie.compared.reasons]


def _join(tip: Tip, same: list[_Tie]) -> None:
    """Put a tip into the claim of what says the same; open claims that it ties together become one."""
    claim_of, locked = _locked_claims([tie.tip.pk for tie in same])
    still_open = [claim for claim in locked if claim.state == Claim.State.OPEN]
    nearest = next(claim for claim in locked if claim.pk == claim_of[same[0].tip.pk])
    into = still_open[0] if still_open else nearest
    if nearest in still_open and nearest.is_by_hand:
        into = nearest
    best = next(tie for tie in same if claim_of[tie.tip.pk] == into.pk)
    tip.claim, tip.related_to, tip.reasons = into, best.tip, _said(best)
    earlier = _of_the_same_sender(tip, into)
    if earlier is not None:
        tip.relation = Relation.SAME_SENDER
        tip.reasons = [f"same sender as tip {earlier.pk}", *tip.reasons]
    else:
        tip.relation = Relation.DUPLICATE
    free = [claim for claim in still_open if not claim.is_by_hand and not claim.is_flood]
    if into in free:
        for claim in free:
            if claim != into:
                merge(claim, into, why=f"tip {tip.pk} says the same as both")


def _locked_claims(tips: list[int]) -> tuple[dict[int, int], list[Claim]]:
    """Lock the claims of tips, oldest first; where one was merged meanwhile, the one it is in now."""
    while True:
        claim_of = dict(Tip.objects.filter(pk__in=tips).values_list("pk", "claim_id"))
        claims = Claim.objects.select_for_update().filter(pk__in=set(claim_of.values()))
        locked = list(claims.order_by("pk"))
        if all(claim.state != Claim.State.MERGED for claim in locked):
            return claim_of, locked


def merge(claim: Claim, into: Claim, *, why: str) -> None:
    """Move an open claim's tips into another, each with the reason, in the caller's transaction."""
    for moved in Tip.objects.filter(claim=claim):
        moved.claim = into
        moved.reasons = [*moved.reasons, why[:200]]
        if moved.relation == Relation.FIRST:
            moved.relation = Relation.DUPLICATE
        moved.save(update_fields=["claim", "reasons", "relation"])
    claim.state, claim.merged_into = Claim.State.MERGED, into
    claim.save(update_fields=["state", "merged_into"])
    recount(into)


def _of_the_same_sender(tip: Tip, claim: Claim | None = None) -> Tip | None:
    """Find an earlier tip of the same sender on the object (or in a claim), on the same day."""
    if not tip.sender:
        return None
    found = Tip.objects.filter(object_id=tip.object_id, sender=tip.sender).exclude(pk=tip.pk)
    if claim is not None:
        found = found.filter(claim=claim)
    return found.order_by("pk").first()


def _index(tip: Tip, keys: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tips_bandkey (key, tip_id) SELECT key, %s FROM unnest(%s::bigint[]) key "
            "ON CONFLICT DO NOTHING",
            [tip.pk, keys],
        )


def reindex(tip: Tip) -> None:
    """Index a tip's wording, for instance because the one that it repeats is gone."""
    _index(tip, _keys(tip, _details(tip)))


# --- what a claim counts ------------------------------------------------------------------------------


def facts_of(tip: Tip, *, is_independent: bool, has_picture: bool) -> ranking.Facts:
    """Give what counts of one tip."""
    details = _details(tip)
    return ranking.Facts(
        tips=1,
        senders=int(is_independent),
        countries=int(bool(tip.countries)),
        places=int(bool(details.places or tip.place)),
        links=int(bool(details.links)),
        pictures=int(has_picture),
        certain=int(tip.sureness == Tip.Sureness.CERTAIN),
        explained=int(bool(tip.why)),
        proven=int(tip.trust == Tip.Trust.PROVEN),
        doubtful=int(tip.trust == Tip.Trust.DOUBTFUL),
    )


def _count_in(tip: Tip) -> None:
    if getattr(tip.claim, "is_counted", False):
        return
    claim = Claim.objects.select_for_update().get(pk=tip.claim_id)
    own = facts_of(
        tip,
        is_independent=tip.relation not in (Relation.SAME_SENDER, Relation.FLOOD),
        has_picture=tip.has_picture,
    )
    _keep_count(claim, ranking.Facts(**claim.facts).plus(own))


def recount(claim: Claim) -> None:
    """Count a claim's tips anew, after some came or went together."""
    found, senders = ranking.Facts(), set()
    tips = Tip.objects.filter(claim=claim).prefetch_related("attachments").order_by("pk")
    for tip in tips.iterator(chunk_size=500):
        is_again = tip.relation in (Relation.SAME_SENDER, Relation.FLOOD) or tip.sender in senders
        if tip.sender:
            senders.add(tip.sender)
        has_picture = bool(tip.attachments.all())
        found = found.plus(facts_of(tip, is_independent=not is_again, has_picture=has_picture))
    _keep_count(claim, found)


def _keep_count(claim: Claim, facts: ranking.Facts) -> None:
    _count(claim, facts)
    claim.save(update_fields=["facts", "tip_count", "score"])


def _count(claim: Claim, facts: ranking.Facts) -> None:
    claim.facts, claim.tip_count = asdict(facts), facts.tips
    claim.score = ranking.score(facts, is_flood=claim.is_flood)
