"""What the table holds: the entries of names, the kinds of their meanings, and places."""

from __future__ import annotations

from typing import Any, NamedTuple

from tips.reading.folding import key

# The languages whose names go into the table.
LANGUAGES = tuple(
    "en fr de es pt it nl pl uk ru ar tr ro sv zh el "
    "da nb fi cs sk hu bg hr sr sl lt lv et is ca gl eu sq mk be hy ka he fa hi bn ur ta "
    "id ms fil vi th ja ko sw".split()
)


ANY = 255  # the language of names that every language shares


(
    COUNTRY, DEMONYM, REGION, CITY, ALTERNATE, LANGUAGE, CURRENCY, CURRENCY_NOUN, MONTH, UNIT,
    NUMBER, ORDINAL, DECADE, CODE, INFLECTED_CITY, AIRPORT, WORD,
) = range(1, 18)  # fmt: skip


class Place(NamedTuple):
    """A region or city: its English name, country, region (index of a place, or 0) and population."""

    name: str
    country: str
    region: int
    population: int


class Entry(NamedTuple):
    """What a key may mean: a kind, a language (index of :data:`LANGUAGES` or ``ANY``) and a value."""

    kind: int
    language: int
    value: int | str


class Collection:
    """All entries by key, and the places they refer to."""

    def __init__(self) -> None:
        self.entries: dict[str, tuple[Entry, ...]] = {}
        self.places: list[Place] = [Place("", "", 0, 0)]
        self.keys: dict[str, str] = {}  # of names of one word as libraries write them
        self.words = b""  # the trie of common words

    def add(self, name: str, kind: int, language: int, value: int | str) -> None:
        """Add one meaning of a name."""
        folded = key(name)
        if folded:
            self.put(folded, Entry(kind, language, value))
            if " " not in folded:
                self.keys[name.casefold()] = folded

    def put(self, folded: str, entry: Entry) -> None:
        """Add one meaning of a key."""
        known = self.entries.get(folded, ())
        if entry not in known:
            self.entries[folded] = (*known, entry)

    def merge(self, others: dict[str, Any]) -> None:
        """Add what :func:`without_places` has found."""
        for folded, entries in others["entries"].items():
            for entry in entries:
                self.put(folded, Entry(*entry))
        self.keys.update(others["keys"])
        self.words = others["words"].encode("latin-1")
