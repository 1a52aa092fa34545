"""What a name may mean, and which of it is meant. Pure."""

from __future__ import annotations

from tips.reading import entries
from tips.reading.analysis import Analysis
from tips.reading.countries import as_country, as_demonym, demonym_of
from tips.reading.mentions import ALIASES, PARTS, Mention
from tips.reading.table import Meaning
from tips.reading.towns import as_airport, as_town

_UPPER_ONLY = frozenset(
    {"uk", "us", "usa", "uae", "drc", "eu", "gb", "abd", "ddr", "rda", "nrd", "eeuu", "vs"}
)


def choose(
    found: Analysis, key: str, first: int, last: int, discount: float = 0.0
) -> Mention | None:
    meanings = found.table.meanings(key)
    alias = ALIASES.get(key)
    if alias is not None:
        upper = found.text[found.tokens[first].start : found.tokens[last - 1].end]
        if key == "turkey" and (not found.tokens[first].is_capital or _after_article(found, first)):
            return None
        if key not in _UPPER_ONLY or (upper.isupper() and not found.is_shouting):
            return Mention(
                "country" if alias else "nothing",
                alias,
                first,
                last,
                0.97 - discount,
                part=PARTS.get(key, ""),
            )
    if " " not in key and (code := found.grammar.demonyms.get(key)):
        return demonym_of(found, code, first, last)
    if not meanings:
        return None
    by_kind: dict[int, list[Meaning]] = {}
    for meaning in meanings:
        by_kind.setdefault(meaning.kind, []).append(meaning)
    country = as_country(found, key, by_kind, first, last)
    if country and country.score < 0.8 and _is_large(found, by_kind):
        country = None  # another language calls a country by the name of this city
    if country:
        country.score -= discount
        return country
    demonym = as_demonym(found, key, by_kind, first, last)
    if demonym:
        demonym.score -= discount
        return demonym
    airport = as_airport(found, by_kind, first, last)
    if airport:
        return airport
    return as_town(found, key, by_kind, first, last, discount)


def _after_article(found: Analysis, first: int) -> bool:
    return first > 0 and found.tokens[first - 1].folded in ("the", "a", "roast", "our", "my")


def _is_large(found: Analysis, by_kind: dict[int, list[Meaning]]) -> bool:
    return any(
        found.table.place(int(m.value)).population >= 100_000 for m in by_kind.get(entries.CITY, ())
    )
