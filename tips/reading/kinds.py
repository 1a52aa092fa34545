"""What a number counts: its kind and unit, by the words beside it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from tips.reading.account import Number
from tips.reading.analysis import Analysis
from tips.reading.beside import Beside, is_noun
from tips.reading.cues import by_cue
from tips.reading.decades import decade
from tips.reading.figures import YEARS, Raw, western
from tips.reading.lists import inherit
from tips.reading.money import Price, price_beside
from tips.reading.units import DURATIONS, sure_unit, unit_at

_TIMES = frozenset("x х × на by par por per auf bei op".split())
_ERAS = {"昭和": 1925, "平成": 1988, "大正": 1911, "明治": 1867, "民国": 1911}


def classify(
    found: Analysis, raws: Iterable[Raw], local: dict[int, frozenset[str]]
) -> tuple[list[Number], list[tuple[Price, Raw]]]:
    """Return each number with its kind and unit, and the prices.

    Args:
        local: the currencies of the countries that each clause speaks for, and under -1 those
            of the whole text; they decide which dinars are meant.
    """
    read: list[tuple[Raw, Number]] = []
    prices: list[tuple[Price, Raw]] = []
    for raw in raws:
        beside = Beside.of(found, raw)
        price = _price(beside, local)
        number = beside.make("price", 0.95, price.unit) if price else _kind(beside)
        if price:
            prices.append((price, raw))
        if number:
            read.append((raw, number))
    return inherit(found, read), prices


def _price(beside: Beside, local: dict[int, frozenset[str]]) -> Price | None:
    found, raw = beside.found, beside.raw
    if raw.form in ("ordinal", "age") or raw.unit or decade(found, raw):
        return None
    price = price_beside(found, raw, beside.before, beside.after)
    if price is None or price.unit:
        return price
    own = local.get(found.clause[raw.first], frozenset())
    fitting = sorted(set(price.possible) & own)
    if len(fitting) != 1:
        fitting = sorted(set(price.possible) & local.get(-1, frozenset()))
    return replace(price, unit=fitting[0] if len(fitting) == 1 else "")


def _kind(beside: Beside) -> Number | None:
    """Return a number that is no price, by the first rule that knows it."""
    for rule in _RULES:
        number = rule(beside)
        if number:
            return None if number.kind == _NOTHING else number
    return None


_NOTHING = "nothing"


def _nothing(beside: Beside) -> Number:
    return beside.make(_NOTHING, 0.0)


def _year_span(beside: Beside) -> Number | None:
    first = decade(beside.found, beside.raw)
    if not first:
        return None
    era = _era(beside)
    first = first - 1900 + era if era else first
    return beside.make("year", 0.93, value=str(first), to=str(first + 9))


def _era(beside: Beside) -> int:
    """Return what a year of a Japanese or Chinese era adds: 昭和五十年 is 1975."""
    first = beside.raw.first
    name = "".join(t.folded for t in beside.found.tokens[max(0, first - 2) : first])
    return _ERAS.get(name, 0)


def _era_year(beside: Beside) -> Number | None:
    era = _era(beside)
    if era and beside.raw.value.isdigit():
        return beside.make("year", 0.9, value=str(era + int(beside.raw.value)))
    return None


def _own_unit(beside: Beside) -> Number | None:
    """Return what the number's own word says: полкило, полгода, achtjährige."""
    if beside.raw.form == "age":
        return beside.make("age", 0.85)
    unit = beside.raw.unit
    return beside.make("duration" if unit in DURATIONS else "size", 0.9, unit) if unit else None


def _every(beside: Beside) -> Number | None:
    """Drop 'every second house' and 'jedes zweite'; 'first' counts only of what is in a row."""
    if beside.raw.form != "ordinal":
        return None
    found, raw = beside.found, beside.raw
    if found.has(raw.first - 1, "each") or found.has(raw.first - 2, "each"):
        return _nothing(beside)
    return None


def _time(beside: Beside) -> Number | None:
    """Return an age, a year or a duration, of a number with a unit of time."""
    found, raw = beside.found, beside.raw
    unit = beside.unit or _unit_before(beside)
    if not unit or unit[0] not in DURATIONS:
        return None
    if unit[0] == "year":
        if raw.form == "digits" and len(raw.value) == 4 and int(raw.value) in YEARS:
            return beside.make("year", 0.95)  # nobody is that old: 'в 2009 году'
        if slavic := _short_slavic_year(beside, unit[1]):
            return beside.make("year", 0.85, value=slavic)
        if raw.form != "ordinal" and beside.is_age(unit[1]):
            return beside.make("age", 0.85)
        if short := _short_chinese_year(beside, unit[1]):
            return short
        if found.language == "zh" and raw.value.isdigit() and int(raw.value) in YEARS:
            return beside.make("year", 0.95)
    if raw.form == "ordinal":
        two = unit[0] == "year" and raw.last - raw.first >= 2 and 30 <= int(raw.value) <= 99
        return beside.make("year", 0.85, value=f"19{raw.value}") if two else _nothing(beside)
    return beside.make("duration", 0.93, unit[0])


def _short_slavic_year(beside: Beside, end: int) -> str:
    """Return the year of 'w 85 roku' and 'в 85 году': years that are counted have another form."""
    raw = beside.raw
    said = beside.found.tokens[end - 1].folded in (
        "roku",
        "году",
        "году",
        "року",
        "році",
        "roce",
        "годa",
    )
    two = raw.form == "digits" and len(raw.value) == 2 and raw.value.isdigit()
    return f"{19 if int(raw.value) > 30 else 20}{raw.value}" if said and two else ""


def _unit_before(beside: Beside) -> tuple[str, int] | None:
    """Return the unit of 'года два' and 'років п'ять': about two years."""
    found, raw = beside.found, beside.raw
    if found.language not in ("ru", "uk") or raw.form not in ("word", "digits"):
        return None
    counted = beside.before > 0 and found.tokens[beside.before - 1].kind == "number"
    if counted or (raw.form == "digits" and is_noun(found, raw.last)):
        return None
    unit = unit_at(found, beside.before) if beside.before >= 0 else None
    return (unit[0], raw.last) if unit and unit[1] == raw.first else None


def _short_chinese_year(beside: Beside, after: int) -> Number | None:
    found, raw = beside.found, beside.raw
    token = found.tokens[raw.first]
    if found.language != "zh" or found.tokens[after - 1].folded != "年" or raw.value == "100":
        return None
    if raw.form == "digits" and len(token.text) == 2 and raw.value.isdigit():
        short = int(western(token.text))
        return beside.make("year", 0.85, value=str(short + (1900 if short > 40 else 2000)))
    return None


def _age(beside: Beside) -> Number | None:
    found, after = beside.found, beside.after
    if beside.raw.form == "ordinal":
        return None
    hyphen = after + 1 < len(found.tokens) and found.tokens[after].text in "-‑"
    if found.has(after, "age") or (hyphen and found.has(after + 1, "age")):
        return beside.make("age", 0.85)
    if found.language == "tr" and found.has(after, "aged") and not is_noun(found, after + 1):
        return beside.make("age", 0.8)
    return None


def _floor_or_room(beside: Beside) -> Number | None:
    found = beside.found
    if beside.is_shelf:
        return None
    glued = beside.after_ending("floor")
    if found.has(glued, "floor") and glued - beside.after <= 2:
        return beside.make("floor", 0.93)
    if found.language == "zh" and beside.said_after("room"):
        return beside.make("room", 0.93)
    for name in ("room", "floor"):
        if beside.said_before(name):
            return beside.make(name, 0.93)
    for name in ("room", "floor"):
        if beside.said_after(name):
            return beside.make(name, 0.93)
    return None


def _ordinal(beside: Beside) -> Number | None:
    if beside.raw.form != "ordinal":
        return None
    if beside.raw.value == "1":
        return beside.make("ordinal", 0.6) if beside.is_ordered else _nothing(beside)
    if short := beside.year_of_season():
        return beside.make("year", 0.8, value=short)
    return beside.make("ordinal", 0.6)


def _percent(beside: Beside) -> Number | None:
    found, raw, after = beside.found, beside.raw, beside.after
    signed = raw.first and found.tokens[raw.first - 1].text in "%٪％"
    if signed or (found.has(beside.before, "percent") and raw.first - beside.before <= 2):
        return beside.make("percent", 0.95)
    said = after < len(found.tokens) and found.tokens[after].text in "%٪％"
    return beside.make("percent", 0.97) if said or found.has(after, "percent") else None


def _size(beside: Beside) -> Number | None:
    found, raw, after = beside.found, beside.raw, beside.after
    tokens = found.tokens
    if beside.said_after("size") and raw.form == "digits":
        return beside.make("size", 0.8)
    unit = beside.unit or _unit_before(beside)
    if unit and sure_unit(found, raw.form, (unit[0], unit[1])):
        return beside.make("size", 0.93, unit[0])
    # 20 x 25 cm: the unit of the last number.
    times = after + 1 < len(tokens) and tokens[after].folded in _TIMES
    if times and tokens[after + 1].kind == "number":
        shared = unit_at(found, after + 2)
        if shared and shared[0] not in DURATIONS:
            return beside.make("size", 0.9, shared[0])
    return beside.make("size", 0.8) if beside.said_before("size") else None


def _cue(beside: Beside) -> Number | None:
    if beside.raw.form == "ordinal":
        return None
    kind = by_cue(beside)
    if kind == "telephone":
        digits = western(re.sub(r"[^\d+]", "", beside.evidence.words))
        return beside.make(kind, 0.7, value=digits)
    return beside.make(kind, 0.75) if kind else None


def _year(beside: Beside) -> Number | None:
    found, raw = beside.found, beside.raw
    whole = raw.value.isdigit() and len(raw.value) == 4 and int(raw.value) in YEARS
    if whole and raw.form == "digits" and len(found.tokens[raw.last - 1].text) == 4:
        return beside.make("year", 0.95)
    spelt = whole and raw.form == "word" and int(raw.value) in range(1900, 2000)
    if spelt and not is_noun(found, beside.after):
        return beside.make("year", 0.8)  # neunzehnhundertachtzig
    short = beside.year_of_season()
    to = f"19{raw.to}" if raw.to else ""
    return beside.make("year", 0.8, value=short, to=to) if short else None


def _code(beside: Beside) -> Number | None:
    raw = beside.raw
    long = len(raw.value) >= 7 or (raw.value.startswith("0") and len(raw.value) > 1)
    if raw.form == "digits" and long and "." not in raw.value:
        return beside.make("model", 0.6)
    return None


def _bare(beside: Beside) -> Number:
    """Return a number that nothing explains: a count if a noun follows."""
    found, raw, after = beside.found, beside.raw, beside.after
    if not raw.value.startswith("-") and is_noun(found, after):
        return beside.make("count", 0.8)
    if raw.form == "digits" and "." in raw.value:
        written = beside.evidence.words
        pays = any("sold" in found.classes[i] for i in found.near(raw.first))
        if pays or re.search(r"[.,]\d\d$", written):
            return beside.make("price", 0.7)
    if raw.form == "word":
        return beside.make("count", 0.55)
    counted = after < len(found.tokens) and found.tokens[after].kind == "word"
    named = beside.before >= 0 and found.tokens[beside.before].is_capital and beside.before > 0
    if counted and not named and not raw.value.startswith("-"):
        return beside.make("count", 0.6)
    return beside.make("other", 0.2)


_RULES = (
    _year_span, _era_year, _own_unit, _every, _time, _age, _floor_or_room, _ordinal, _percent, _size, _cue,
    _year, _code, _bare,
)  # fmt: skip
