"""Numbers as values, whatever way they are written, and ranges of them. Pure."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, InvalidOperation

from tips.reading.analysis import Analysis
from tips.reading.figures import HAN, HAN_POWERS, Raw, digits_at
from tips.reading.halves import half_at, with_half
from tips.reading.spelling import AND, han, words_at


def find(found: Analysis, taken: set[int]) -> list[Raw]:
    """Return the numbers of a text, in order.

    Args:
        taken: tokens that belong to links, telephones and dates.
    """
    numbers: list[Raw] = []
    index = 0
    while index < len(found.tokens):
        read = _at(found, index, taken) if index not in taken else None
        if read:
            numbers.append(read[0])
        index = max(index + 1, read[1]) if read else index + 1
    return _ranges(found, numbers)


def _at(found: Analysis, index: int, taken: set[int]) -> tuple[Raw, int] | None:
    """Return the number at a token, and the token where to read on."""
    token = found.tokens[index]
    if token.kind == "number":
        raw: Raw | None = digits_at(found, index, taken)
    elif token.kind == "word":
        if half := half_at(found, index):
            return half
        is_han = token.folded in HAN or token.folded in HAN_POWERS
        raw = (han(found, index) if is_han else None) or words_at(found, index, taken)
    else:
        return None
    if raw is None:
        return None
    raw = _times(found, raw, taken)
    return with_half(found, raw)


def _times(found: Analysis, raw: Raw, taken: set[int]) -> Raw:
    """Return 'two dozen' as 24."""
    after = raw.last
    counts = raw.value.isdigit() and raw.form in ("digits", "word") and not raw.to
    if not counts or after >= len(found.tokens) or after in taken:
        return raw
    amounts = found.grammar.amounts
    amount = amounts.get(found.tokens[after].folded, 0)
    if amount >= 10 and found.tokens[after - 1].folded not in amounts:
        return replace(raw, value=str(int(raw.value) * amount), last=after + 1)
    return raw


def _ranges(found: Analysis, numbers: list[Raw]) -> list[Raw]:
    joined: list[Raw] = []
    for raw in numbers:
        before = joined[-1] if joined else None
        if (
            before
            and not before.to
            and not raw.to
            and before.form == raw.form
            and raw.form in ("digits", "word")
        ):
            between = found.tokens[before.last : raw.first]
            words = [t for t in between if t.text not in "°'’‘"]
            if len(words) == 2 and all(found.has(before.last + i, "range") for i in (0, 1)):
                words = words[1:]  # până la
            opened = before.first and any(found.has(before.first - b, "between") for b in (1, 2))
            dash = len(words) == 1 and words[0].text in "-–—−~〜"
            # Only 'two or three' is a range of words; '5 or 10' may be two prices, but is one here.
            word = (
                len(words) == 1 and found.has(before.last, "range") and words[0].folded not in AND
            )
            pair = (
                len(between) == 0
                and raw.form == "word"
                and raw.first == before.last
                and float(raw.value) == float(before.value) + 1
            )
            try:
                rises = Decimal(raw.value) > Decimal(before.value)
            except InvalidOperation:
                rises = False
            arabic_and = len(words) == 0 and raw.first == before.last
            joined_by_and = opened and (arabic_and or (len(words) == 1 and words[0].kind == "word"))
            if (dash or word or pair or joined_by_and) and rises:
                joined[-1] = replace(before, to=raw.value, last=raw.last)
                continue
        joined.append(raw)
    return joined
