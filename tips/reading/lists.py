"""Numbers of a list share what one of them says: 'rooms 12 and 14', 'two or 3 euros'. Pure."""

from __future__ import annotations

from dataclasses import replace

from tips.reading.account import Number
from tips.reading.analysis import Analysis
from tips.reading.figures import Raw

_FORWARD = frozenset({"room", "floor", "size", "model", "address", "price"})
_BACKWARD = frozenset({"price", "size", "percent", "duration", "floor", "room"})
_VAGUE = frozenset({"count", "other"})


def inherit(found: Analysis, read: list[tuple[Raw, Number]]) -> list[Number]:
    """Return the numbers; those that nothing explains take the kind of the one that they go with."""
    read = _spans(found, read)
    numbers = [number for _, number in read]
    for position in range(1, len(read)):
        (one, _), (other, _) = read[position - 1], read[position]
        before, this = numbers[position - 1], numbers[position]
        if not _are_joined(found, one, other):
            continue
        if this.kind in _VAGUE and before.kind in _FORWARD and _is_bare(found, other):
            numbers[position] = _like(this, before)
        elif before.kind in _VAGUE and this.kind in _BACKWARD:
            numbers[position - 1] = _like(before, this)
    return _bargains(found, read, numbers)


def _spans(found: Analysis, read: list[tuple[Raw, Number]]) -> list[tuple[Raw, Number]]:
    """Join years that a word for 'year' keeps apart: 从1980年到1985年, с 1970 по 1975 год."""
    joined: list[tuple[Raw, Number]] = []
    for raw, number in read:
        if joined and number.kind == joined[-1][1].kind == "year" and not number.to:
            before, first = joined[-1]
            between = range(before.last, raw.first)
            words = [i for i in between if found.tokens[i].folded != "年"]
            to = len(words) == 1 and found.tokens[words[0]].folded in _UNTIL
            if to and not first.to and first.value < number.value:
                joined[-1] = (replace(before, last=raw.last), replace(first, to=number.value))
                continue
        joined.append((raw, number))
    return joined


_UNTIL = frozenset("到 至 - – — ~ по до do to bis tot till a au la ate έως ως".split())


def _like(number: Number, model: Number) -> Number:
    return replace(number, kind=model.kind, unit=model.unit, score=min(0.8, model.score))


def _are_joined(found: Analysis, one: Raw, other: Raw) -> bool:
    """Return whether only 'and', 'or', 'to' or a sign is between two numbers."""
    between = range(one.last, other.first)
    if len(between) != 1:
        return False
    token = found.tokens[between[0]]
    return found.has(between[0], "range") or token.text in "/–-—،、" or token.folded in ("和", "و")


def _is_bare(found: Analysis, raw: Raw) -> bool:
    """Return whether no noun of its own follows a number."""
    after = raw.last
    if after >= len(found.tokens) or found.tokens[after].kind != "word":
        return True
    return found.is_function_word(after)


def _bargains(
    found: Analysis, read: list[tuple[Raw, Number]], numbers: list[Number]
) -> list[Number]:
    """Let a bare number be a price that follows another: 'wanted 35 rials but let it go for twenty'."""
    paid: Number | None = None
    for position, (raw, _) in enumerate(read):
        number = numbers[position]
        if number.kind == "price":
            paid = number
        elif paid and number.kind in _VAGUE and _is_bare(found, raw):
            ends = raw.last >= len(found.tokens) or found.tokens[raw.last].kind == "sign"
            near = found.near(raw.first)
            sells = any("sold" in found.classes[i] for i in near)
            if ends and (sells or found.tokens[raw.first - 1].folded in _FOR):
                numbers[position] = _like(number, paid)
    return numbers


_FOR = frozenset("要 for für fur pour por per za за voor för pentru για a".split())
