"""Decide whether two tips in different languages may say the same. Pure.

An embedding proposes; this guard can reject. It cannot compare words, so it compares what survives
translation: countries and cities (the gazetteer knows their names), numbers, months, links,
negation, and names written in Latin letters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import Prefix

from tips.geography import mentions
from tips.geography.gazetteer import fold
from tips.geography.keywords import AMBIGUOUS_NAMES
from tips.matching import guard, normalise

LANGUAGES = (
    "en",
    "fr",
    "de",
    "es",
    "pt",
    "it",
    "nl",
    "pl",
    "uk",
    "ru",
    "el",
    "ar",
    "tr",
    "ro",
    "sv",
)
MIN_NAME_SIMILARITY = 64.0  # per cent of rapidfuzz's ratio, in Latin letters
MIN_PLACE_SIMILARITY = 70.0  # for a place's name in some language, perhaps inflected
_GERMAN = re.compile(
    r"\b(der|die|das|und|ich|ist|nicht|ein|eine|einen|einem|diese|dieser|dieses|diesem|den|dem|mit|auf|"
    r"bei|hat|haben|hatte|wurde|jeder|jedem|jede|gibt|gab|wird|kostet|von|aus)\b"
)
_VOWELS = str.maketrans("", "", "aeiouyw")


@dataclass(frozen=True)
class Verdict:
    """Whether two tips may say the same, and what they share or differ in."""

    is_possible: bool
    reasons: tuple[str, ...]


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    from babel.dates import get_month_names

    found: dict[str, int] = {}
    for language in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, locale=language).items():
                    folded = fold(name).strip(".")
                    if len(folded) >= 3 and not folded.isdigit():
                        found.setdefault(folded, number)
    return found


@lru_cache(maxsize=4096)
def _to_latin(text: str) -> str:
    from anyascii import anyascii

    return re.sub(r"[^a-z0-9 ]", "", anyascii(fold(text)).lower())


def compare(
    one: str, other: str, *, countries: tuple[str, str] = ("", ""), urls=("", "")
) -> Verdict:
    """Compare two texts in different languages.

    Args:
        countries: the countries that the senders chose, ISO 3166-1 alpha-2.
        urls: the links that they gave.
    """
    a = guard.details(one, country=countries[0], url=urls[0])
    b = guard.details(other, country=countries[1], url=urls[1])
    differing = []
    places = [
        _read_places(text, country) for text, country in zip((one, other), countries, strict=True)
    ]
    for label, left, right in (
        ("numbers", _numbers(a), _numbers(b)),
        ("links", set(a.links), set(b.links)),
    ):
        if left != right:
            differing.append(_describe(label, left - right, right - left))
    for label, left, right, aliases in (
        ("countries", places[0].countries, places[1].countries, _country_names),
        ("countries ruled out", places[0].denied, places[1].denied, _country_names),
        ("cities", places[0].cities, places[1].cities, _city_names),
    ):
        lacking = {x for x in left - right if not _is_near(aliases(x), b)}
        beyond = {x for x in right - left if not _is_near(aliases(x), a)}
        if (lacking or beyond) and not left & right:
            differing.append(_describe(label, lacking, beyond))
    if _months_in(a) and _months_in(b) and _months_in(a) != _months_in(b):
        differing.append(_describe("months", _months_in(a), _months_in(b)))
    if (places[0].denied & places[1].countries) | (places[1].denied & places[0].countries):
        differing.append("one rules out a country that the other names")
    if _has_negation(a) != _has_negation(b):
        differing.append("one denies, the other does not")
    strangers = sorted(
        _unmatched_names(one, a, b, other, places[1])
        | _unmatched_names(other, b, a, one, places[0])
    )
    if strangers:
        differing.append(f"differs in names: {', '.join(strangers)}"[:200])
    if differing:
        return Verdict(False, tuple(differing))
    return Verdict(
        True, tuple(f"both mention {city}" for city in sorted(places[0].cities & places[1].cities))
    )


def _describe(label: str, left: set, right: set) -> str:
    sides = [", ".join(sorted(map(str, side))) or "none" for side in (left, right)]
    return f"differs in {label}: {sides[0]} / {sides[1]}"[:200]


def _is_certain(city: mentions.Mention) -> bool:
    """Return whether a city is large and named by a form of its own name.

    Many ordinary words are the name of some city.
    """
    if city.place not in _all_city_names():
        return False
    return fuzz.ratio(_to_latin(city.name), _to_latin(city.place)) >= 45


@lru_cache(maxsize=512)
def _country_names(code: str) -> frozenset[str]:
    from babel import Locale

    names = {Locale(language).territories.get(code, "") for language in LANGUAGES}
    return frozenset(fold(name) for name in names if name)


@lru_cache(maxsize=1)
def _all_city_names() -> dict[str, frozenset[str]]:
    """Return the spellings of each large city, from the gazetteer's names."""
    from tips.geography.gazetteer import names

    found: dict[str, set[str]] = {}
    for spelling, place in names().items():
        if place.kind == "city" and place.population >= 100_000:
            found.setdefault(place.name, set()).add(spelling)
    return {name: frozenset(spellings) for name, spellings in found.items()}


def _city_names(name: str) -> frozenset[str]:
    return _all_city_names().get(name, frozenset()) | {fold(name)}


@lru_cache(maxsize=20_000)
def _is_name_of(word: str, aliases: frozenset[str]) -> bool:
    """Return whether a word is one of a place's names, perhaps inflected or in another spelling."""
    return any(
        alias[0] == word[0]
        and (
            fuzz.ratio(word, alias) >= MIN_PLACE_SIMILARITY
            or Prefix.similarity(word, alias) >= max(3, 0.6 * len(alias))
        )
        for alias in aliases
        if abs(len(alias) - len(word)) <= 3
    )


def _is_near(aliases: frozenset[str], other: guard.Details) -> bool:
    bare = frozenset(alias.removeprefix("ال") for alias in aliases if len(alias) > 3)
    return any(
        len(word) >= 3 and _is_name_of(word, bare)
        for word in other.words
        if word in other.names or word.upper() == word
    )


@dataclass(frozen=True)
class _Places:
    countries: set[str]
    denied: set[str]
    cities: set[str]


def _read_places(text: str, chosen: str) -> _Places:
    found = [
        m
        for m in mentions.find(normalise.strip_boilerplate(text))
        if m.kind in ("country", "people", "city")
        and fold(m.name) not in AMBIGUOUS_NAMES
        and fold(m.name) not in _months()
    ]
    named = [m for m in found if m.kind != "city"]
    return _Places(
        countries={m.country for m in named if not m.denied} | ({chosen} if chosen else set()),
        denied={m.country for m in named if m.denied},
        cities={m.place for m in found if m.kind == "city" and _is_certain(m)},
    )


def _numbers(details: guard.Details) -> set[str]:
    return {_to_western_digits(number) for number in details.numbers}


def _to_western_digits(number: str) -> str:
    return "".join(str(int(char)) if char.isdecimal() else char for char in number)


def _months_in(details: guard.Details) -> set[int]:
    return {_months()[word] for word in details.words if word in _months() and len(word) > 3}


def _has_negation(details: guard.Details) -> bool:
    return bool(set(details.words) & guard.NEGATIONS or details.unspaced_negations)


def _unmatched_names(
    text: str, mine: guard.Details, theirs: guard.Details, other: str, places: _Places
) -> set[str]:
    """Return names of one text that the other lacks, except places and months.

    German capitalises every noun, and some scripts have no capitals. Names in such texts are only
    looked for from the other side.
    """
    if _GERMAN.search(text.casefold()):
        return set()
    placed = set().union(*mine.countries.values(), *mine.places.values(), *mine.denied.values())
    aliases = [_country_names(code) for code in places.countries | places.denied]
    aliases += [_city_names(name) for name in places.cities]
    names = {
        name
        for name in mine.names
        if name not in guard.STOPWORDS
        and name not in placed
        and name not in _months()
        and not any(_is_name_of(name, each) for each in aliases)
    }
    return {name for name in names if not _is_written(name, theirs, other)}


def _is_written(name: str, theirs: guard.Details, other: str) -> bool:
    plain = _to_latin(name)
    if not plain or plain in _to_latin(other).replace(" ", ""):
        return True
    for word in theirs.words:
        written = _to_latin(word)
        if written and fuzz.ratio(plain, written) >= MIN_NAME_SIMILARITY:
            return True
        # Arabic omits most vowels, so compare the consonants.
        if "\u0600" <= word[0] <= "\u06ff" and written.translate(_VOWELS) == plain.translate(
            _VOWELS
        ):
            return True
    return False
