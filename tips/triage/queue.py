"""The moderators' queue: open claims, those that help most first."""

from __future__ import annotations

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Least

from tips.models import Claim, Tip

ORDER = ("object__priority", "-named", "-tip_count", "id")


def claims() -> QuerySet[Claim]:
    """Give all claims with what the queue shows: number of tips, the first text, countries chosen.

    Ordered by the object's priority, whether a country is named, the number of tips, then age.
    """
    first = Tip.objects.filter(claim=OuterRef("pk")).order_by("id")
    return (
        Claim.objects.select_related("object")
        .annotate(
            tip_count=Count("tips", distinct=True),
            first_text=Subquery(first.values("text")[:1]),
            first_countries=Subquery(first.values("countries")[:1]),
            named=Least(Coalesce(Subquery(first.values("countries__len")[:1]), 0), 1),
            languages=ArrayAgg("tips__language", distinct=True, filter=~Q(tips__language="")),
        )
        .order_by(*ORDER)
    )


def countries_of(claim: Claim) -> dict[str, int]:
    """Count how many of a claim's tips name each country, most named first."""
    counts: dict[str, int] = {}
    for named in claim.tips.values_list("countries", flat=True):
        for country in named:
            counts[country] = counts.get(country, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
