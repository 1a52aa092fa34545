"""Months and days. Years alone are numbers. Pure."""

from __future__ import annotations

import re

from tips.reading import entries
from tips.reading.account import Date, Evidence
from tips.reading.analysis import Analysis
from tips.reading.figures import HAN, YEARS, western
from tips.reading.spelling import han, known_value

_DATE = re.compile(
    r"(?<!\d)(?:(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2}))(?!\d)"
)


_SHORT = re.compile(r"(?<![\d.,])(\d{1,2})\.(\d{1,2})\.(?!\d)(?=\s|$|\W)")
_DOTTED = frozenset("de pl cs sk ru uk bg da nb fi tr ro sv el hu".split())
# The CLDR has the months of Egypt; other countries have names of their own.
_LEVANTINE = {
    "شباط": 2, "اذار": 3, "نيسان": 4, "ايار": 5, "حزيران": 6, "تموز": 7, "اب": 8, "ايلول": 9,
    "جانفي": 1, "فيفري": 2, "افريل": 4, "ماي": 5, "جوان": 6, "جويليه": 7, "اوت": 8, "غشت": 8, "شتنبر": 9, "نونبر": 11, "دجنبر": 12,
}  # fmt: skip


def _short_dates(found: Analysis, taken: set[int]) -> list[Date]:
    """Return days and months in digits: 'am 3.5.' and 'дата 21.11.'."""
    dates = []
    for match in _SHORT.finditer(found.text) if found.language in _DOTTED else ():
        day, month = int(western(match[1])), int(western(match[2]))
        inside = [i for i, t in enumerate(found.tokens) if match.start() <= t.start < match.end(2)]
        if 1 <= day <= 31 and 1 <= month <= 12 and inside and not taken.intersection(inside):
            taken.update(inside)
            evidence = Evidence(
                match.start(), match.end(2), found.text[match.start() : match.end(2)]
            )
            dates.append(Date(f"--{month:02}-{day:02}", 0.85, evidence))
    return dates


def months_at(found: Analysis, index: int) -> tuple[int, int] | None:
    """Return the month that a token names, and the token after it."""
    token = found.tokens[index] if 0 <= index < len(found.tokens) else None
    if token is None or token.kind != "word":
        return None
    father = token.folded == "اب" and not token.text.startswith("آ")
    if found.language == "ar" and token.folded in _LEVANTINE and not father:
        return _LEVANTINE[token.folded], index + 1
    for meaning in found.table.meanings(token.folded):
        if (
            meaning.kind == entries.MONTH
            and meaning.language == found.language
            and not _is_number(found, index)
        ):
            after = index + 1
            return int(meaning.value), after + (
                after < len(found.tokens)
                and found.tokens[after].text == "."
                and after + 1 < len(found.tokens)
                and found.tokens[after + 1].kind == "number"
            )
    return None


def _is_number(found: Analysis, index: int) -> bool:
    """Return whether a short name of a month is a number here: Portuguese 'dez' is ten."""
    tokens = found.tokens
    word = tokens[index].folded
    if len(word) > 4 or not known_value(found, word):
        return False
    dated = index and (tokens[index - 1].kind == "number" or tokens[index - 1].text in "/-")
    dotted = index + 1 < len(tokens) and tokens[index + 1].text == "."
    return not dated and not (dotted and index + 2 < len(tokens))


def dates(found: Analysis, taken: set[int]) -> list[Date]:
    """Return the dates of a text; their tokens are added to ``taken``. Years alone are numbers."""
    found_dates: list[Date] = []
    tokens = found.tokens
    for match in _DATE.finditer(found.text):
        inside = [i for i, t in enumerate(tokens) if match.start() <= t.start < match.end()]
        if not inside or taken.intersection(inside):
            continue
        if match[1]:
            year, month, day = (int(western(match[i])) for i in (1, 2, 3))
        else:
            day, month, year = (int(western(match[i])) for i in (4, 5, 6))
            if month > 12 >= day and found.language == "en":
                day, month = month, day
            year += 2000 if year < 50 else 1900 if year < 100 else 0
        if 1 <= month <= 12 and 1 <= day <= 31 and year in YEARS:
            taken.update(inside)
            found_dates.append(
                Date(
                    f"{year:04}-{month:02}-{day:02}",
                    0.9,
                    Evidence(match.start(), match.end(), match.group()),
                )
            )
    found_dates += _short_dates(found, taken)
    index = 0
    while index < len(tokens):
        named = months_at(found, index)
        if named is None or index in taken:
            han = _han_date(found, index) if tokens[index].folded == "月" else None
            if han:
                first, last, value = han
                taken.update(range(first, last))
                found_dates.append(Date(value, 0.9, found.evidence(first, last)))
            index += 1
            continue
        month, last = named
        first = index
        day = year = 0
        before = first - 1
        while before >= 0 and (
            tokens[before].text == "."
            or tokens[before].folded
            in ("de", "of", "ta", "th", "st", "nd", "rd", "er", "of", "º", "den")
        ):
            before -= 1
        if (
            before >= 0
            and tokens[before].kind == "number"
            and len(tokens[before].text) <= 2
            and before not in taken
        ) and 1 <= int(western(tokens[before].text)) <= 31:
            day, first = int(western(tokens[before].text)), before
        after = last
        while after < len(tokens) and (
            tokens[after].text == ","
            or tokens[after].folded in ("de", "of", "del", "dell", "de", "do", "του", "anno")
        ):
            after += 1
        if after < len(tokens) and tokens[after].kind == "number":
            number = int(western(tokens[after].text))
            if number in YEARS and len(tokens[after].text) == 4:
                year, last = number, after + 1
            elif not day and 1 <= number <= 31 and found.language == "en":
                day, last = number, after + 1
                after = last
                while after < len(tokens) and (
                    tokens[after].text == "," or tokens[after].folded in ("th", "st", "nd", "rd")
                ):
                    after += 1
                if (
                    after < len(tokens)
                    and tokens[after].kind == "number"
                    and int(western(tokens[after].text)) in YEARS
                ):
                    year, last = int(western(tokens[after].text)), after + 1
        elif (
            not day
            and before >= 0
            and tokens[before].kind == "number"
            and int(western(tokens[before].text)) in YEARS
            and first == index
            and found.language in ("tr", "hu", "zh", "ja", "lt")
        ):
            year, first = int(western(tokens[before].text)), before
        if not (day or year) and _is_no_month(found, index):
            index += 1
            continue
        value = (f"{year:04}-" if year else "--") + f"{month:02}" + (f"-{day:02}" if day else "")
        taken.update(range(first, last))
        found_dates.append(Date(value, 0.92 if day or year else 0.85, found.evidence(first, last)))
        index = last
    return found_dates


def _is_no_month(found: Analysis, index: int) -> bool:
    """Return whether a month's name is more likely another word: may, mars, Ocak, März the name."""
    token = found.tokens[index]
    if found.language == "en":
        return (not token.is_capital and token.folded in ("may", "march")) or (
            token.folded in ("may", "mar", "march")
            and not found.has(index - 1, "from")
            and (
                index == 0
                or found.tokens[index - 1].folded
                not in ("last", "this", "since", "early", "late", "until")
            )
        )
    zipf = found.table.frequencies(token.folded).get(found.language, 0.0)
    return len(token.folded) <= 4 and zipf > 5.3 and not found.has(index - 1, "from")


def _han_date(found: Analysis, index: int) -> tuple[int, int, str] | None:
    tokens = found.tokens
    before = index - 1
    digits = ""
    while before >= 0 and tokens[before].folded in (*HAN, "十"):
        before -= 1
    if before < index - 1:
        raw = han(found, before + 1)
        digits, first = (raw.value if raw else "1"), before + 1
    elif before >= 0 and tokens[before].kind == "number":
        digits, first = western(tokens[before].text), before
    else:
        return None
    if (
        not digits.isdigit()
        or not 1 <= int(digits) <= 12
        or (first and tokens[first - 1].folded in ("个", "個"))
    ):
        return None
    value, last = f"{int(digits):02}", index + 1
    year = ""
    dated = first >= 2 and tokens[first - 1].folded == "年" and len(tokens[first - 2].text) == 4
    if dated and tokens[first - 2].kind == "number":
        year, first = western(tokens[first - 2].text), first - 2
    if (
        last + 1 < len(tokens)
        and tokens[last].kind == "number"
        and tokens[last + 1].folded in ("日", "号", "號")
    ):
        value += f"-{int(western(tokens[last].text)):02}"
        last += 2
    return first, last, (f"{year}-" if year else "--") + value
