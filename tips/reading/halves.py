"""Halves: 'one and a half', 'Litro y medio', 'anderthalb', 'полкило', 'half a dozen'. Pure."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tips.reading import entries
from tips.reading.analysis import Analysis
from tips.reading.figures import HAN, Raw, plain, western
from tips.reading.money import currency_at
from tips.reading.spelling import AND, known_value
from tips.reading.units import ADJECTIVES as _ADJECTIVES
from tips.reading.units import UNITS, unit_at

_LINKS = AND | frozenset("a an un ein eine een en ett et o una с з με 个 個".split())
_BEFORE_UNIT = {
    "ru": ("полу", "пол"), "uk": ("пів",), "bg": ("пол",), "cs": ("pul", "pol"), "sk": ("pol",), "hu": ("fel",),
    "sv": ("halv",), "da": ("halv",), "nb": ("halv",),
}  # fmt: skip
_GLUED = ("ونصف", "ونص")  # Arabic: and a half
# Arabic says two of something in one word.
_DUALS = {
    "سنتين": "year", "عامين": "year", "سنتان": "year", "شهرين": "month", "اسبوعين": "week", "يومين": "day",
    "ساعتين": "hour", "مترين": "m", "متران": "m", "لترين": "l", "لتران": "l", "كيلوين": "kg", "كيلوان": "kg",
}  # fmt: skip
_AFTER_NUMBER = {
    "de": ("einhalb", "undeinhalb"),
    "nl": ("enhalf", "enhalve"),
    "el": ("ημισι", "μισι"),
}


def half_at(found: Analysis, index: int) -> tuple[Raw, int] | None:
    """Return a number that a half makes at an index, and the token where to read on."""
    if found.has(index, "one_half"):
        more = (
            known_value(found, found.tokens[index + 1].folded)
            if index + 1 < len(found.tokens)
            else 0
        )
        if more in (1000, 1_000_000):
            return Raw(str(more * 3 // 2), index, index + 2, form="word"), index + 2
        return Raw("1.5", index, index + 1, form="word"), index + 1
    if raw := _in_one_word(found, index):
        return raw, index + 1
    if found.has(index, "half"):
        return _of_something(found, index)
    one = found.tokens[index].folded == "一" or known_value(found, found.tokens[index].folded) == 1
    if one and (read := _after_one(found, index)):
        return read
    # 'Litro y medio', 'un litre et demi': one is not said, or an article.
    near = range(index + 1, min(index + 7, len(found.tokens)))
    if any(_is_half(found, i) for i in near) and (after := _measure(found, index)):
        end = _half_after(found, after, must_link=found.language != "zh")
        if end:
            return Raw("1.5", index, index, form="word"), end
    return None


def _after_one(found: Analysis, index: int) -> tuple[Raw, int] | None:
    """Return 'one and a half', 'bir buçuk' and 一米五: one alone is no number."""
    if end := _half_after(found, index + 1, must_link=found.language not in ("tr", "zh")):
        return Raw("1.5", index, end, form="word"), end
    if found.language != "zh" or (after := _measure(found, index + 1)) is None:
        return None
    raw, end = _tenths(found, Raw("1", index, index + 1, form="word"), after)
    return (raw, end) if raw.value != "1" else None


def with_half(found: Analysis, raw: Raw) -> tuple[Raw, int]:
    """Return a number with the half that follows it or its unit, and where to read on."""
    if raw.to or "." in raw.value or raw.form not in ("digits", "word") or not raw.value.isdigit():
        return raw, raw.last
    more = replace(raw, value=f"{raw.value}.5")
    end = _half_after(found, raw.last, must_link=found.language not in ("tr", "zh"))
    if end:
        return replace(more, last=end), end
    after = _measure(found, raw.last)
    if after is None:
        return raw, raw.last
    if end := _half_after(found, after, must_link=found.language != "zh"):
        return more, end
    return _tenths(found, raw, after)


def _tenths(found: Analysis, raw: Raw, after: int) -> tuple[Raw, int]:
    """Return '1米6' as 1.6 and '三块五' as 3.5."""
    tokens = found.tokens
    if found.language != "zh" or after >= len(tokens) or after - raw.last > 1:
        return raw, raw.last
    digits = (
        western(tokens[after].text)
        if tokens[after].kind == "number"
        else str(HAN.get(tokens[after].folded, ""))
    )
    follows = tokens[after + 1].folded if after + 1 < len(tokens) else ""
    if not digits or len(digits) > 2 or follows in ("个", "只", "张", "米", "元", "块"):
        return raw, raw.last
    return replace(raw, value=plain(f"{raw.value}.{digits}")), after + 1


def _is_half(found: Analysis, index: int) -> bool:
    return "half" in found.classes[index] or found.tokens[index].folded in _GLUED


def _measure(found: Analysis, index: int) -> int | None:
    """Return the token after a unit or currency at an index."""
    if index >= len(found.tokens) or found.tokens[index].kind != "word":
        return None
    if found.tokens[index].folded in ("个", "個"):
        return index + 1
    if unit := unit_at(found, index):
        return unit[1]
    price = currency_at(found, index, 1)
    return price.last if price else None


def _half_after(found: Analysis, index: int, *, must_link: bool) -> int | None:
    """Return the token after a half that is added at an index: 'and a half', 'y medio', 'ونصف'."""
    tokens = found.tokens
    at = index
    while at < len(tokens) and at - index < 3 and tokens[at].folded in _LINKS:
        at += 1
    if at >= len(tokens) or tokens[at].kind != "word":
        return None
    glued = tokens[at].folded in _GLUED
    if not _is_half(found, at) or (must_link and at == index and not glued):
        return None
    return at + 1


def _of_something(found: Analysis, index: int) -> tuple[Raw, int] | None:
    """Return 'half a litre' as 0.5 and 'half a dozen' as 6."""
    tokens = found.tokens
    for after in range(index + 1, min(index + 4, len(tokens))):
        amount = found.grammar.amounts.get(tokens[after].folded, 0)
        if amount >= 10:
            return Raw(str(amount // 2), index, after + 1, form="word"), after + 1
        if unit_at(found, after) or currency_at(found, after, 1):
            return Raw("0.5", index, after, form="word"), after
        if tokens[after].kind == "sign" and tokens[after].text != "-":
            break
        if not (tokens[after].text == "-" or found.is_function_word(after)):
            break
    return None


def _in_one_word(found: Analysis, index: int) -> Raw | None:
    word = found.tokens[index].folded
    if found.language == "ar" and word in _DUALS:
        return Raw("2", index, index + 1, form="word", unit=_DUALS[word])
    for stem, unit in _ADJECTIVES.get(found.language, ()):
        number, joint, _ = word.partition(stem)
        if joint and (value := known_value(found, number)) > 1:
            return Raw(str(value), index, index + 1, form="word", unit=unit)
    for start in _BEFORE_UNIT.get(found.language, ()):
        if word.startswith(start) and (unit := _unit(found, word[len(start) :])):
            return Raw("0.5", index, index + 1, form="word", unit=unit)
    for ending in _AFTER_NUMBER.get(found.language, ()):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            value = known_value(found, word.removesuffix(ending))
            if value:
                return Raw(
                    plain(str(Decimal(value) + Decimal("0.5"))), index, index + 1, form="word"
                )
    return None


def _unit(found: Analysis, word: str) -> str:
    """Return the unit that a word is, or ''."""
    if len(word) < 3:
        return ""
    if word in UNITS:
        return UNITS[word]
    for meaning in found.table.meanings(word):
        if meaning.kind == entries.UNIT and meaning.language == found.language:
            return str(meaning.value)
    return ""
