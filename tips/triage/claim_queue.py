"""The moderators' queue: open claims, those that help most first."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias, TypedDict

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    CharField,
    ExpressionWrapper,
    F,
    FloatField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from objects.models import TraceObject
from tips.claims import ranking
from tips.models import Claim, Tip

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Shown(TypedDict):
        rank: float
        first_text: str | None
        first_countries: list[str]

    QueuedClaim: TypeAlias = WithAnnotations[Claim, _Shown]

ORDER = ("-rank", "opened_at", "id")
WAITING = "time in the queue"
PRIORITY = "priority of the object"
LOWEST = max(TraceObject.Priority.values)


def claims() -> QuerySet[QueuedClaim]:
    """Return all claims, best first, with what the queue shows: the first tip's text, and what it names.

    ``rank`` is the claim's score with the object's priority and the time it has waited.
    """
    first = Tip.objects.filter(claim=OuterRef("pk")).order_by("id")
    waiting = RawSQL(
        "LEAST(extract(epoch FROM now() - tips_claim.opened_at) / 604800.0, 2)", [], FloatField()
    )
    rank = ExpressionWrapper(
        F("score")
        + (Value(LOWEST) - F("object__priority")) * ranking.WEIGHTS[PRIORITY]
        + waiting * ranking.WEIGHTS[WAITING],
        output_field=FloatField(),
    )
    return (
        Claim.objects.select_related("object")
        .prefetch_related("object__translations")
        .annotate(
            rank=rank,
            first_text=Subquery(first.exclude(text="").values("text")[:1]),
            first_countries=Coalesce(
                Subquery(first.values("countries")[:1]),
                Value([], output_field=ArrayField(CharField(max_length=2))),
            ),
        )
        .order_by(*ORDER)
    )


def explain_ranking(claim: Claim, now: datetime) -> list[tuple[str, float]]:
    """Return what a claim's ranking is made of, as (reason, points)."""
    found = ranking.points(ranking.Facts(**claim.facts), is_flood=claim.is_flood)
    if steps := LOWEST - claim.object.priority:
        found.append((PRIORITY, steps * ranking.WEIGHTS[PRIORITY]))
    weeks = min((now - claim.opened_at).total_seconds() / 604800, 2)
    if weeks >= 0.1:
        found.append((WAITING, round(weeks * ranking.WEIGHTS[WAITING], 2)))
    return found


def countries_of(claim: Claim) -> dict[str, int]:
    """Count how many of a claim's tips name each country, most named first."""
    counts: dict[str, int] = {}
    for named in claim.tips.values_list("countries", flat=True):
        for country in named:
            counts[country] = counts.get(country, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
