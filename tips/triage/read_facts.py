"""What the reader understood of a tip, in the words of the pages that show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.dates import MONTHS
from django.utils.text import Truncator

from tips.intake.countries import name_of
from tips.matching.details import load_account
from tips.models import Tip
from tips.reading import Account, Number
from tips.reading.account import MIN_SUGGESTED, Evidence

MIN_NAME_SCORE = 0.6  # of names, fewer than half of those below are right
MAX_NAMED = 3  # of the countries that are merely possible
MAX_LETTERS = 80  # of a value


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
        name = name_of(country.code)
        value = f"{country.relation} in {name}" if country.relation != "unknown" else name
        facts.append(ReadFact("Country", value, _words(country.evidence)))
    if account.weak:
        names = [name_of(country.code) for country in account.weak]
        more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
        words = _words(each for country in account.weak for each in country.evidence)
        facts.append(ReadFact("Possibly", ", ".join(names[:MAX_NAMED]) + more, words))
    for country in account.ruled_out:
        facts.append(ReadFact("Ruled out", name_of(country.code), _words(country.evidence)))
    for place in account.places:
        if place.score >= MIN_SUGGESTED:
            label = "Ruled out" if place.denied else "Place"
            facts.append(ReadFact(label, place.name, place.evidence.words))
    return facts


def _else(account: Account) -> list[ReadFact]:
    facts = [
        ReadFact(number.kind.capitalize(), _amount(number), number.evidence.words)
        for number in account.numbers
        if number.score >= MIN_SUGGESTED
    ]
    facts += [ReadFact("Date", _date(date.value), date.evidence.words) for date in account.dates]
    for name in account.names:
        if name.score >= MIN_NAME_SCORE:
            facts.append(ReadFact("Not" if name.denied else "Name", name.name, name.evidence.words))
    facts += [ReadFact("Link", link.address, link.evidence.words) for link in account.links]
    if account.denies:
        facts.append(ReadFact("Denies", _words(account.denial), ""))
    return [replace(fact, value=Truncator(fact.value).chars(MAX_LETTERS)) for fact in facts]


def _date(value: str) -> str:
    """Return a date as people write it: '12 May', 'May 1999'."""
    parts = [int(part) for part in value.split("-") if part]
    year = parts.pop(0) if not value.startswith("--") else None
    month = MONTHS[parts[0]] if parts else ""
    day = parts[1] if len(parts) > 1 else ""
    return " ".join(str(part) for part in (day, month, year) if part)


def _amount(number: Number) -> str:
    value = "–".join(filter(None, (number.value, number.to)))
    return f"{value} {number.unit}".strip()


def _words(evidence: Iterable[Evidence]) -> str:
    return "; ".join(dict.fromkeys(each.words for each in evidence))
