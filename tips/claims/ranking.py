"""Rank claims: the one table of weights, and how a claim's points follow from it. Pure.

docs/moderators.md shows the same table (a test compares them). The object's priority and the
waiting time change by themselves, so they are added when the queue is read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

WEIGHTS: dict[str, float] = {
    "names a country": 3.0,
    "names a town or place": 1.5,
    "gives a link": 1.5,
    "has a picture": 2.0,
    "number of independent senders": 1.0,
    "a sender is certain": 0.5,
    "a sender says how they know": 0.5,
    "passed proof of work": 0.5,
    "all look automated": -2.0,
    "flood": -12.0,
    "priority of the object": 6.0,
    "time in the queue": 0.5,
}
MAX_DOUBLINGS = 5.0


@dataclass(frozen=True)
class Facts:
    """What counts of one tip, or of all tips of a claim (numbers of tips, and of senders)."""

    tips: int = 0
    senders: int = 0
    countries: int = 0
    places: int = 0
    links: int = 0
    pictures: int = 0
    certain: int = 0
    explained: int = 0
    proven: int = 0
    doubtful: int = 0

    def plus(self, other: Facts) -> Facts:
        """Return the sum of both."""
        mine, theirs = vars(self), vars(other)
        return Facts(**{name: mine[name] + theirs[name] for name in mine})


def points(facts: Facts, *, is_flood: bool = False) -> list[tuple[str, float]]:
    """Return what a claim has points for, and how many. Their sum is its score."""
    found = [
        (name, WEIGHTS[name])
        for name, holds in (
            ("names a country", facts.countries),
            ("names a town or place", facts.places),
            ("gives a link", facts.links),
            ("has a picture", facts.pictures),
            ("a sender is certain", facts.certain),
            ("a sender says how they know", facts.explained),
            ("passed proof of work", facts.proven),
            ("all look automated", facts.tips and facts.doubtful == facts.tips),
            ("flood", is_flood),
        )
        if holds
    ]
    if facts.senders > 1:
        doublings = min(math.log2(facts.senders), MAX_DOUBLINGS)
        name = "number of independent senders"
        found.append((name, round(doublings * WEIGHTS[name], 2)))
    return found


def score(facts: Facts, *, is_flood: bool = False) -> float:
    """Return the sum of :func:`points`."""
    return round(sum(number for _, number in points(facts, is_flood=is_flood)), 2)
