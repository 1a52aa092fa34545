"""Currencies beside a number: signs, codes, nouns and what people abbreviate. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tips.reading import entries
from tips.reading import text as texts
from tips.reading.analysis import Analysis
from tips.reading.figures import Raw, plain

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


# What people call a currency where libraries say it in full or otherwise: by the word, or by its stem.
_NOUNS = {
    "quid": "GBP", "bucks": "USD CAD AUD", "avro": "EUR", "yuro": "EUR", "بر": "ETB", "بير": "ETB", "birr": "ETB",
    "birri": "ETB", "piastres": "EGP", "zloty": "PLN", "zlote": "PLN", "dirham": "MAD AED", "mark": "BAM DEM",
    "marks": "BAM DEM", "marka": "BAM DEM", "marki": "BAM DEM", "marek": "BAM DEM", "ماركا": "BAM DEM", "مارك": "BAM DEM",
    "marchi": "BAM DEM", "marcos": "BAM DEM", "марок": "BAM DEM", "马克": "BAM DEM", "比尔": "ETB", "谢克尔": "ILS",
    "新谢克尔": "ILS", "sek": "SEK", "lire": "ITL GBP TRY LBP", "令吉": "MYR", "林吉特": "MYR", "迪拉姆": "AED MAD", "crowns": "SEK NOK DKK ISK CZK", "kronor": "SEK NOK DKK ISK CZK", "κορωνες": "SEK NOK DKK ISK CZK", "κορωνα": "SEK NOK DKK ISK CZK", "μαρκα": "BAM DEM",
}  # fmt: skip
_STEMS = {
    "shekel": "ILS", "sheqel": "ILS", "schekel": "ILS", "sequel": "ILS", "shequel": "ILS", "szekel": "ILS",
    "sekel": "ILS", "шекел": "ILS", "شيكل": "ILS", "شيقل": "ILS", "شواكل": "ILS", "σεκελ": "ILS", "сикл": "ILS",
    "peseta": "ESP", "песет": "ESP", "pesety": "ESP", "drachm": "GRD", "drachme": "GRD", "драхм": "GRD",
    "δραχμ": "GRD", "escudo": "PTE CVE", "эскудо": "PTE CVE", "avro": "EUR", "bakso": "USD", "баксов": "USD",
    "баксів": "USD", "гривн": "UAH", "гривен": "UAH", "tenge": "KZT", "тенге": "KZT", "manat": "AZN TMT",
    "манат": "AZN TMT", "бирр": "ETB", "birr": "ETB", "schilling": "ATS KES TZS UGX",
}  # fmt: skip
NOUNS: dict[str, tuple[str, ...]] = {
    texts.fold(word): tuple(codes.split()) for word, codes in _NOUNS.items()
}
STEMS: dict[str, tuple[str, ...]] = {stem: tuple(codes.split()) for stem, codes in _STEMS.items()}
_LONGEST_STEM = max(map(len, STEMS))


@dataclass(frozen=True)
class Price:
    """A price's unit and the currencies that it may be, with the token after it."""

    unit: str
    possible: tuple[str, ...]
    first: int
    last: int


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
    if found.has(index, "from") and len(sign.folded) <= 3 and not sign.text.isupper():
        return None
    if step > 0 and (named := _colloquial(found, index)):
        return named
    for length in (3, 2, 1) if step > 0 else (1,):
        part = tokens[index : index + length]
        if len(part) < length or any(t.kind != "word" for t in part):
            continue
        key = texts.join([t.folded for t in part])
        meanings = found.table.meanings(key)
        codes = [
            str(m.value)
            for m in meanings
            if m.kind in (entries.CURRENCY, entries.CURRENCY_NOUN)
            and m.language in ("", found.language)
            and (m.language or part[0].text.isupper())
        ]
        exact = [
            str(m.value)
            for m in meanings
            if m.kind == entries.CURRENCY and m.language in ("", found.language)
        ]
        if codes and "cfa" in key.split():
            return Price("", ("XAF", "XOF"), index, index + length)
        if codes:
            codes = list(dict.fromkeys(codes))
            countries = {
                str(m.value)
                for m in meanings
                if m.kind == entries.CURRENCY_NOUN and m.language == found.language
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
                    if m.kind in (entries.CURRENCY, entries.CURRENCY_NOUN) and m.language == found.language
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


def _colloquial(found: Analysis, index: int) -> Price | None:
    """Return the currency that people call in a way that no library lists."""
    word = found.tokens[index].folded
    if texts.is_unspaced(word[:1]):
        run = "".join(t.folded for t in found.tokens[index : index + 4])
        word = next((run[:size] for size in (4, 3, 2) if run[:size] in NOUNS), word)
    codes = NOUNS.get(word, ())
    for length in range(min(len(word), _LONGEST_STEM), 2, -1) if not codes else ():
        if codes := STEMS.get(word[:length], ()):
            break
    if not codes:
        return None
    last = index + (len(word) if texts.is_unspaced(word[:1]) else 1)
    return Price(codes[0] if len(codes) == 1 else "", codes, index, last)


def _borrowed(found: Analysis, index: int) -> Price | None:
    """Return the currency of a word that keeps its name in all languages: 450 tenge, 8 dolara."""
    if found.classes[index] - {"sold"}:
        return None
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
                if m.kind == entries.CURRENCY_NOUN and m.language == found.language
            }
            codes = codes or {
                str(m.value) for m in meanings if m.kind == entries.CURRENCY_NOUN and len(form) >= 4
            }
            if codes:
                return Price(
                    next(iter(codes)) if len(codes) == 1 else "",
                    tuple(sorted(codes)),
                    index,
                    index + 1,
                )
    return None


def price_beside(found: Analysis, raw: Raw, before: int, after: int) -> Price | None:
    """Return the price that a number is, by the currency after or before it."""
    price = currency_at(found, after, 1)
    if price:
        return price
    tokens = found.tokens
    if before >= 0 and (before == raw.first - 1 or tokens[before].text in SYMBOLS):
        price = currency_at(found, before, -1)
        word = tokens[before].kind == "word"
        sure = tokens[before].text.isupper() or tokens[before].folded in ABBREVIATIONS
        if price and not (word and not sure):
            return price
    if after + 1 >= len(tokens) or tokens[after].kind != "word" or found.has(after, "not"):
        return None
    # '300 norska kroner': an adjective stands between.
    meanings = found.table.meanings(tokens[after].folded)
    if any(m.kind == entries.DEMONYM for m in meanings):
        return currency_at(found, after + 1, 1)
    return None


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
            small = found.has(raw.last, "cents")
            alone = small or (
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
