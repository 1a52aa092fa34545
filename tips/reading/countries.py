"""Countries, adjectives of countries and languages in a text. Pure."""

from __future__ import annotations

from tips.reading import entries
from tips.reading.analysis import Analysis
from tips.reading.mentions import ISLANDS, Mention, is_person, is_word, is_written, preferred
from tips.reading.table import Meaning

_FIRST_NAMES = frozenset("georgia chad jordan israel kenya india malta cuba holland".split())


def _is_full_name(found: Analysis, first: int, last: int) -> bool:
    """Return whether a surname follows a country's name that no preposition introduces: Georgia Smith."""
    if last >= len(found.tokens) or found.has(first - 1, "from") or found.language == "de":
        return False
    after = found.tokens[last]
    return (
        after.kind == "word"
        and after.is_capital
        and not found.is_shouting
        and found.clause[last] == found.clause[first]
        and not found.classes[last] & {"venue", "hotel", "airport", "street", "label"}
        and not any(_is_large_place(found, m) for m in found.table.meanings(after.folded))
    )


def _is_large_place(found: Analysis, meaning: Meaning) -> bool:
    if meaning.kind == entries.CITY:
        return found.table.place(int(meaning.value)).population >= 100_000
    return meaning.kind == entries.COUNTRY


def as_country(
    found: Analysis, key: str, by_kind: dict[int, list[Meaning]], first: int, last: int
) -> Mention | None:
    meanings = by_kind.get(entries.COUNTRY)
    if not meanings:
        return None
    best = preferred(found, meanings)
    code = str(best.value)
    if not code:
        return Mention("nothing", "", first, last, 0.0)  # a continent
    foreign = best.language not in (found.language, "", "en")
    token = found.tokens[first]
    if (
        len(key) <= 3
        and token.text.lower() != token.text.upper()
        and (foreign or not token.text.isupper())
    ):
        return None
    if foreign and (len(key) < 5 or is_word(found, key) or not is_written(found, first, last)):
        return None
    if not is_written(found, first, last):
        if not found.is_quiet or (is_word(found, key) and not found.has(first - 1, "from")):
            return None
        if len(key) < 4:
            return None
        zipf = found.table.frequencies(key).get(found.language, 0.0)
        if is_word(found, key) and zipf > 4 and code in ("TR", "CN", "TD"):
            return None
    score = 0.96 if not foreign else 0.75
    if is_person(found, first, last) or (key in _FIRST_NAMES and _is_full_name(found, first, last)):
        return Mention("nothing", "", first, last, 0.0)
    if (
        found.has(first - 2, "fixed")
        and found.is_function_word(first - 1)
        and found.clause[first - 2] == found.clause[first]
    ):
        return Mention("nothing", "", first, last, 0.0)  # noci del Brasile
    part = found.table.english.get(code, "") if code in ISLANDS else ""
    return Mention("country", code, first, last, score, part=part)


def is_fixed(found: Analysis, first: int, last: int) -> bool:
    """Return whether an adjective belongs to a thing or a style: Danish pastry, Moroccan style."""
    return any(
        (found.has(i, "fixed") or found.has(i, "style")) and found.clause[i] == found.clause[first]
        for i in (first - 1, last)
    )


def demonym_of(found: Analysis, code: str, first: int, last: int) -> Mention:
    """Return the country of an adjective, or nothing if it is part of a fixed phrase."""
    if is_fixed(found, first, last):
        return Mention("nothing", "", first, last, 0.0)
    return Mention("demonym", code, first, last, 0.9)


def as_demonym(
    found: Analysis, key: str, by_kind: dict[int, list[Meaning]], first: int, last: int
) -> Mention | None:
    meanings = [m for m in by_kind.get(entries.DEMONYM, ()) if m.language in (found.language, "en")]
    if not meanings or len(key) < 4:
        return None
    best = preferred(found, meanings)
    if best.language != found.language and (
        (found.language not in ("", "en") and not found.tokens[first].is_capital)
        or is_word(found, key)
    ):
        return None
    if is_fixed(found, first, last):
        return Mention("nothing", "", first, last, 0.0)
    if _is_language(found, by_kind, first, last):
        return Mention(
            "language", str(preferred(found, by_kind[entries.LANGUAGE]).value), first, last, 0.9
        )
    return Mention("demonym", str(best.value), first, last, 0.9)


def _is_language(found: Analysis, by_kind: dict[int, list[Meaning]], first: int, last: int) -> bool:
    """Return whether a word means the language and no country: 'the label is in Portuguese'."""
    if not any(m.language in (found.language, "en") for m in by_kind.get(entries.LANGUAGE, ())):
        return False
    tokens = found.tokens
    cue = any("label" in found.classes[i] for i in found.near(first))
    if not cue:
        return False
    if found.language in ("en", "sv", "de", "nl", "da"):
        after = tokens[last] if last < len(tokens) else None
        alone = (
            after is None
            or after.kind == "sign"
            or found.is_function_word(last)
            or found.has(last, "label")
        )
        return alone
    return True
