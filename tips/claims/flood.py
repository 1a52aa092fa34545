"""Collect what a flooder sends beyond a limit in one claim, so that the queue stays usable.

Nothing is dropped. Each tip stays readable with the reason for its claim, and a tip that says the
same as somebody else's joins that tip's claim as usual. Only tips that would open a claim count.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q, QuerySet

from tips.claims import index, membership
from tips.models import Claim, Tip

# Claims of one sender on one object in a day, by trust. A volunteer's busy night stays below.
CLAIMS_PER_SENDER: dict[str, int] = {
    Tip.Trust.PROVEN: 50,
    Tip.Trust.PLAIN: 12,
    Tip.Trust.DOUBTFUL: 6,
}
# Claims on one object in an hour, without proof of work and sender: visitors of an onion service.
CLAIMS_WITHOUT_SENDER = 40


def flood_reason(tip: Tip) -> str:
    """Return why a tip that would open a claim belongs to a flood, or '' if it does not."""
    opened = _sent_alike(tip)
    most = CLAIMS_PER_SENDER[tip.trust] if tip.sender else CLAIMS_WITHOUT_SENDER
    if opened is None or opened[: most + 1].count() < most:
        return ""
    if tip.sender:
        return f"more than {most} different tips from one sender about this object in a day"
    return f"more than {most} different tips about this object in an hour without proof of work"


def flood_claim(tip: Tip) -> Claim:
    """Return the object's open flood claim, locked, with the flooder's earlier claims merged into it.

    Claims with tips of somebody else, and decided claims, stay as they are.
    """
    earlier = _sent_alike(tip)
    wanted = Q(is_flood=True)
    if earlier is not None:
        wanted |= Q(pk__in=earlier.values("claim"), is_manual=False)
    locked = list(
        Claim.objects.select_for_update()
        .filter(
            wanted,
            object_id=tip.object_id,
            state=Claim.State.OPEN,
        )
        .order_by("pk")
    )
    floods = [claim for claim in locked if claim.is_flood]
    into = floods[0] if floods else membership.open_claim(tip.object_id, is_flood=True)
    if earlier is None:
        return into
    # Asked under the locks: somebody else's tip may have joined while they were waited for.
    of_others = Tip.objects.filter(claim__in=locked).exclude(pk__in=earlier.values("pk"))
    shared = set(of_others.values_list("claim", flat=True))
    claims = [claim for claim in locked if not claim.is_flood and claim.pk not in shared]
    if claims:
        index.remove(Tip.objects.filter(claim__in=claims).values_list("pk", flat=True))
        why = f"moved to the flood of tip {tip.pk}"
        membership.merge(claims, into, why=why, as_flood=True)
    return into


def _sent_alike(tip: Tip) -> QuerySet[Tip] | None:
    """Return the tips that opened claims on the object and were sent the same way, or None.

    None means that the tip is not suspect.
    """
    if tip.source != Tip.Source.FORM or (not tip.sender and tip.trust == Tip.Trust.PROVEN):
        return None
    opened = Tip.objects.filter(
        object_id=tip.object_id,
        relation__in=[Tip.Relation.FIRST, Tip.Relation.RELATED, Tip.Relation.FLOOD],
        source=Tip.Source.FORM,
        follows__isnull=True,
    ).exclude(pk=tip.pk)
    if tip.sender:
        return opened.filter(sender=tip.sender)
    recent = tip.received_at - timedelta(hours=1)
    return opened.filter(sender="", received_at__gte=recent).exclude(trust=Tip.Trust.PROVEN)
