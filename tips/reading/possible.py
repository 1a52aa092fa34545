"""What words of a text may mean at all: countries and towns, whatever the language and the case. Pure.

The reader names what is likely. To say that two texts differ takes more: that one of them cannot
mean what the other says.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from tips.reading import entries
from tips.reading import text as texts
from tips.reading.table import Table, load

MAX_WORDS = 3  # of a name
_COUNTRY = frozenset({entries.COUNTRY, entries.DEMONYM, entries.CODE})
_TOWN = frozenset({entries.CITY, entries.ALTERNATE, entries.INFLECTED_CITY, entries.REGION})


@dataclass(frozen=True, slots=True)
class Possible:
    """The countries (ISO 3166-1) and the places (by English name) that words may mean."""

    countries: frozenset[str]
    places: frozenset[str]


@lru_cache(maxsize=256)
def possible(text: str) -> Possible:
    """Return what the words of a text may mean."""
    table = load()
    countries: set[str] = set()
    places: set[str] = set()
    for key in _keys(text, table):
        for meaning in table.meanings(key):
            if meaning.kind in _COUNTRY:
                countries.add(str(meaning.value)[:2])
            elif meaning.kind in _TOWN:
                place = table.place(int(meaning.value))
                countries.add(place.country)
                places.add(place.name)
    return Possible(frozenset(countries), frozenset(places))


def _keys(text: str, table: Table) -> set[str]:
    """Return the words of a text and the phrases of up to three, also without their last letters."""
    words = [t.folded for t in texts.tokenise(text) if t.kind == "word"]
    keys: set[str] = set()
    for start in range(len(words)):
        if texts.is_unspaced(words[start][:1]):
            keys.update(table.prefixes("".join(words[start : start + 8])))
            continue
        for length in range(1, MAX_WORDS + 1):
            phrase = texts.join(words[start : start + length])
            keys.add(phrase)
            shortest = 2 if texts.script(phrase[:1]) == "hangul" else 4
            keys.update(phrase[:-cut] for cut in (1, 2, 3) if len(phrase) - cut >= shortest)
            if texts.script(phrase[:1]) == "hebrew" and len(phrase) > 3:
                keys.add(phrase[1:])
            if phrase[:2] == "ال" or phrase[:1] in "وبل":
                keys.update((phrase[1:], phrase[2:], phrase[3:]))
    return keys
