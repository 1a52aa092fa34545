"""Decide from two accounts whether texts in different languages may say the same. Pure.

Something else proposes the pair, such as an embedding; this can reject it. What differs in number,
date, place, name, denial or relation is not the same. What only one text says is no difference:
the other may leave it out, or say it in a way that the reader does not know.
"""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz import fuzz

from tips.reading.account import Account, Name, Number
from tips.reading.grammar import grammars
from tips.reading.names import name_key, skeleton

MIN_ALIKE = 76.0  # per cent, of the keys of two names that may be one
MIN_NAME_SCORE = 0.5
SMALL = 12.0  # a number up to this may be a word that only one side's tables know


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
    differing = [
        *_countries(one, other),
        *_places(one, other),
        *_numbers(one, other),
        *_dates(one, other),
        *_names(one, other, texts),
    ]
    if _is_understood(one, other) and one.denies != other.denies:
        differing.append("one denies, the other does not")
    if differing:
        return Verdict(False, tuple(differing))
    shared = {p.name for p in one.places} & {p.name for p in other.places}
    return Verdict(True, tuple(f"both mention {name}" for name in sorted(shared)))


def _is_understood(*accounts: Account) -> bool:
    """Return whether the reader knows the negations of all these languages."""
    return all(account.language in grammars() for account in accounts)


def _differ(label: str, left: set[str], right: set[str]) -> str:
    sides = [", ".join(sorted(side)) or "none" for side in (left, right)]
    return f"differs in {label}: {sides[0]} / {sides[1]}"[:200]


def _countries(one: Account, other: Account) -> list[str]:
    found = []
    mine, theirs = ({c.code: c for c in each.suggested} for each in (one, other))
    if mine and theirs and set(mine) != set(theirs):
        found.append(_differ("countries", set(mine) - set(theirs), set(theirs) - set(mine)))
    if not _is_understood(one, other):
        return found
    out, their_out = ({c.code for c in each.ruled_out} for each in (one, other))
    if out and their_out and out != their_out:
        found.append(_differ("countries ruled out", out - their_out, their_out - out))
    if out & set(theirs) or their_out & set(mine):
        found.append("one rules out a country that the other names")
    for code in set(mine) & set(theirs):
        relations = {mine[code].relation, theirs[code].relation}
        if relations == {"made", "sold"}:
            found.append(f"differs in relation: made / sold in {code}")
    return found


def _places(one: Account, other: Account) -> list[str]:
    found = []
    for denied in (False, True):
        mine, theirs = (
            {p.name for p in each.places if p.denied == denied and p.kind == "city"}
            for each in (one, other)
        )
        if mine and theirs and not mine & theirs:
            found.append(_differ("places", mine, theirs))
    mine = {p.name for p in one.places if not p.denied} & {p.name for p in other.places if p.denied}
    if mine or {p.name for p in one.places if p.denied} & {
        p.name for p in other.places if not p.denied
    }:
        found.append("one rules out a place that the other names")
    return found


def _value(number: Number) -> tuple[str, str]:
    return number.value.lstrip("+"), number.to


def _numbers(one: Account, other: Account) -> list[str]:
    mine, theirs = ({_value(n): n for n in each.numbers} for each in (one, other))
    lacking, beyond = set(mine) - set(theirs), set(theirs) - set(mine)
    labels = [{"–".join(filter(None, each)) for each in side} for side in (lacking, beyond)]
    if lacking and beyond:
        return [_differ("numbers", *labels)]
    large = {v for v in lacking | beyond if not _is_small(v[0])}
    if large:
        return [_differ("numbers", *labels)]
    for value in set(mine) & set(theirs):
        units = {mine[value].unit, theirs[value].unit} - {""}
        kinds = {mine[value].kind, theirs[value].kind}
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


def _names(one: Account, other: Account, texts: tuple[str, str]) -> list[str]:
    strangers = [
        [n for n in _certain(mine) if not _is_written(n, theirs, text)]
        for mine, theirs, text in ((one, other, texts[1]), (other, one, texts[0]))
    ]
    if strangers[0] and strangers[1]:
        return [_differ("names", {n.name for n in strangers[0]}, {n.name for n in strangers[1]})]
    both = {n.key for n in one.names if not n.denied} & {n.key for n in other.names if n.denied}
    both |= {n.key for n in one.names if n.denied} & {n.key for n in other.names if not n.denied}
    if both:
        return [f"one denies a name that the other gives: {', '.join(sorted(both))}"[:200]]
    return []


def _certain(account: Account) -> list[Name]:
    return [n for n in account.names if n.score >= MIN_NAME_SCORE and len(n.key) >= 3]


def _is_written(name: Name, other: Account, text: str) -> bool:
    """Return whether a name stands in the other text, in whatever script."""
    keys = [n.key for n in other.names] + [name_key(word) for word in text.split()]
    whole = name_key(text)
    if name.key in whole:
        return True
    return any(_is_alike(name.key, key) for key in keys if key)


def _is_alike(one: str, other: str) -> bool:
    """Return whether two keys may be one name. Another first letter makes another name."""
    if one[0] != other[0]:
        return False
    if fuzz.ratio(one, other) >= MIN_ALIKE:
        # Hartwin and Hartwig differ in one letter as well; inflection only adds some.
        return one[: len(other) - 1] == other[: len(other) - 1] or fuzz.ratio(one, other) >= 88
    return len(skeleton(one)) >= 3 and skeleton(one) == skeleton(other)
