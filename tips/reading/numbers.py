"""Numbers as values, whatever way they are written, with kind and unit; dates. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from tips.reading import sources
from tips.reading import text as texts
from tips.reading.account import Date, Evidence, Number
from tips.reading.analysis import Analysis

YEARS = range(1800, 2060)
SYMBOLS = {
    "€": "EUR", "蚊": "HKD", "₴": "UAH", "₽": "RUB", "₺": "TRY", "₸": "KZT", "₾": "GEL", "₼": "AZN", "֏": "AMD", "₩": "KRW",
    "₫": "VND", "₪": "ILS", "₹": "INR", "₱": "PHP", "฿": "THB", "₦": "NGN", "₵": "GHS", "₡": "CRC", "₲": "PYG",
    "₮": "MNT", "៛": "KHR", "₭": "LAK", "₨": "", "$": "", "£": "", "¥": "", "￥": "",
}  # fmt: skip
# Words that no library lists: what people write for a currency.
ABBREVIATIONS = {
    "kc": "CZK", "zl": "PLN", "ft": "HUF", "грн": "UAH", "руб": "RUB", "р": "RUB", "lei": "", "kr": "", "тг": "KZT",
    "лв": "BGN", "din": "", "tl": "TRY", "rs": "", "rm": "MYR", "kn": "HRK", "lv": "BGN", "eur": "EUR", "usd": "USD",
}  # fmt: skip
# What a sign or word that several countries use may mean.
_SHARED = {
    "$": "USD CAD AUD NZD SGD HKD TWD MXN ARS CLP COP BBD BSD JMD FJD NAD TTD BZD BND LRD GYD SRD",
    "£": "GBP EGP LBP SYP SSP GIP FKP", "¥": "JPY CNY", "￥": "JPY CNY", "₨": "INR PKR LKR NPR MUR SCR",
    "lei": "RON MDL", "kr": "SEK NOK DKK ISK", "din": "RSD", "rs": "INR PKR LKR NPR MUR SCR",
    "fr": "CHF", "镑": "GBP EGP", "块": "CNY TWD HKD", "元": "CNY TWD HKD USD", "som": "KGS UZS", "kč": "CZK",
}  # fmt: skip
SHARED: dict[str, tuple[str, ...]] = {s: tuple(c.split()) for s, c in _SHARED.items()}
UNITS = {
    "kilo": "kg", "kilos": "kg", "кило": "kg", "кіло": "kg", "κιλα": "kg", "κιλο": "kg", "كيلو": "kg", "公斤": "kg",
    "斤": "kg", "سل": "cl", "مل": "ml", "سم": "cm", "liter": "l", "升": "l", "米": "m", "厘米": "cm", "公分": "cm", "克": "g",
    "毫升": "ml", "χρονια": "year", "χρονο": "year", "χρονοσ": "year", '"': "in", "″": "in", "″ ": "in",
}  # fmt: skip
_HAN = {**dict(zip("〇零一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))}
_HAN_POWERS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "萬": 10_000, "亿": 100_000_000}
_DURATIONS = frozenset({"year", "month", "week", "day", "hour", "minute"})
_DATE = re.compile(
    r"(?<!\d)(?:(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2}))(?!\d)"
)


@dataclass(frozen=True)
class Raw:
    """A number before its kind is known: tokens ``first`` to ``last`` (exclusive)."""

    value: str
    first: int
    last: int
    to: str = ""
    form: str = "digits"  # digits, word, ordinal, decade, article


@dataclass(frozen=True)
class Price:
    """A price's unit and the currencies that it may be, with the token after it."""

    unit: str
    possible: tuple[str, ...]
    first: int
    last: int


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


_ROADS = frozenset("A B D E M N R S K L SS SP AP BR DK DW RN RD AS М А Р Е К Н Т".split())
_CODE = re.compile(
    r"(?<![A-Za-zА-я\d.-])([A-ZА-ЯІЇ]{1,4})([- ]?)([A-ZА-Я]?\d{1,6}[A-Za-z]?)(?![A-Za-zА-я\d]|\.\d)"
)


def codes(found: Analysis, taken: set[int]) -> list[Number]:
    """Return roads (A7, N-340) and article numbers (T-47, K300); their tokens are added to ``taken``."""
    numbers = []
    for match in _CODE.finditer(found.text):
        inside = [i for i, t in enumerate(found.tokens) if match.start() <= t.start < match.end()]
        if not inside or taken.intersection(inside):
            continue
        letters, gap, digits = match.groups()
        near = [i for i in found.near(inside[0]) if i not in inside]
        road = any("road" in found.classes[i] for i in near)
        model = any("model" in found.classes[i] for i in near)
        if gap == " " and not (letters in _ROADS and road):
            continue
        if found.has(inside[0], "room") or (
            any("airport" in found.classes[i] for i in near) and len(letters) == 3
        ):
            continue
        is_road = (
            letters in _ROADS
            and len(digits) <= 3
            and not model
            and (road or letters in ("E", "A", "N", "M", "М", "BR", "AP", "Е", "А", "B"))
        )
        kind = "road" if is_road else "model"
        taken.update(inside)
        numbers.append(
            Number(match.group(), kind, 0.85, Evidence(match.start(), match.end(), match.group()))
        )
    return numbers


def find(found: Analysis, taken: set[int]) -> list[Raw]:
    """Return the numbers of a text, in order.

    Args:
        taken: tokens that belong to links, telephones and dates.
    """
    numbers: list[Raw] = []
    index = 0
    tokens = found.tokens
    while index < len(tokens):
        raw = None
        if index not in taken:
            token = tokens[index]
            if token.kind == "number":
                raw = _digits(found, index, taken)
            elif token.kind == "word":
                raw = (
                    _han(found, index)
                    if token.folded in _HAN or token.folded in _HAN_POWERS
                    else None
                )
                raw = raw or _words(found, index, taken)
        if raw:
            if (
                raw.last < len(tokens)
                and raw.last not in taken
                and raw.value.isdigit()
                and raw.form in ("digits", "word")
            ):
                amount = found.grammar.amounts.get(tokens[raw.last].folded, 0)
                if amount >= 10 and tokens[raw.last - 1].folded not in found.grammar.amounts:
                    raw = replace(raw, value=str(int(raw.value) * amount), last=raw.last + 1)
            numbers.append(raw)
            index = raw.last
        else:
            index += 1
    return _ranges(found, numbers)


def _digits(found: Analysis, index: int, taken: set[int]) -> Raw:
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
    if last < len(tokens) and tokens[last].folded in _HAN_POWERS:
        value = plain(str(Decimal(value) * _HAN_POWERS[tokens[last].folded]))
        last += 1
    elif last < len(tokens) and found.language != "zh":
        meanings = [
            m
            for m in found.table.meanings(tokens[last].folded)
            if m.kind == sources.NUMBER
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


def _han(found: Analysis, index: int) -> Raw | None:
    if found.has(index, "percent"):
        return None
    last = index
    total = section = digit = 0
    digits = ""
    powers = False
    while last < len(found.tokens) and (
        found.tokens[last].folded in _HAN or found.tokens[last].folded in _HAN_POWERS
    ):
        char = found.tokens[last].folded
        if char in _HAN:
            digit = _HAN[char]
            digits += str(digit)
        else:
            powers = True
            power = _HAN_POWERS[char]
            if power >= 10_000:
                total += (section + digit or 1) * power
                section = digit = 0
            else:
                section += (digit or 1) * power
                digit = 0
        last += 1
    if not powers and len(digits) > 1:
        return Raw(str(int(digits)), index, last, form="word")
    value = total + section + digit
    if value == 1 and not powers:
        return None
    ordinal = index and found.tokens[index - 1].folded == "第"
    return Raw(str(value), index, last, form="ordinal" if ordinal else "word")


def _words(found: Analysis, index: int, taken: set[int]) -> Raw | None:
    """Return the longest number that the words at an index spell."""
    tokens, language = found.tokens, found.language
    word = tokens[index].folded
    plural = word.endswith("s") and language in ("en", "es", "pt", "fr")
    if found.grammar.amounts.get(word) and not plural:
        return Raw(str(found.grammar.amounts[word]), index, index + 1, form="word")
    if decade := _decade_word(found, index):
        return decade
    if found.has(index, "percent"):
        return None
    if found.has(index, "half"):
        for after in (index + 1, index + 2):
            if unit_at(found, after) or currency_at(found, after, 1):
                return Raw("0.5", index, after, form="word")
            if after >= len(tokens) or not found.is_function_word(after):
                break
    longest = _spelt(found, index, taken)
    parts: list[str] = []
    last = index
    while last < len(tokens) and last - index < 9:
        token = tokens[last]
        if last in taken or (token.kind != "word" and token.text not in "-'’ʼ"):
            break
        last += 1
        if token.kind != "word":
            continue
        parts.append(token.folded)
        for meaning in found.table.meanings(" ".join(parts)):
            if meaning.language == language and meaning.kind in (sources.NUMBER, sources.ORDINAL):
                form = "word" if meaning.kind == sources.NUMBER else "ordinal"
                if longest and longest.last == last and longest.form == "word":
                    continue
                longest = Raw(str(meaning.value), index, last, form=form)
    if longest is None:
        longest = _inflected_ordinal(found, index)
    if longest and longest.form == "ordinal" and found.has(index, "room"):
        return None
    if longest and longest.value == "1" and longest.form == "word":
        return None
    if (
        longest
        and longest.form == "word"
        and longest.last == index + 1
        and _is_common_homonym(found, index)
    ):
        return None
    if longest and found.has(longest.last - 1, "nor"):
        return None
    return longest


def _spelt(found: Analysis, index: int, taken: set[int]) -> Raw | None:
    """Return the number that words of the grammar's own list spell, added up: είκοσι πέντε."""
    rules = found.grammar
    if not rules.numbers and not rules.ordinals:
        return None
    word = found.tokens[index].folded
    if word in rules.ordinals:
        return Raw(str(rules.ordinals[word]), index, index + 1, form="ordinal")
    total, last, smallest = 0, index, 10**9
    while last < len(found.tokens) and last not in taken:
        value = rules.numbers.get(found.tokens[last].folded)
        if value is None or value >= smallest or len(str(value)) >= len(str(smallest)):
            # Ukrainian п'ять: the apostrophe divides the word.
            joined = " ".join(t.folded for t in found.tokens[last : last + 3] if t.kind == "word")
            if (
                last == index
                and joined in rules.numbers
                and found.tokens[last + 1 : last + 2]
                and found.tokens[last + 1].text in "'’ʼ"
            ):
                return Raw(str(rules.numbers[joined]), index, last + 3, form="word")
            break
        total, smallest, last = total + value, value, last + 1
    return Raw(str(total), index, last, form="word") if total else None


def _inflected_ordinal(found: Analysis, index: int) -> Raw | None:
    word = found.tokens[index].folded
    for ending, instead in found.grammar.adjective:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            for meaning in found.table.meanings(word[: len(word) - len(ending)] + instead):
                if (
                    meaning.kind == sources.ORDINAL
                    and meaning.language == found.language
                    and int(meaning.value) > 1
                ):
                    return Raw(str(meaning.value), index, index + 1, form="ordinal")
    return None


def _is_common_homonym(found: Analysis, index: int) -> bool:
    """Return whether a number word is far more often another word, such as Arabic or Polish 'sto'."""
    return len(found.tokens[index].folded) <= 1


def _decade_word(found: Analysis, index: int) -> Raw | None:
    """Return 'nineties', 'Achtzigern' or 'ثمانينات' as a decade."""
    word = found.tokens[index].folded
    for suffix in (*found.grammar.decade_suffix, *(("ies",) if found.language == "en" else ())):
        if not word.endswith(suffix) or len(word) - len(suffix) < 3:
            continue
        stem = word.removesuffix(suffix).removeprefix("ال")
        for candidate in (
            stem,
            stem + "y",
            stem + "ie",
            stem + "ي",
            stem + "ون",
            stem.removesuffix("ين") + "ون",
            stem + "ن",
            stem.removesuffix("o"),
        ):
            for meaning in found.table.meanings(candidate):
                if (
                    meaning.kind == sources.NUMBER
                    and meaning.language == found.language
                    and int(meaning.value) in range(20, 100, 10)
                ):
                    return Raw(str(meaning.value), index, index + 1, form="decade")
    return None


def _ranges(found: Analysis, numbers: list[Raw]) -> list[Raw]:
    joined: list[Raw] = []
    for raw in numbers:
        before = joined[-1] if joined else None
        if (
            before
            and not before.to
            and before.form == raw.form == before.form
            and raw.form in ("digits", "word")
        ):
            between = found.tokens[before.last : raw.first]
            words = [t for t in between if t.text not in "°"]
            opened = before.first and any(found.has(before.first - b, "between") for b in (1, 2))
            dash = len(words) == 1 and words[0].text in "-–—−~〜"
            # Only 'two or three' is a range of words; '5 or 10' may be two prices, but is one here.
            word = (
                len(words) == 1
                and found.has(before.last, "range")
                and words[0].folded
                not in (
                    "and",
                    "und",
                    "et",
                    "y",
                    "e",
                    "en",
                    "i",
                    "і",
                    "и",
                    "και",
                    "och",
                    "si",
                    "и",
                    "و",
                )
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


def currency_at(found: Analysis, index: int, step: int) -> Price | None:
    """Return the currency that tokens after (``step`` 1) or before (-1) an index name."""
    tokens = found.tokens
    if not 0 <= index < len(tokens):
        return None
    sign = tokens[index]
    if sign.text in SYMBOLS:
        code = SYMBOLS[sign.text]
        if not code and not (
            sign.text == "$"
            and index
            and tokens[index - 1].end == sign.start
            and tokens[index - 1].kind == "word"
        ):
            return Price("", SHARED.get(sign.text, ()), index, index + 1)
        dollar = tokens[index - 1].folded if index else ""
        if (
            sign.text == "$"
            and dollar in ("us", "a", "c", "nz", "hk", "s", "r")
            and tokens[index - 1].end == sign.start
        ):
            code = {
                "us": "USD",
                "a": "AUD",
                "c": "CAD",
                "nz": "NZD",
                "hk": "HKD",
                "s": "SGD",
                "r": "BRL",
            }[dollar]
        return Price(code, (code,) if code else (), index, index + 1)
    if sign.kind != "word":
        return None
    for length in (3, 2, 1) if step > 0 else (1,):
        part = tokens[index : index + length]
        if len(part) < length or any(t.kind != "word" for t in part):
            continue
        key = texts.join([t.folded for t in part])
        meanings = found.table.meanings(key)
        codes = [
            str(m.value)
            for m in meanings
            if m.kind in (sources.CURRENCY, sources.CURRENCY_NOUN)
            and m.language in ("", found.language)
            and (m.language or part[0].text.isupper())
        ]
        exact = [
            str(m.value)
            for m in meanings
            if m.kind == sources.CURRENCY and m.language in ("", found.language)
        ]
        if codes:
            codes = list(dict.fromkeys(codes))
            countries = {
                str(m.value)
                for m in meanings
                if m.kind == sources.CURRENCY_NOUN and m.language == found.language
            }
            if len(countries) > 1:
                return Price("", tuple(sorted(countries)), index, index + length)
            return Price((exact or codes)[0], tuple(codes), index, index + length)
    if texts.is_unspaced(sign.folded[:1]):
        run = "".join(t.folded for t in tokens[index : index + 8])
        for key in reversed(found.table.prefixes(run)):
            codes = list(
                dict.fromkeys(
                    str(m.value) for m in found.table.meanings(key)
                    if m.kind in (sources.CURRENCY, sources.CURRENCY_NOUN) and m.language == found.language
                )
            )  # fmt: skip
            if codes:
                return Price(
                    codes[0] if len(codes) == 1 else "", tuple(codes), index, index + len(key)
                )
    if sign.folded in ABBREVIATIONS:
        code = ABBREVIATIONS[sign.folded]
        return Price(code, (code,) if code else SHARED.get(sign.folded, ()), index, index + 1)
    if sign.folded in SHARED and (step > 0 or sign.text.isupper()):
        return Price("", SHARED[sign.folded], index, index + 1)
    if step > 0 and found.language == "tr" and len(sign.folded) >= 4:
        return _borrowed(found, index)
    if (
        step > 0
        and len(sign.folded) >= 4
        and found.table.frequencies(sign.folded).get(found.language, 0.0) < 4.3
    ):
        return _borrowed(found, index)
    return None


def _borrowed(found: Analysis, index: int) -> Price | None:
    """Return the currency of a word that keeps its name in all languages: 450 tenge, 8 dolara."""
    word = found.tokens[index].folded
    lengths = (
        range(len(word), max(3, len(word) - 5), -1)
        if found.language == "tr"
        else (len(word), len(word) - 1, len(word) - 2)
    )
    for length in lengths:
        for form in (
            word[:length],
            *(
                (word[:length] + e for e in ("i", "si", "u", "su"))
                if found.language == "tr"
                else ()
            ),
        ):
            meanings = found.table.meanings(form)
            codes = {
                str(m.value)
                for m in meanings
                if m.kind == sources.CURRENCY_NOUN and m.language == found.language
            }
            codes = codes or {
                str(m.value) for m in meanings if m.kind == sources.CURRENCY_NOUN and len(form) >= 4
            }
            if codes:
                return Price(
                    next(iter(codes)) if len(codes) == 1 else "",
                    tuple(sorted(codes)),
                    index,
                    index + 1,
                )
    return None


def unit_at(found: Analysis, index: int) -> tuple[str, int] | None:
    """Return the unit that tokens at an index name, and the token after it."""
    tokens = found.tokens
    if index < len(tokens) and tokens[index].text in "°":
        return ("C", index + 1)
    if (
        index < len(tokens)
        and tokens[index].folded in UNITS
        and not texts.is_unspaced(tokens[index].folded)
    ) and (tokens[index].text not in '"' or not any(t.text in '"' for t in tokens[:index])):
        return (UNITS[tokens[index].folded], index + 1)
    if index < len(tokens) and found.language == "tr" and tokens[index].kind == "word":
        word = tokens[index].folded
        for length in range(len(word), 2, -1):
            if word[:length] in UNITS:
                return (UNITS[word[:length]], index + 1)
            for meaning in found.table.meanings(word[:length]):
                if (
                    meaning.kind == sources.UNIT
                    and meaning.language == "tr"
                    and (length == len(word) or length >= 3)
                ):
                    return (str(meaning.value), index + 1)
    for length in (3, 2, 1):
        part = tokens[index : index + length]
        if len(part) < length or not part or any(t.kind == "number" for t in part):
            continue
        if part[-1].kind == "sign" and part[-1].text not in '%"″':
            continue
        if texts.is_unspaced(part[0].folded[:1]):
            run = "".join(t.folded for t in tokens[index : index + 4])
            for key in reversed(found.table.prefixes(run)):
                for meaning in found.table.meanings(key):
                    if meaning.kind == sources.UNIT and meaning.language == found.language:
                        return (str(meaning.value), index + len(key))
            for size in (2, 1):
                if run[:size] in UNITS:
                    return (UNITS[run[:size]], index + size)
            return {"年": ("year", index + 1), "天": ("day", index + 1)}.get(part[0].folded)
        key = texts.join([t.folded for t in part if t.kind != "sign"])
        for meaning in found.table.meanings(key) if key else ():
            if meaning.kind == sources.UNIT and meaning.language in (found.language, "en"):
                if (
                    meaning.language == "en"
                    and found.language != "en"
                    and (meaning.value in _DURATIONS or meaning.value in ("in", "C", "V"))
                ):
                    continue
                if meaning.value == "C" and key == "c":
                    continue
                if meaning.value in ("in", "C") and len(key) <= 2 and not glued_inch(found, index):
                    continue
                if (
                    texts.key(found.text[part[0].start : part[-1].end])
                    in ("c", "v", "d", "h", "u", "a", "t", "j", "g")
                    and part[0].start != tokens[index - 1].end
                    and meaning.value != "g"
                ):
                    continue
                return (str(meaning.value), index + length)
    return None


def glued_inch(found: Analysis, index: int) -> bool:
    """Return whether 'in' is glued to its number or ends the clause, and so means inches."""
    tokens = found.tokens
    glued = index > 0 and tokens[index - 1].end == tokens[index].start
    return glued or index + 1 >= len(tokens) or tokens[index + 1].kind == "sign"


def months_at(found: Analysis, index: int) -> tuple[int, int] | None:
    """Return the month that a token names, and the token after it."""
    token = found.tokens[index] if 0 <= index < len(found.tokens) else None
    if token is None or token.kind != "word":
        return None
    for meaning in found.table.meanings(token.folded):
        if meaning.kind == sources.MONTH and meaning.language == found.language:
            after = index + 1
            return int(meaning.value), after + (
                after < len(found.tokens)
                and found.tokens[after].text == "."
                and after + 1 < len(found.tokens)
                and found.tokens[after + 1].kind == "number"
            )
    return None


def dates(found: Analysis, taken: set[int]) -> tuple[list[Date], list[Raw]]:
    """Return the dates of a text; their tokens are added to ``taken``. Years alone are numbers."""
    dates: list[Date] = []
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
            dates.append(
                Date(
                    f"{year:04}-{month:02}-{day:02}",
                    0.9,
                    Evidence(match.start(), match.end(), match.group()),
                )
            )
    index = 0
    while index < len(tokens):
        named = months_at(found, index)
        if named is None or index in taken:
            han = _han_date(found, index) if tokens[index].folded == "月" else None
            if han:
                first, last, value = han
                taken.update(range(first, last))
                dates.append(Date(value, 0.9, found.evidence(first, last)))
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
        dates.append(Date(value, 0.92 if day or year else 0.85, found.evidence(first, last)))
        index = last
    return dates, []


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
    while before >= 0 and tokens[before].folded in (*_HAN, "十"):
        before -= 1
    if before < index - 1:
        raw = _han(found, before + 1)
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


def classify(
    found: Analysis, raws: Iterable[Raw], local: dict[int, frozenset[str]]
) -> tuple[list[Number], list[tuple[Price, Raw]]]:
    """Return each number with its kind and unit, and the prices.

    Args:
        local: the currencies of the countries that each clause speaks for, and under -1 those
            of the whole text; they decide which dinars are meant.
    """
    numbers: list[Number] = []
    prices: list[tuple[Price, Raw]] = []
    for raw in raws:
        number, price = _classify(found, raw, local)
        if number:
            numbers.append(number)
        if price:
            prices.append((price, raw))
    return numbers, prices


def with_cents(found: Analysis, raws: list[Raw]) -> list[Raw]:
    """Join a price and its small change: '6 pounds 50', 'tre sterline e venti'."""
    joined: list[Raw] = []
    for raw in raws:
        before = joined[-1] if joined else None
        if (
            before
            and not before.to
            and before.value.isdigit()
            and raw.value.isdigit()
            and 1 <= int(raw.value) <= 99
        ):
            price = currency_at(found, before.last, 1)
            between = found.tokens[price.last : raw.first] if price else []
            alone = (
                raw.last >= len(found.tokens)
                or found.tokens[raw.last].kind == "sign"
                or len(between) == 0
            )
            if (
                price
                and len(between) <= 1
                and all(t.kind == "word" and len(t.folded) <= 3 for t in between)
                and alone
                and raw.first >= price.last
            ):
                joined[-1] = replace(before, value=plain(f"{before.value}.{int(raw.value):02}"))
                continue
        joined.append(raw)
    return joined


def _classify(
    found: Analysis, raw: Raw, local: dict[int, frozenset[str]]
) -> tuple[Number | None, Price | None]:
    tokens = found.tokens
    evidence = found.evidence(raw.first, raw.last)

    def make(
        kind: str, score: float, unit: str = "", value: str = raw.value, to: str = raw.to
    ) -> Number:
        return Number(value, kind, score, evidence, unit, to)

    before, after = raw.first - 1, raw.last
    if found.language == "ro" and after + 1 < len(tokens) and tokens[after].folded == "de":
        after += 1  # 1500 de șilingi
    while (
        before >= 0
        and tokens[before].text in ".:°#)("
        and found.sentence[before] == found.sentence[raw.first]
    ):
        before -= 1
    near_before = [
        i for i in (before, before - 1) if i >= 0 and found.sentence[i] == found.sentence[raw.first]
    ]
    decade = _decade(found, raw)
    if decade:
        return make("year", 0.93, value=str(decade), to=str(decade + 9)), None
    if raw.form != "ordinal":
        price = currency_at(found, after, 1)
        if (
            price is None
            and before >= 0
            and (before == raw.first - 1 or tokens[before].text in SYMBOLS)
        ):
            price = currency_at(found, before, -1)
            if (
                price
                and tokens[before].kind == "word"
                and not (tokens[before].text.isupper() or tokens[before].folded in ABBREVIATIONS)
            ):
                price = None
        if (
            price is None
            and after + 1 < len(tokens)
            and found.has(after, "not") is False
            and tokens[after].kind == "word"
        ):
            # '300 norska kroner': an adjective stands between.
            later = currency_at(found, after + 1, 1)
            adjective = any(
                m.kind == sources.DEMONYM for m in found.table.meanings(tokens[after].folded)
            )
            if later and adjective:
                price = later
        if price:
            currency = price.unit
            if not currency:
                own = local.get(found.clause[raw.first], frozenset())
                fitting = sorted(set(price.possible) & own)
                if len(fitting) != 1:
                    fitting = sorted(set(price.possible) & local.get(-1, frozenset()))
                currency = fitting[0] if len(fitting) == 1 else ""
            return make("price", 0.95, currency), replace(price, unit=currency)
    counter = after < len(tokens) and tokens[after].folded in ("个", "個")
    unit = unit_at(found, after + 1 if counter else after)
    if unit is None and after < len(tokens) and tokens[after].text == "-":
        unit = unit_at(found, after + 1)
    around = [*near_before, after, after + 1]
    if unit and unit[0] in _DURATIONS:
        is_year = unit[0] == "year"
        if (
            found.language == "zh"
            and is_year
            and raw.form == "digits"
            and len(found.tokens[raw.first].text) == 2
            and tokens[unit[1] - 1].folded == "年"
        ):
            short = int(western(found.tokens[raw.first].text))
            return make("year", 0.85, value=str(short + (1900 if short > 40 else 2000))), None
        kin = before
        if before > 0 and (
            tokens[before].text == "," or tokens[before].folded in ("de", "di", "din")
        ):
            kin = before - 1
        if is_year and (
            found.has(before, "aged") or found.has(kin, "kin") or found.has(kin, "person")
        ):
            return make("age", 0.8), None
        if is_year and any(found.has(i, "age") for i in (*around, unit[1], unit[1] + 1)):
            return make("age", 0.9), None
        if is_year and raw.form == "digits" and len(raw.value) == 4 and int(raw.value) in YEARS:
            return make("year", 0.95), None
        if raw.form == "ordinal":
            return None, None
        return make("duration", 0.93, unit[0]), None
    hyphen = after + 1 < len(tokens) and tokens[after].text in "-‑"
    if (
        found.has(after, "age") or (hyphen and found.has(after + 1, "age"))
    ) and raw.form != "ordinal":
        return make("age", 0.85), None
    glued = after
    while (
        glued < len(tokens)
        and raw.form == "digits"
        and (
            tokens[glued].text in ".ºª°-"
            or (
                tokens[glued].kind == "word"
                and tokens[glued].start == tokens[glued - 1].end
                and len(tokens[glued].text) <= 3
                and not found.has(glued, "floor")
            )
        )
    ):
        glued += 1
    if found.has(glued, "floor") and glued - after <= 2:
        return make("floor", 0.93), None
    for name in ("room", "floor"):
        if any(found.has(i, name) for i in near_before):
            return make(name, 0.93), None
    for name in ("room", "floor"):
        if found.has(after, name):
            return make(name, 0.93), None
    if (
        found.language == "zh"
        and raw.last < len(tokens)
        and tokens[raw.last].folded in ("楼", "层")
    ):
        return make("floor", 0.9), None
    if raw.form == "ordinal":
        return (make("ordinal", 0.6), None) if raw.value != "1" else (None, None)
    signed = raw.first and tokens[raw.first - 1].text in "%٪％"
    if signed or any(found.has(i, "percent") for i in near_before[:1]):
        return make("percent", 0.95), None
    if after < len(tokens) and (tokens[after].text in "%٪％" or found.has(after, "percent")):
        return make("percent", 0.97), None
    if unit and (
        raw.form == "digits"
        or len(tokens[unit[1] - 1].folded) > 2
        or tokens[unit[1] - 1].folded
        in ("cm", "mm", "kg", "ml", "km", "cl", "dl", "см", "мм", "кг")
        or texts.is_unspaced(tokens[unit[1] - 1].folded[:1])
    ):
        return make("size", 0.93, unit[0]), None
    # 20 x 25 cm: the unit of the last number.
    if (
        after + 1 < len(tokens)
        and tokens[after].folded
        in ("x", "х", "×", "на", "by", "par", "por", "per", "auf", "bei", "op")
        and tokens[after + 1].kind == "number"
    ):
        shared = unit_at(found, after + 2)
        if shared and shared[0] not in _DURATIONS:
            return make("size", 0.9, shared[0]), None
    if any(found.has(i, "size") for i in near_before):
        return make("size", 0.8), None
    kind = _kind_by_cue(found, raw, before, after) if raw.form == "digits" else ""
    if kind == "telephone":
        return make(kind, 0.7, value=western(re.sub(r"[^\d+]", "", evidence.words))), None
    if kind:
        return make(kind, 0.75), None
    if raw.form == "digits" and any(found.has(i, "model") for i in near_before):
        return make("model", 0.85), None
    if (
        raw.form == "digits"
        and len(raw.value) == 4
        and raw.value.isdigit()
        and int(raw.value) in YEARS
        and len(tokens[raw.last - 1].text) == 4
    ):
        return make("year", 0.95), None
    if (
        any(found.has(i, "phone") for i in near_before)
        and raw.form == "digits"
        and len(raw.value) >= 2
    ):
        return make("telephone", 0.7, value=western(re.sub(r"[^\d+]", "", evidence.words))), None
    if any(found.has(i, "gate") for i in (*near_before, after)):
        return make("other", 0.7), None
    if raw.form == "digits" and (
        (raw.value.startswith("0") and len(raw.value) > 1 and "." not in raw.value)
        or len(raw.value) >= 7
    ):
        return make("model", 0.6), None
    if raw.value.startswith("-") or not _is_followed_by_noun(found, after):
        pays = any("sold" in found.classes[i] for i in found.near(raw.first))
        written = found.text[tokens[raw.first].start : tokens[raw.last - 1].end]
        if raw.form == "digits" and (
            (pays and "." in raw.value) or (re.search(r"[.,]\d\d$", written) and "." in raw.value)
        ):
            return make("price", 0.7), None
        return (make("count", 0.55), None) if raw.form == "word" else (make("other", 0.2), None)
    return make("count", 0.8), None


def _kind_by_cue(found: Analysis, raw: Raw, before: int, after: int) -> str:
    """Return the kind of bare digits that a word nearby tells: a street, a telephone, an age."""
    tokens = found.tokens
    sentence = found.sentence[raw.first]
    if found.language == "zh" and after < len(tokens) and tokens[after].folded == "号":
        return "address" if any(found.has(i, "street") for i in (before, before - 1)) else "other"
    streets = [
        i
        for i in range(max(0, raw.first - 5), raw.first)
        if found.has(i, "street") and found.sentence[i] == sentence
    ]
    if (
        streets
        and raw.value.isdigit()
        and (
            before < 0
            or tokens[before].text == ","
            or tokens[before].is_capital
            or found.has(before, "model")
            or before in streets
            or tokens[before].text.lower() == tokens[before].text.upper()
        )
    ):
        return "address"
    if (
        raw.value.isdigit()
        and found.language in ("fr", "en", "tr")
        and any(
            found.has(i, "street") and found.sentence[i] == sentence
            for i in range(after, min(after + 3, len(tokens)))
        )
    ):
        return (
            "address"
            if found.has(after, "street")
            or (found.language == "en" and after < len(tokens) and tokens[after].is_capital)
            else ""
        )
    phones = [i for i in range(max(0, raw.first - 5), raw.first) if found.has(i, "phone")]
    if (
        phones
        and 2 <= len(raw.value) <= 4
        and raw.value.isdigit()
        and (after >= len(tokens) or tokens[after].kind == "sign" or found.is_function_word(after))
    ):
        return "telephone"
    kin = raw.first - 2
    if (
        kin >= 0
        and tokens[kin + 1].text == ","
        and (found.has(kin, "kin") or found.has(kin, "person"))
    ):
        return "age"
    return ""


def _is_followed_by_noun(found: Analysis, index: int) -> bool:
    return index < len(found.tokens) and found.tokens[index].kind == "word"


def _decade(found: Analysis, raw: Raw) -> int | None:
    """Return the first year of a decade that a number means, or None."""
    tokens = found.tokens
    try:
        value = int(Decimal(raw.value))
    except InvalidOperation:
        return None
    if value % 10 or raw.to or raw.value.startswith("-"):
        return None
    century = (
        value
        if value in YEARS
        else 1900 + value
        if 20 <= value <= 90
        else 2000
        if raw.value in ("0", "00")
        else None
    )
    if century is None:
        return None
    if raw.form == "decade":
        return century
    before = raw.first - 1
    while before >= 0 and tokens[before].text in "'’ʼ`":
        before -= 1
    bare = (
        raw.last >= len(tokens)
        or tokens[raw.last].kind == "sign"
        or found.is_function_word(raw.last)
    )
    if (
        raw.form == "digits"
        and len(raw.value) == 2
        and bare
        and before >= 0
        and tokens[before].folded in ("los", "os")
    ):
        return century  # en los 80
    for each in (before, before - 1, before - 2):
        if (
            found.has(each, "decade_before")
            and (each == before or found.is_function_word(each + 1))
            and (
                (raw.form == "digits" and len(raw.value) == 2)
                or raw.form in ("word", "ordinal")
                or (value in YEARS and found.language in ("pl", "ro", "it", "es", "fr", "pt", "nl"))
            )
        ):
            return century
    after = raw.last
    while after < len(tokens) and tokens[after].text in "'’-‑–.":
        after += 1
    if after < len(tokens) and after - raw.last <= 2:
        word = tokens[after].folded
        glued = tokens[after].start - tokens[raw.last - 1].end <= 1
        if word in found.grammar.decade_after and glued and raw.form == "digits":
            return century
        if (
            found.language == "zh"
            and word == "年"
            and after + 1 < len(tokens)
            and tokens[after + 1].folded == "代"
        ):
            return century
        if raw.form == "ordinal" and (
            found.has(after, "decade_before") or _is_plural_ordinal(found, raw)
        ):
            return century
    elif raw.form == "ordinal" and _is_plural_ordinal(found, raw):
        return century
    return None


def _is_plural_ordinal(found: Analysis, raw: Raw) -> bool:
    """Return whether 'восьмидесятые' is the plural that names a decade."""
    word = found.tokens[raw.last - 1].folded
    return found.language in ("ru", "uk", "pl") and word.endswith(
        ("ые", "ых", "ті", "тих", "те", "ые", "te", "tych")
    )
