"""Decide from two accounts whether texts in different languages may say the same. Pure.

Something else proposes the pair, such as an embedding; this can reject it. What differs in number,
date, place, name, denial or relation is not the same. What only one text says is no difference:
the other may leave it out, or say it in a way that the reader does not know.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from rapidfuzz import fuzz

from tips.reading import moments
from tips.reading.account import Account, Country, Name, Number, Place
from tips.reading.figures import plain
from tips.reading.grammar import grammars
from tips.reading.names import name_key, skeleton
from tips.reading.possible import possible
from tips.reading.text import fold, script

MIN_ALIKE = 76.0  # per cent, of the keys of two names that may be one
MIN_NAME_SCORE = 0.45
SURE = 0.85  # score of a country that a word of the other text cannot explain away
SMALL = 12.0  # a number up to this may be a word that only one side's tables know


# Currencies whose name no other has: a price that says none of them is of another.
_OWN_NAME = frozenset("EUR PLN HUF UAH GEL KZT BOB VND THB ILS BGN PYG GTQ HNL JPY".split())
_IN_BASE = {
    "mm": Decimal("0.001"), "cm": Decimal("0.01"), "km": Decimal(1000), "ml": Decimal("0.001"), "cl": Decimal("0.01"),
    "dl": Decimal("0.1"), "g": Decimal("0.001"), "mg": Decimal("0.000001"),
}  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """Whether two texts may say the same, and what they differ in or share."""

    is_possible: bool
    reasons: tuple[str, ...]


def compare(one: Account, other: Account, texts: tuple[str, str] = ("", "")) -> Verdict:
    """Compare two accounts.

    Args:
        texts: the texts themselves, where names of scripts without capitals are looked for.
    """
    sides = (_Side(one, texts[0]), _Side(other, texts[1]))
    differing = [
        *_countries(*sides),
        *_places(*sides),
        *_numbers(one, other),
        *_dates(one, other),
        *_names(*sides),
        *moments.differing(one, other, texts),
    ]
    if _is_understood(one, other) and one.denies != other.denies:
        differing.append("one denies, the other does not")
    if not differing and not _is_understood(one, other) and not _is_shared(*sides):
        differing.append("shares nothing, in a language whose grammar is unknown")
    if differing:
        return Verdict(False, tuple(differing))
    shared = {p.name for p in one.places} & {p.name for p in other.places}
    return Verdict(True, tuple(f"both mention {name}" for name in sorted(shared)))


def _is_understood(*accounts: Account) -> bool:
    """Return whether the reader knows the negations of all these languages."""
    return all(account.language in grammars() for account in accounts)


def _is_shared(one: _Side, other: _Side) -> bool:
    """Return whether something that one says may be said by the other: a country, a number or a name.

    Of a language without grammar, the reader knows too little for silence to mean agreement.
    """
    numbers = {n.value for n in one.account.numbers} & {n.value for n in other.account.numbers}
    if numbers or not (one.text and other.text):
        return True
    for mine, theirs in ((one, other), (other, one)):
        if any(theirs.may_mean_country(c.code) for c in mine.account.countries):
            return True
        if any(_is_written(n, theirs.account, theirs.text) for n in mine.account.names):
            return True
    return False


def _differ(label: str, left: set[str], right: set[str]) -> str:
    sides = [", ".join(sorted(side)) or "none" for side in (left, right)]
    return f"differs in {label}: {sides[0]} / {sides[1]}"[:200]


@dataclass(frozen=True)
class _Side:
    """One of the two: what it says, and its text, which may mean more than the reader is sure of."""

    account: Account
    text: str

    def may_mean_country(self, code: str) -> bool:
        return bool(self.text) and code in possible(self.text).countries

    def may_mean_place(self, name: str) -> bool:
        return bool(self.text) and name in possible(self.text).places


def _countries(one: _Side, other: _Side) -> list[str]:
    found = []
    mine, theirs = ({c.code: c for c in each.account.suggested} for each in (one, other))
    alone = _strange(mine, theirs, other)
    strange = _strange(theirs, mine, one)
    if (
        mine
        and theirs
        and ((alone and strange) or ((alone or strange) and not set(mine) & set(theirs)))
    ):
        found.append(_differ("countries", alone, strange))
    if not _is_understood(one.account, other.account):
        return found
    out, their_out = ({c.code for c in each.account.ruled_out} for each in (one, other))
    if out and their_out and not out & their_out:
        found.append(_differ("countries ruled out", out - their_out, their_out - out))
    if out & set(theirs) or their_out & set(mine):
        found.append("one rules out a country that the other names")
    for code in set(mine) & set(theirs):
        relations = {mine[code].relation, theirs[code].relation}
        if relations == {"made", "sold"}:
            found.append(f"differs in relation: made / sold in {code}")
    return found


def _strange(mine: dict[str, Country], theirs: dict[str, Country], other: _Side) -> set[str]:
    """Return the countries that only one says, and surely, or that the other cannot mean."""
    return {
        code
        for code in set(mine) - set(theirs)
        if mine[code].score >= SURE or not other.may_mean_country(code)
    }


def _places(one: _Side, other: _Side) -> list[str]:
    found = []
    for denied in (False, True):
        mine, theirs = (
            {p.name: p for p in each.account.places if p.denied == denied and p.kind == "city"}
            for each in (one, other)
        )
        alone, strange = _strange_places(mine, theirs, other), _strange_places(theirs, mine, one)
        if mine and theirs and not set(mine) & set(theirs) and (alone or strange):
            found.append(_differ("places", alone, strange))
    said, denied_places = (
        [{p.name for p in each.account.places if p.denied == denied} for each in (one, other)]
        for denied in (False, True)
    )
    if said[0] & denied_places[1] or said[1] & denied_places[0]:
        found.append("one rules out a place that the other names")
    return found


def _strange_places(mine: dict[str, Place], theirs: dict[str, Place], other: _Side) -> set[str]:
    """Return the towns that only one says, and that the other cannot mean by another name."""
    homes = {p.country for p in theirs.values()}
    return {
        name
        for name, place in mine.items()
        if name not in theirs
        and (
            not other.may_mean_place(name)
            or (
                place.score >= SURE
                and place.country in homes
                and all(p.score >= SURE for p in theirs.values())
            )
        )
    }


def _base(number: Number) -> tuple[str, str]:
    """Return a number in the base of its unit: 0.33 l and 330 ml are one."""
    factor = _IN_BASE.get(number.unit) if number.kind == "size" else None
    value, to = _value(number)
    if not factor:
        return value, to
    return _times(value, factor), _times(to, factor)


def _times(value: str, factor: Decimal) -> str:
    if not re.fullmatch(r"-?\d+(\.\d+)?", value):
        return value
    return plain(str(Decimal(value) * factor))


def _value(number: Number) -> tuple[str, str]:
    return number.value.lstrip("+"), number.to


def _is_counted(number: Number, others: tuple[Number, ...]) -> bool:
    """Return whether one of other numbers may be this one: by its value, or in another unit."""
    return any(_value(number) == _value(n) or _base(number) == _base(n) for n in others)


def _is_dated(number: Number, other: Account) -> bool:
    """Return whether a year is part of a date of the other text: 'May 2004' in an unknown language."""
    return any(len(number.value) == 4 and d.value.startswith(number.value) for d in other.dates)


def _numbers(one: Account, other: Account) -> list[str]:
    lacking, beyond = (
        {_value(n) for n in a.numbers if not _is_counted(n, b.numbers) and not _is_dated(n, b)}
        for a, b in ((one, other), (other, one))
    )
    # What only one says is no difference, but where the grammar is unknown it may have been missed.
    is_missed = not _is_understood(one, other) and any(
        not _is_small(v[0]) for v in lacking | beyond
    )
    if (lacking and beyond) or is_missed:
        labels = [{"–".join(filter(None, each)) for each in side} for side in (lacking, beyond)]
        return [_differ("numbers", *labels)]
    mine, theirs = ({_value(n): n for n in each.numbers} for each in (one, other))
    for value in set(mine) & set(theirs):
        units = {mine[value].unit, theirs[value].unit} - {""}
        kinds = {mine[value].kind, theirs[value].kind}
        if (
            kinds == {"price"}
            and units & _OWN_NAME
            and "" in {mine[value].unit, theirs[value].unit}
        ):
            return [f"differs in currency: {' / '.join(units)} and another"]
        if len(units) == 2 and len(kinds) == 1:
            return [f"differs in units: {' / '.join(sorted(units))}"]
        if kinds in ({"room", "floor"}, {"age", "price"}, {"duration", "year"}, {"price", "year"}):
            return [f"differs in what {value[0]} counts: {' / '.join(sorted(kinds))}"]
    return []


def _is_small(value: str) -> bool:
    try:
        return abs(float(value)) <= SMALL
    except ValueError:
        return False


def _dates(one: Account, other: Account) -> list[str]:
    mine, theirs = ({d.value for d in each.dates} for each in (one, other))
    if mine and theirs and not any(_may_be_one(a, b) for a in mine for b in theirs):
        return [_differ("dates", mine, theirs)]
    return []


def _may_be_one(one: str, other: str) -> bool:
    """Return whether two dates agree in all that both state: '1999-07' and '--07'."""
    left, right = (
        (each[:4].strip("-"), each[5:] if each[:2] != "--" else each[2:]) for each in (one, other)
    )
    years = (
        not left[0] or not right[0] or left[0] == right[0] or one[:2] == "--" or other[:2] == "--"
    )
    short = min(len(left[1]), len(right[1]))
    return years and left[1][:short] == right[1][:short]


def _names(one: _Side, other: _Side) -> list[str]:
    strangers = [
        [n for n in _certain(mine.account) if not _is_written(n, theirs.account, theirs.text)]
        for mine, theirs in ((one, other), (other, one))
    ]
    names = [{n.name for n in each} for each in strangers]
    places = [
        {p.name for p in mine.account.places if p.kind == "city" and not _is_said(p, theirs)}
        for mine, theirs in ((one, other), (other, one))
    ]
    if (names[0] and names[1]) or (names[0] and places[1]) or (places[0] and names[1]):
        return [_differ("names", names[0] | places[0], names[1] | places[1])]
    mine, theirs = one.account, other.account
    both = {n.key for n in mine.names if not n.denied} & {n.key for n in theirs.names if n.denied}
    both |= {n.key for n in mine.names if n.denied} & {n.key for n in theirs.names if not n.denied}
    if both:
        return [f"one denies a name that the other gives: {', '.join(sorted(both))}"[:200]]
    return []


def _is_said(place: Place, other: _Side) -> bool:
    """Return whether another text may mean a place, by another of its names or a like one."""
    if any(p.name == place.name for p in other.account.places) or not other.text:
        return True
    if other.may_mean_place(place.name):
        return True
    names = {place.name, place.evidence.words}
    return any(_is_alike(name, word) for name in names for word in other.text.split())


def _certain(account: Account) -> list[Name]:
    return [n for n in account.names if n.score >= MIN_NAME_SCORE and len(n.key) >= 3]


def _is_written(name: Name, other: Account, text: str) -> bool:
    """Return whether a name stands in the other text, in whatever script."""
    words = [n.name for n in other.names] + text.split()
    if name.key in name_key(text):
        return True
    generic = {"street", "hotel", "model"}
    parts = [
        part
        for part in name.name.split()
        if len(part) > 3 and not any(g.classes(fold(part)) & generic for g in grammars().values())
    ] or [name.name]
    return all(any(_is_alike(p, word) for word in words) for p in parts)


def _is_alike(name: str, word: str) -> bool:
    """Return whether two words may be one name, inflected or in another script.

    Another first letter makes another name, and so does another consonant: Hartwin is not Martwin,
    nor Hartwig, nor Rostex Rotex. In one script another vowel does, too: Solvik is not Sulvik.
    """
    one, other = name_key(name), name_key(word)
    if not one or not other or one[0] != other[0]:
        return False
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    same = _common(short, long)
    bones = skeleton(one)
    if same == len(short) >= 5 or (
        same >= max(3, len(short) - 1) and 0 < len(long) - len(short) <= 3
    ):
        return True  # an ending
    if len(bones) >= 2 and bones == skeleton(other) and same >= max(3, len(short) - 2):
        return True  # Zadar, Zadra
    if script(name[:1]) == script(word[:1]):
        return False
    if same >= max(4, len(short) - 3) and len(long) - same <= 3:
        return True  # Садовой, Sadovaya
    if fuzz.ratio(one, other) >= MIN_ALIKE:
        return same >= len(short) - 1 or fuzz.ratio(one, other) >= 88
    return len(bones) >= 3 and bones == skeleton(other)


def _common(one: str, other: str) -> int:
    """Return how many letters two words begin with together."""
    return next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
