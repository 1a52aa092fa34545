"""The names of currencies, languages, units, months and numbers, from libraries.

Runs only while the table is built (:mod:`tips.reading.table`).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache

from tips.reading import text
from tips.reading.entries import (
    ANY,
    CURRENCY,
    CURRENCY_NOUN,
    DEMONYM,
    LANGUAGE,
    LANGUAGES,
    MONTH,
    NUMBER,
    ORDINAL,
    UNIT,
    Collection,
)
from tips.reading.folding import key
from tips.reading.libraries import NOT_A_TERRITORY, locale_of, spelt_languages, territories

UNITS = {
    "cm": "length-centimeter", "mm": "length-millimeter", "m": "length-meter", "km": "length-kilometer",
    "in": "length-inch", "ft": "length-foot", "yd": "length-yard", "mi": "length-mile",
    "l": "volume-liter", "ml": "volume-milliliter", "cl": "volume-centiliter", "dl": "volume-deciliter",
    "kg": "mass-kilogram", "g": "mass-gram", "mg": "mass-milligram", "oz": "mass-ounce", "lb": "mass-pound",
    "floz": "volume-fluid-ounce", "gal": "volume-gallon", "m2": "area-square-meter",
    "W": "power-watt", "V": "electric-volt", "kW": "power-kilowatt", "Hz": "frequency-hertz", "C": "temperature-celsius",
    "year": "duration-year", "month": "duration-month", "week": "duration-week", "day": "duration-day",
    "hour": "duration-hour", "minute": "duration-minute",
}  # fmt: skip


def current_currencies() -> dict[str, frozenset[str]]:
    """Return the countries that pay with a currency today, by its ISO 4217 code."""
    from babel.core import get_global

    users: dict[str, set[str]] = defaultdict(set)
    for country, uses in get_global("territory_currencies").items():
        if len(country) != 2 or country in NOT_A_TERRITORY:
            continue
        for code, _, end, is_tender in uses:
            if is_tender and end is None:
                users[code].add(country)
    return {code: frozenset(countries) for code, countries in users.items()}


def add_currencies(found: Collection) -> None:
    """Add the names of currencies, their nouns ('pesos'), and the demonyms in them ('Mexican')."""
    from babel.numbers import get_currency_name

    current = current_currencies()
    for index, language, spelt in spelt_languages():
        locale = locale_of(spelt)
        names: dict[str, set[str]] = {}
        for code in locale.currencies:
            spellings = {locale.currencies[code]}
            for count in (1, 2, 5, 100, 1.5):
                spellings.add(get_currency_name(code, count=count, locale=spelt))
            names[code] = {
                re.sub(r"\s*[(（].*?[)）]", "", each).strip() for each in spellings if each != code
            } - {""}
        nouns = _nouns(names)
        users: dict[str, set[str]] = defaultdict(set)  # of each noun, whatever its number
        for code, spellings in names.items():
            for spelling in spellings:
                if code in current:
                    found.add(spelling, CURRENCY, index, code)
                words = key(spelling).split()
                if language in ("zh", "ja", "th", "ko"):
                    noun = _without_country(key(spelling), language)
                    if noun and code in current:
                        found.add(noun, CURRENCY_NOUN, index, code)
                    continue
                mine = [word for word in words if word in nouns]
                rest = " ".join(word for word in words if word not in nouns)
                if mine and code in current:
                    users[" ".join(mine)].add(code)
                if mine and rest and _is_demonym(rest, code[:2], language):
                    found.add(rest, DEMONYM, index, code[:2])
        for noun in users:
            alike = {
                o
                for o in users
                if o == noun
                or (o[:5] == noun[:5] and abs(len(o) - len(noun)) <= 3 and len(noun) >= 4)
            }
            for code in set().union(*(users[o] for o in alike)):
                found.add(noun, CURRENCY_NOUN, index, code)
    for code in current:
        found.add(code, CURRENCY, ANY, code)


def _without_country(name: str, language: str) -> str:
    """Return the name of a currency without that of its country, in a language without spaces."""
    countries = sorted(_folded_territories(language).values(), key=len, reverse=True)
    for country in countries:
        if name.startswith(country):
            return name[len(country) :].strip()
    return ""


def _nouns(names: dict[str, set[str]]) -> set[str]:
    """Return the nouns of currencies in one language: what stands where 'peso' and 'dollar' stand.

    A word that names currencies of several countries is a noun. It shows whether nouns come first
    or last in this language, and so which word of 'Polish zloty' is the noun.
    """
    users: dict[str, set[str]] = defaultdict(set)
    for code, spellings in names.items():
        for spelling in spellings:
            for word in key(spelling).split():
                users[word].add(code[:2])
    shared = {word for word, countries in users.items() if len(countries) >= 3}
    first = last = 0
    for spellings in names.values():
        for spelling in spellings:
            words = key(spelling).split()
            if len(words) > 1:
                first += words[0] in shared
                last += words[-1] in shared
    position = 0 if first > last else -1
    nouns = {word for word in shared if len(users[word]) >= 3}
    for spellings in names.values():
        for spelling in spellings:
            words = key(spelling).split()
            if 1 <= len(words) <= 2 and not shared.intersection(words):
                nouns.add(words[position])
    return nouns


@cache
def _folded_territories(language: str) -> dict[str, str]:
    return {code: key(name) for code, name in territories(language).items()}


def _is_demonym(word: str, country: str, language: str) -> bool:
    """Return whether a word resembles the name of the country: 'mexikanisch' and 'Mexiko'."""
    name = _folded_territories(language).get(country, "")
    if word == name or not name or len(word) < 4:
        return False
    return _resembles(word.removeprefix("ال"), name.removeprefix("ال"))


def _resembles(word: str, name: str) -> bool:
    from rapidfuzz import fuzz

    return word[:3] == name[:3] or (word[0] == name[0] and fuzz.ratio(word[:6], name[:6]) >= 50)


def add_languages(found: Collection) -> None:
    """Add the names of languages. In most languages they are the adjectives of the country, too."""
    for index, language in enumerate(LANGUAGES):
        for code, name in locale_of(language).languages.items():
            if len(code) != 2:
                continue
            found.add(name, LANGUAGE, index, code)
            country = home(code)
            if country and language not in (
                "zh",
                "ja",
                "ko",
                "th",
                "vi",
                "tr",
                "hu",
                "fi",
                "et",
                "id",
                "ms",
            ):
                found.add(name, DEMONYM, index, country)


@cache
def home(code: str) -> str:
    """Return the country that a language is named after: the likeliest of the CLDR."""
    from babel.core import get_global

    special = {
        "en": "GB",
        "ko": "KR",
        "pt": "PT",
        "es": "ES",
        "ar": "",
        "sw": "",
        "fa": "IR",
        "ms": "MY",
    }
    if code in special:
        return special[code]
    likely = get_global("likely_subtags").get(code, "").split("_")
    country = likely[-1] if len(likely) == 3 else ""
    # Hindi is no demonym of India: the name of the language resembles that of its country.
    english = territories("en").get(country, "")
    name = locale_of("en").languages.get(code, "")
    own = {"nl", "el", "de", "cy", "ja", "da", "ko"}
    return (
        country
        if code in own or (english and _resembles(text.fold(name), text.fold(english)))
        else ""
    )


@cache
def speakers(code: str) -> tuple[str, ...]:
    """Return the countries with a language as an official one, the most speakers first."""
    from babel.core import get_global

    populous = []
    for country, languages in get_global("territory_languages").items():
        details = languages.get(code)
        if details and details["official_status"] in ("official", "de_facto_official"):
            populous.append((details["population_percent"], country))
    return tuple(country for _, country in sorted(populous, reverse=True) if len(country) == 2)


def add_units_and_months(found: Collection) -> None:
    """Add the names of units and months in all their forms."""
    from babel.dates import get_month_names
    from babel.units import format_unit

    for index, _, spelt in spelt_languages():
        for unit, code in UNITS.items():
            for length in ("long", "short", "narrow"):
                for count in (1, 2, 5, 100, 1.5):
                    pattern = format_unit(count, code, length=length, locale=spelt)
                    name = re.sub(
                        r"[\d.,٫٬\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef]+",
                        "",
                        pattern,
                    ).strip(" .\u200f\u200e\xa0\u202f")
                    if name and (length != "narrow" or len(name) >= 2):
                        found.add(name, UNIT, index, unit)
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                months = get_month_names(width, context, locale=spelt)
                for number, name in months.items():
                    if len(key(name)) >= 3 and not name[:1].isdigit():
                        found.add(name.strip("."), MONTH, index, number)


def add_numbers(found: Collection) -> None:
    """Add number words: num2words turned round."""
    from num2words import num2words

    steps = [*range(0, 2101), *range(2200, 10_001, 100), *range(11_000, 100_001, 1000),
             *range(200_000, 1_000_001, 100_000), 2_000_000, 5_000_000, 10_000_000]  # fmt: skip
    for index, language in enumerate(LANGUAGES):
        speech = {"nb": "no"}.get(language, language)
        ordinals: Counter[str] = Counter()
        for number in steps:
            try:
                found.add(num2words(number, lang=speech), NUMBER, index, number)
            except (
                NotImplementedError,
                KeyError,
                ValueError,
                IndexError,
                OverflowError,
                TypeError,
            ):
                break
        for number in [*range(1, 101)]:
            try:
                name = num2words(number, lang=speech, to="ordinal")
            except Exception:  # a converter that has no ordinals says so in many ways
                break
            if re.search(r"\d", name):
                continue
            ordinals[key(name)] += 1
            if ordinals[key(name)] == 1:
                found.add(name, ORDINAL, index, number)
