"""The public figures. Rounded, of whole months, and of public objects alone.

Whoever sends a tip and looks again must not see a number move: tips are counted in tens, rounded down,
and by months that have ended. An outcome counts where the officer released it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count
from django.db.models.functions import TruncMonth

from objects.models import TraceObject
from tips.models import Referral, Tip

MONTHS = 12
ROUNDED_TO = 10


@dataclass(frozen=True)
class Bar:
    """One row of a table and one bar of its chart; ``share`` is of the largest number, 0 to 100."""

    label: date | str
    number: int
    share: int


@dataclass(frozen=True)
class Figures:
    """What the results page shows."""

    tips: int
    published: int
    recognised: int
    countries: int
    months: list[Bar]
    outcomes: list[Bar]

    @property
    def has_outcomes(self) -> bool:
        return any(bar.number for bar in self.outcomes)


def figures(now: datetime) -> Figures:
    """Return the public figures at a moment."""
    public = TraceObject.objects.public()
    begin = _month(now.date(), back=MONTHS)
    this_month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    tips = Tip.objects.filter(object__in=public, received_at__lt=this_month)
    by_month = {
        row["month"].date(): row["count"]
        for row in tips.filter(received_at__date__gte=begin)
        .annotate(month=TruncMonth("received_at"))
        .values("month")
        .annotate(count=Count("pk"))
        .order_by("month")
    }
    months = [_month(now.date(), back=back) for back in range(MONTHS, 0, -1)]
    released = Referral.objects.filter(is_released=True, lead__object__in=public)
    by_outcome = dict(released.values_list("outcome").annotate(Count("pk")))
    confirmed = released.filter(outcome=Referral.Outcome.CONFIRMED)
    return Figures(
        tips=_rounded(tips.count()),
        published=public.count(),
        recognised=public.filter(state=TraceObject.State.IDENTIFIED).count(),
        countries=confirmed.values("country").distinct().count(),
        months=_bars([(month, _rounded(by_month.get(month, 0))) for month in months]),
        outcomes=_bars([(value, by_outcome.get(value, 0)) for value in Referral.Outcome.values]),
    )


def _bars(rows: Sequence[tuple[date | str, int]]) -> list[Bar]:
    most = max((number for _, number in rows), default=0)
    return [Bar(label, number, round(100 * number / most) if most else 0) for label, number in rows]


def _rounded(number: int) -> int:
    return number // ROUNDED_TO * ROUNDED_TO


def _month(day: date, *, back: int) -> date:
    months = day.year * 12 + day.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)
