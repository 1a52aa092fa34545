"""Accounts as JSON: what ``read_tip`` prints, and the compact form that is stored beside a tip. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from tips.reading.account import (
    Account,
    Country,
    Date,
    Evidence,
    LanguageSpan,
    Link,
    Name,
    Number,
    Place,
)

T = TypeVar("T")
VERSION = 1  # of the reader; a stored account of another version is read anew


def for_people(account: Account) -> dict[str, Any]:
    """Return an account as JSON with named fields. Evidence is the words of the text."""
    return {
        "language": account.language,
        "languages": [
            {"language": s.language, "start": s.start, "end": s.end} for s in account.languages
        ],
        "countries": [
            {
                "country": c.code,
                "relation": c.relation,
                "score": c.score,
                "strength": c.strength,
                "denied": c.denied,
                "evidence": [each.words for each in c.evidence],
            }
            for c in account.countries
        ],
        "places": [
            {
                "name": p.name,
                "country": p.country,
                "kind": p.kind,
                "relation": p.relation,
                "score": p.score,
                "denied": p.denied,
                "evidence": p.evidence.words,
            }
            for p in account.places
        ],
        "numbers": [
            {
                "value": n.value,
                "to": n.to,
                "kind": n.kind,
                "unit": n.unit,
                "score": n.score,
                "evidence": n.evidence.words,
            }
            for n in account.numbers
        ],
        "dates": [
            {"value": d.value, "score": d.score, "evidence": d.evidence.words}
            for d in account.dates
        ],
        "names": [
            {"name": n.name, "key": n.key, "score": n.score, "denied": n.denied}
            for n in account.names
        ],
        "links": [each.address for each in account.links],
        "denies": account.denies,
        "denial": [each.words for each in account.denial],
        "is_empty": account.is_empty,
    }


def suggestions(account: Account) -> list[dict[str, Any]]:
    """Return the countries that a text suggests, best first, as ``suggest_countries`` prints them."""
    return [
        {
            "country": country.code,
            "score": country.score,
            "relation": country.relation,
            "evidence": "; ".join(dict.fromkeys(each.words for each in country.evidence)),
        }
        for country in account.suggested
    ]


def dump(account: Account) -> dict[str, Any]:
    """Return an account in the compact form that is stored. Empty fields are left out."""
    rows: dict[str, list[Any]] = {
        "languages": [[s.language, s.start, s.end] for s in account.languages],
        "countries": [
            [c.code, c.relation, c.score, c.strength, c.denied, [_pack(e) for e in c.evidence]]
            for c in account.countries
        ],
        "places": [
            [p.name, p.country, p.kind, p.score, p.relation, p.denied, _pack(p.evidence)]
            for p in account.places
        ],
        "numbers": [
            [n.value, n.kind, n.score, _pack(n.evidence), n.unit, n.to] for n in account.numbers
        ],
        "dates": [[d.value, d.score, _pack(d.evidence)] for d in account.dates],
        "names": [[n.name, n.key, n.score, n.denied, _pack(n.evidence)] for n in account.names],
        "links": [[each.address, _pack(each.evidence)] for each in account.links],
        "denial": [_pack(each) for each in account.denial],
    }
    stored: dict[str, Any] = {name: found for name, found in rows.items() if found}
    if account.denies:
        stored["denies"] = True
    return {"version": VERSION, **stored}


def load(stored: dict[str, Any] | None) -> Account | None:
    """Return a stored account, or None if there is none of this version."""
    if not stored or stored.get("version") != VERSION:
        return None
    rows = stored.get
    return Account(
        languages=tuple(LanguageSpan(*row) for row in rows("languages", ())),
        countries=tuple(
            Country(*row[:5], *[tuple(Evidence(*each) for each in row[5])])
            for row in rows("countries", ())
        ),
        places=tuple(_unpack(Place, row, 6) for row in rows("places", ())),
        numbers=tuple(_unpack(Number, row, 3) for row in rows("numbers", ())),
        dates=tuple(_unpack(Date, row, 2) for row in rows("dates", ())),
        names=tuple(_unpack(Name, row, 4) for row in rows("names", ())),
        links=tuple(_unpack(Link, row, 1) for row in rows("links", ())),
        denies=bool(rows("denies")),
        denial=tuple(Evidence(*row) for row in rows("denial", ())),
    )


def _unpack(kind: Callable[..., T], row: list[Any], at: int) -> T:
    """Return a finding of which item ``at`` is the evidence."""
    return kind(*row[:at], Evidence(*row[at]), *row[at + 1 :])


def _pack(evidence: Evidence) -> list[Any]:
    return [evidence.start, evidence.end, evidence.words]
