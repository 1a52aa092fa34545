"""What a number is before its kind is known, and how its digits are read. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from tips.reading import entries
from tips.reading.analysis import Analysis

YEARS = range(1800, 2060)


HAN = {**dict(zip("〇零一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))}


HAN_POWERS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "萬": 10_000, "亿": 100_000_000}


# Short or foreign words for thousand and million behind digits.
THOUSANDS = {
    "тыс": 1000, "тис": 1000, "tys": 1000, "tsd": 1000, "tis": 1000, "nghin": 1000, "ngan": 1000, "ribu": 1000,
    "rb": 1000, "mln": 1_000_000, "млн": 1_000_000, "mio": 1_000_000, "trieu": 1_000_000, "juta": 1_000_000,
}  # fmt: skip


@dataclass(frozen=True)
class Raw:
    """A number before its kind is known: tokens ``first`` to ``last`` (exclusive)."""

    value: str
    first: int
    last: int
    to: str = ""
    form: str = "digits"  # digits, word, ordinal, decade, age
    unit: str = ""  # where the number's own word says it: полкило


def plain(value: str) -> str:
    """Return a number as a plain decimal: 12.50 as 12.5, ٣ as 3."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    if number == number.to_integral_value():
        return str(int(number))
    return format(number.normalize(), "f")


def western(value: str) -> str:
    """Return digits of any script as 0 to 9."""
    if value.isascii():
        return value
    return "".join(str(int(c)) if c.isdecimal() else c for c in value)


def _thousands(found: Analysis, word: str) -> int:
    """Return 1000 for 'тыс' and 'тысяч', and 0 for other words."""
    listed = found.grammar.numbers.get(word, 0)
    return THOUSANDS.get(word, listed if listed in (1000, 1_000_000) else 0)


def digits_at(found: Analysis, index: int, taken: set[int]) -> Raw:
    tokens = found.tokens
    value, last = western(tokens[index].text), index + 1
    groups = 0
    while last + 1 < len(tokens) and last not in taken:
        sign, after = tokens[last], tokens[last + 1]
        glued = sign.start == tokens[last - 1].end and after.start == sign.end
        if sign.text in ".,٫٬'’" and after.kind == "number" and glued:
            digits = western(after.text)
            thousands = (
                len(digits) == 3
                and (sign.text in "٬'’" or len(value.split(".")[-1]) <= 3)
                and value != "0"
            )
            if thousands and "." not in value and sign.text != "٫":
                value, groups = value + digits, groups + 1
            elif "." not in value:
                value = f"{value}.{digits}"
            else:
                break
            last += 2
            continue
        break
    while last < len(tokens) and last not in taken:
        # 4 500 and 1 299: groups of three after a space, only digits before.
        gap = found.text[tokens[last - 1].end : tokens[last].start]
        if (
            tokens[last].kind == "number" and len(tokens[last].text) == 3 and gap in (" ", "\xa0", "\u202f")
            and "." not in value and len(western(tokens[last - 1].text)) <= 3
            and (len(tokens[index].text) <= 3) and tokens[index].text[0] != "0"
        ):  # fmt: skip
            value += western(tokens[last].text)
            last += 1
            if (
                last + 1 < len(tokens)
                and tokens[last].text in ",."
                and tokens[last + 1].kind == "number"
                and tokens[last].end == tokens[last + 1].start
            ):
                value += "." + western(tokens[last + 1].text)
                last += 2
            continue
        break
    # 249,– and 20.-
    if (
        last + 1 < len(tokens)
        and tokens[last].text in ",."
        and tokens[last + 1].text in "–-—"
        and tokens[last].start == tokens[last - 1].end
    ):
        last += 2
    if last < len(tokens) and tokens[last].folded in HAN_POWERS:
        value = plain(str(Decimal(value) * HAN_POWERS[tokens[last].folded]))
        last += 1
    elif last < len(tokens) and (times := _thousands(found, tokens[last].folded)):
        value = plain(str(Decimal(value) * times))
        last += 1
        last += last + 1 < len(tokens) and tokens[last].text == "."
    elif last < len(tokens) and found.language != "zh":
        meanings = [
            m
            for m in found.table.meanings(tokens[last].folded)
            if m.kind == entries.NUMBER
            and m.language == found.language
            and int(m.value) in (1000, 1_000_000)
        ]
        if meanings:
            value = plain(str(Decimal(value) * int(meanings[0].value)))
            last += 1
    first = index
    if index and tokens[index - 1].text in "-−–" and tokens[index - 1].end == tokens[index].start:
        before = tokens[index - 2] if index > 1 else None
        if before is None or (before.end < tokens[index - 1].start and before.kind != "number"):
            value, first = f"-{value}", index - 1
    if first == index and found.has(index - 1, "minus"):
        value, first = f"-{value}", index - 1
    if value.startswith("0") and "." not in value and len(value) > 1:
        return Raw(value, first, last)
    return Raw(plain(value), first, last)
