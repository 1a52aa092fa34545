"""What the reader understood of a tip, in the words of the pages that show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tips.intake.countries import name_of
from tips.matching.details import load_account
from tips.models import Tip
from tips.reading import Account, Number
from tips.reading.account import MIN_SUGGESTED, Evidence


@dataclass(frozen=True)
class ReadFact:
    """One thing that a tip says.

    Attributes:
        label: what it is, such as *Country*.
        value: such as *Spain, sold*.
        words: the words of the tip that say so, or ''.
    """

    label: str
    value: str
    words: str


def facts_of(tip: Tip) -> list[ReadFact]:
    """Return what a tip says; nothing if it has not been matched, or was erased."""
    account = load_account(tip.account)
    return [] if account is None else [*_where(account), *_else(account)]


def _where(account: Account) -> list[ReadFact]:
    facts = []
    for country in account.suggested:
        relation = "" if country.relation == "unknown" else f", {country.relation}"
        facts.append(
            ReadFact("Country", name_of(country.code) + relation, _words(country.evidence))
        )
    for country in account.weak:
        facts.append(ReadFact("Possibly", name_of(country.code), _words(country.evidence)))
    for country in account.ruled_out:
        facts.append(ReadFact("Ruled out", name_of(country.code), _words(country.evidence)))
    for place in account.places:
        if place.score >= MIN_SUGGESTED and not place.denied:
            facts.append(ReadFact("Place", place.name, place.evidence.words))
    return facts


def _else(account: Account) -> list[ReadFact]:
    facts = [
        ReadFact(number.kind.capitalize(), _amount(number), number.evidence.words)
        for number in account.numbers
        if number.score >= MIN_SUGGESTED
    ]
    facts += [
        ReadFact("Date", date.value.strip("-"), date.evidence.words) for date in account.dates
    ]
    for name in account.names:
        if name.score >= MIN_SUGGESTED:
            facts.append(ReadFact("Not" if name.denied else "Name", name.name, name.evidence.words))
    if account.denies:
        facts.append(ReadFact("Denies", _words(account.denial), ""))
    return facts


def _amount(number: Number) -> str:
    value = "–".join(filter(None, (number.value, number.to)))
    return f"{value} {number.unit}".strip()


def _words(evidence: Iterable[Evidence]) -> str:
    return "; ".join(dict.fromkeys(each.words for each in evidence))
