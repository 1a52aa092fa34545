"""Places in a text: countries, demonyms, regions, cities and airports. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from tips.reading import sources
from tips.reading import text as texts
from tips.reading.analysis import Analysis
from tips.reading.table import Meaning

MAX_WORDS = 6
_CITY_KINDS = (sources.CITY, sources.ALTERNATE, sources.INFLECTED_CITY)
_ARABIC_PREFIXES = (
    "وبال",
    "وال",
    "بال",
    "كال",
    "فال",
    "لل",
    "ال",
    "وب",
    "ول",
    "و",
    "ب",
    "ل",
    "ف",
    "ك",
)
_NISBA = ("يين", "يون", "يات", "يه", "ية", "ي")
# Codes and words that name a country in most languages, though no table has them.
ALIASES = {
    "uk": "GB", "usa": "US", "us": "US", "uae": "AE", "great britain": "GB", "britain": "GB", "england": "GB",
    "scotland": "GB", "wales": "GB", "northern ireland": "GB", "holland": "NL", "america": "US",
    "czech republic": "CZ", "ivory coast": "CI", "burma": "MM", "drc": "CD", "ussr": "", "eu": "",
    "angleterre": "GB", "ecosse": "GB", "pays de galles": "GB", "hollande": "NL", "etats unis": "US",
    "inglaterra": "GB", "escocia": "GB", "holanda": "NL", "eeuu": "US", "ee uu": "US", "inghilterra": "GB",
    "scozia": "GB", "schottland": "GB", "engeland": "GB", "schotland": "GB", "amerika": "US", "anglia": "GB",
    "szkocja": "GB", "anglii": "GB", "szkocji": "GB", "holandia": "NL", "holandii": "NL", "ameryka": "US",
    "ameryce": "US", "англия": "GB", "англии": "GB", "шотландия": "GB", "шотландии": "GB", "голландия": "NL",
    "голландии": "NL", "сша": "US", "америке": "US", "америки": "US", "англія": "GB", "англії": "GB",
    "шотландія": "GB", "шотландії": "GB", "голландія": "NL", "голландії": "NL", "америці": "US",
    "ingiltere": "GB", "iskocya": "GB", "hollanda": "NL", "abd": "US", "anglia ": "GB", "scotia": "GB",
    "olanda": "NL", "skottland": "GB", "αγγλια": "GB", "αγγλιας": "GB", "σκωτια": "GB", "ολλανδια": "NL",
    "αμερικη": "US", "انجلترا": "GB", "بريطانيا": "GB", "امريكا": "US", "英格兰": "GB", "苏格兰": "GB",
    "英国": "GB", "美国": "US", "韩国": "KR", "朝鲜": "KP", "中国": "CN", "tschechei": "CZ", "gb": "GB", "ddr": "DE",
    "بورما": "MM", "turkey": "TR", "swaziland": "SZ", "macedonia": "MK", "east timor": "TL", "kore": "KR", "rda": "DE", "nrd": "DE", "vs": "US",
}  # fmt: skip
# Parts of a country that people name like countries; they count as places, too.
PARTS = {
    "england": "England", "angleterre": "England", "inglaterra": "England", "inghilterra": "England",
    "engeland": "England", "anglia": "England", "anglii": "England", "англия": "England", "англии": "England",
    "англія": "England", "англії": "England", "αγγλια": "England", "αγγλιας": "England", "انجلترا": "England",
    "英格兰": "England", "scotland": "Scotland", "ecosse": "Scotland", "escocia": "Scotland", "scozia": "Scotland",
    "schottland": "Scotland", "schotland": "Scotland", "szkocja": "Scotland", "szkocji": "Scotland",
    "шотландия": "Scotland", "шотландии": "Scotland", "шотландія": "Scotland", "шотландії": "Scotland",
    "iskocya": "Scotland", "scotia": "Scotland", "skottland": "Scotland", "σκωτια": "Scotland", "苏格兰": "Scotland",
    "wales": "Wales", "pays de galles": "Wales", "northern ireland": "Northern Ireland",
}  # fmt: skip
# Territories that are an island or a city.
ISLANDS = frozenset("HK MO RE GP MQ YT GF PR GU BM GI JE GG IM AW CW SX AX FO GL".split())
_UPPER_ONLY = frozenset(
    {"uk", "us", "usa", "uae", "drc", "eu", "gb", "abd", "ddr", "rda", "nrd", "eeuu", "vs"}
)


@dataclass(slots=True)
class Mention:
    """A place in the text: tokens ``first`` to ``last`` (exclusive).

    Attributes:
        kind: country, demonym, region, city or airport.
        place: index in the table, or 0.
        score: how certainly the words mean this place.
        options: what else the words may mean, as (index, score), best first.
    """

    kind: str
    country: str
    first: int
    last: int
    score: float
    place: int = 0
    options: list[tuple[int, float]] = field(default_factory=list)
    part: str = ""  # the name of an island or part that stands for a country


def find(found: Analysis, taken: set[int]) -> list[Mention]:
    """Return the places of a text in order; a longer name wins over the name inside it."""
    mentions: list[Mention] = []
    index = 0
    while index < len(found.tokens):
        mention = None
        token = found.tokens[index]
        if token.kind == "word" and index not in taken:
            mention = (
                _unspaced(found, index)
                if texts.is_unspaced(token.folded[:1])
                else _spaced(found, index, taken)
            )
        if mention:
            mentions.append(mention)
            index = mention.last
        else:
            index += 1
    return _supported(found, _narrow(found, [m for m in mentions if m.kind != "nothing"]))


def _supported(found: Analysis, mentions: list[Mention]) -> list[Mention]:
    """Leave out small towns that nothing else in the text speaks for.

    Most words are also the name of some village. A village is believed where the text names its
    country, or is in a language of its country, and where another place is named it must be there.
    """
    kept = []
    speakers = set(found.table.speakers.get(found.language, ()))
    for mention in mentions:
        if mention.kind == "city":
            population = found.table.place(mention.place).population
            others = {
                m.country for m in mentions
                if m is not mention and (m.kind != "city" or found.table.place(m.place).population > population)
            }  # fmt: skip
            first, tokens = mention.first, found.tokens
            introduced = (
                found.has(first - 1, "from")
                or found.has(first - 2, "from")
                or (first > 0 and tokens[first - 1].text in ",(:")
                or found.language in ("tr", "ar", "zh")
            )
            if (
                others
                and mention.country not in others
                and not introduced
                and population < 1_000_000
            ):
                continue
            if population < 100_000 and mention.country not in others:
                if others and population < 30_000 and mention.score < 0.9:
                    continue
                if (
                    mention.country not in speakers
                    and population < 15_000
                    and not found.has(mention.first - 1, "from")
                ):
                    continue
        kept.append(mention)
    return kept


def _spaced(found: Analysis, index: int, taken: set[int]) -> Mention | None:
    tokens = found.tokens
    parts: list[str] = []
    ends: list[int] = []
    last = index
    while last < len(tokens) and len(parts) < MAX_WORDS:
        token = tokens[last]
        if token.kind == "word" and last not in taken:
            parts.append(token.folded)
            ends.append(last + 1)
        elif (
            token.kind == "number"
            or token.text not in ".-'’‑&"
            or last in taken
            or (token.text == "." and len(tokens[last - 1].text) > 3)
        ):
            break
        last += 1
    for count in range(len(parts), 0, -1):
        key = " ".join(parts[:count])
        last = ends[count - 1]
        mention = _choose(found, key, index, last)
        if mention is None and count <= 2:
            mention = _inflected(found, parts[:count], index, last)
        if mention:
            return mention
    return None


def _unspaced(found: Analysis, index: int) -> Mention | None:
    tokens = found.tokens
    last = index
    while last < len(tokens) and last - index < 14 and texts.is_unspaced(tokens[last].folded[:1]):
        last += 1
    run = "".join(t.folded for t in tokens[index:last])
    for key in reversed(found.table.prefixes(run)):
        if len(key) < 2:
            continue
        last = index + len(key)
        if _is_katakana(key[-1]) and last < len(tokens) and _is_katakana(tokens[last].folded[:1]):
            continue  # タイル is a tile and not Thailand
        mention = _choose(found, key, index, last)
        if mention and found.has(last, "fixed"):
            return Mention("nothing", "", index, last, 0.0)
        if (
            mention
            and mention.kind == "country"
            and last < len(tokens)
            and tokens[last].folded in "文语語"
        ):
            for meaning in found.table.meanings(key + "语"):
                if meaning.kind == sources.LANGUAGE and meaning.language == found.language:
                    return Mention("language", str(meaning.value), index, last + 1, 0.9)
        if mention:
            return mention
        if any(m.kind == sources.WORD for m in found.table.meanings(key)):
            continue
    return None


def _is_katakana(char: str) -> bool:
    return "\u30a0" <= char <= "\u30ff"


def _choose(
    found: Analysis, key: str, first: int, last: int, discount: float = 0.0
) -> Mention | None:
    meanings = found.table.meanings(key)
    alias = ALIASES.get(key)
    if alias is not None:
        upper = found.text[found.tokens[first].start : found.tokens[last - 1].end]
        if key == "turkey" and (not found.tokens[first].is_capital or _after_article(found, first)):
            return None
        if key not in _UPPER_ONLY or (upper.isupper() and not found.is_shouting):
            return Mention(
                "country" if alias else "nothing",
                alias,
                first,
                last,
                0.97 - discount,
                part=PARTS.get(key, ""),
            )
    if " " not in key and (code := found.grammar.demonyms.get(key)):
        return _demonym_of(found, code, first, last)
    if not meanings:
        return None
    by_kind: dict[int, list[Meaning]] = {}
    for meaning in meanings:
        by_kind.setdefault(meaning.kind, []).append(meaning)
    country = _country(found, key, by_kind, first, last)
    if country and country.score < 0.8 and _is_large(found, by_kind):
        country = None  # another language calls a country by the name of this city
    if country:
        country.score -= discount
        return country
    demonym = _demonym(found, key, by_kind, first, last)
    if demonym:
        demonym.score -= discount
        return demonym
    airport = _airport(found, by_kind, first, last)
    if airport:
        return airport
    return _town(found, key, by_kind, first, last, discount)


def _after_article(found: Analysis, first: int) -> bool:
    return first > 0 and found.tokens[first - 1].folded in ("the", "a", "roast", "our", "my")


def _is_large(found: Analysis, by_kind: dict[int, list[Meaning]]) -> bool:
    return any(
        found.table.place(int(m.value)).population >= 100_000 for m in by_kind.get(sources.CITY, ())
    )


def _written(found: Analysis, first: int, last: int) -> bool:
    """Return whether a name is written as names are: with a capital, where the script has them."""
    token = found.tokens[first]
    if token.text.lower() == token.text.upper():
        return True
    return token.is_capital


def _prefers(found: Analysis, meanings: list[Meaning]) -> Meaning:
    return max(
        meanings, key=lambda m: (m.language == found.language, m.language == "", m.language == "en")
    )


def _country(
    found: Analysis, key: str, by_kind: dict[int, list[Meaning]], first: int, last: int
) -> Mention | None:
    meanings = by_kind.get(sources.COUNTRY)
    if not meanings:
        return None
    best = _prefers(found, meanings)
    code = str(best.value)
    if not code:
        return Mention("nothing", "", first, last, 0.0)  # a continent
    foreign = best.language not in (found.language, "", "en")
    token = found.tokens[first]
    if (
        len(key) <= 3
        and token.text.lower() != token.text.upper()
        and (foreign or not token.text.isupper())
    ):
        return None
    if foreign and (len(key) < 5 or _is_word(found, key) or not _written(found, first, last)):
        return None
    if not _written(found, first, last):
        if not found.is_quiet or (_is_word(found, key) and not found.has(first - 1, "from")):
            return None
        if len(key) < 4:
            return None
        zipf = found.table.frequencies(key).get(found.language, 0.0)
        if _is_word(found, key) and zipf > 4 and code in ("TR", "CN", "TD"):
            return None
    score = 0.96 if not foreign else 0.75
    if _is_person(found, first, last):
        return Mention("nothing", "", first, last, 0.0)
    if (
        found.has(first - 2, "fixed")
        and found.is_function_word(first - 1)
        and found.clause[first - 2] == found.clause[first]
    ):
        return Mention("nothing", "", first, last, 0.0)  # noci del Brasile
    part = found.table.english.get(code, "") if code in ISLANDS else ""
    return Mention("country", code, first, last, score, part=part)


def _is_word(found: Analysis, key: str) -> bool:
    """Return whether a name is also a common word of the text's language."""
    if " " in key:
        return False
    return any(
        m.kind == sources.WORD and m.language == found.language for m in found.table.meanings(key)
    )


def _is_person(found: Analysis, first: int, last: int) -> bool:
    """Return whether a name is that of a person: 'my daughter Florence', 'Jordan from the office'."""
    if not _written(found, first, last) and not found.is_quiet:
        return False
    before = first - 1
    tokens = found.tokens
    comma = (
        before > 0
        and tokens[before].text == ","
        and last < len(tokens)
        and tokens[last].text == ","
    )
    between = (
        before > 0
        and not found.has(before, "from")
        and (found.is_function_word(before) or found.has(before, "my"))
    )
    if (comma and found.has(before - 1, "person")) or (
        (comma or between) and found.has(before - 1, "kin")
    ):
        return True  # 'my husband, Jordan,' and 'fiica mea Sofia'
    if (
        before >= 0
        and (found.has(before, "person") or found.has(before, "kin"))
        and found.clause[before] == found.clause[first]
        and found.tokens[before].folded not in ("people", "leute", "gente", "gens")
    ):
        return not found.has(before, "from")
    after = last
    return bool(
        after < len(found.tokens)
        and found.tokens[after].folded
        in ("heter", "heisst", "s'appelle", "adinda", "adli", "isminde")
    )


def _demonym_of(found: Analysis, code: str, first: int, last: int) -> Mention:
    """Return the country of an adjective, or nothing if it is part of a fixed phrase."""
    if any(
        found.has(i, "fixed") and found.clause[i] == found.clause[first] for i in (first - 1, last)
    ):
        return Mention("nothing", "", first, last, 0.0)
    return Mention("demonym", code, first, last, 0.9)


def _demonym(
    found: Analysis, key: str, by_kind: dict[int, list[Meaning]], first: int, last: int
) -> Mention | None:
    meanings = [m for m in by_kind.get(sources.DEMONYM, ()) if m.language in (found.language, "en")]
    if not meanings or len(key) < 4:
        return None
    best = _prefers(found, meanings)
    if best.language != found.language and (
        (found.language not in ("", "en") and not found.tokens[first].is_capital)
        or _is_word(found, key)
    ):
        return None
    if any(
        found.has(i, "fixed") and found.clause[i] == found.clause[first] for i in (first - 1, last)
    ):
        return Mention("nothing", "", first, last, 0.0)
    if _is_language(found, by_kind, first, last):
        return Mention(
            "language", str(_prefers(found, by_kind[sources.LANGUAGE]).value), first, last, 0.9
        )
    return Mention("demonym", str(best.value), first, last, 0.9)


def _is_language(found: Analysis, by_kind: dict[int, list[Meaning]], first: int, last: int) -> bool:
    """Return whether a word means the language and no country: 'the label is in Portuguese'."""
    if not any(m.language in (found.language, "en") for m in by_kind.get(sources.LANGUAGE, ())):
        return False
    tokens = found.tokens
    cue = any("label" in found.classes[i] for i in found.near(first))
    if not cue:
        return False
    if found.language in ("en", "sv", "de", "nl", "da"):
        after = tokens[last] if last < len(tokens) else None
        alone = (
            after is None
            or after.kind == "sign"
            or found.is_function_word(last)
            or found.has(last, "label")
        )
        return alone
    return True


def _airport(
    found: Analysis, by_kind: dict[int, list[Meaning]], first: int, last: int
) -> Mention | None:
    meanings = by_kind.get(sources.AIRPORT)
    if (
        not meanings
        or last - first != 1
        or not found.tokens[first].text.isupper()
        or found.is_shouting
    ):
        return None
    sentence = found.sentence[first]
    if not any(
        "airport" in names and abs(found.sentence[i] - sentence) <= 1
        for i, names in enumerate(found.classes)
    ):
        return None
    country, _, place = str(meanings[0].value).partition(":")
    return Mention("airport", country, first, last, 0.92, int(place))


def _town(
    found: Analysis,
    key: str,
    by_kind: dict[int, list[Meaning]],
    first: int,
    last: int,
    discount: float,
) -> Mention | None:
    options: dict[int, float] = {}
    biggest = 0
    kinds: dict[int, int] = {}
    translated: dict[int, bool] = {}
    for kind in (sources.REGION, *_CITY_KINDS):
        for meaning in by_kind.get(kind, ()):
            place = found.table.place(int(meaning.value))
            size = math.log10(max(place.population, 300))
            if kind == sources.REGION:
                # A region counts as a town of a tenth of its people.
                size = (
                    min(6.0, size - 0.8)
                    if meaning.language in ("", "en", found.language)
                    else size - 2
                )
            elif kind == sources.CITY:
                size += 0.4
            elif kind == sources.ALTERNATE:
                size -= 0.3
            elif kind == sources.INFLECTED_CITY:
                size -= 0.5
                if meaning.language != found.language:
                    continue
            if meaning.language == found.language:
                size += 0.3
            index = int(meaning.value)
            if size > options.get(index, 0):
                options[index] = size
                kinds[index] = kind
                translated[index] = bool(meaning.language)
    if not options:
        return None
    towns = [found.table.place(i).population for i, kind in kinds.items() if kind != sources.REGION]
    if _is_word(found, key) and found.language != "de" and max(towns, default=0) >= 50_000:
        # The region of Porto yields to the town: 'porto' is a word, too.
        options = {index: size for index, size in options.items() if kinds[index] != sources.REGION}
    ranked = sorted(options.items(), key=lambda item: -item[1])
    best, size = ranked[0]
    biggest = found.table.place(best).population
    if kinds[best] == sources.REGION:
        biggest = max(20_000, biggest // 5)
    if kinds[best] == sources.ALTERNATE:
        biggest //= 2
    certain = _town_score(
        found,
        key,
        first,
        last,
        found.table.place(best).country,
        biggest,
        kinds[best] == sources.REGION,
        translated[best],
    )
    if certain < 0.3:
        return None
    total = sum(10**each for _, each in ranked)
    country = found.table.place(best).country
    share = (
        sum(10**each for index, each in ranked if found.table.place(index).country == country)
        / total
    )
    name = "region" if kinds[best] == sources.REGION else "city"
    score = min(0.97, certain) * (0.6 + 0.4 * share) - discount
    return Mention(name, country, first, last, score, best, ranked)


def _home_languages(found: Analysis, country: str) -> frozenset[str]:
    """Return the official languages of a country."""
    return frozenset(code for code, users in found.table.speakers.items() if country in users)


def _town_score(
    found: Analysis,
    key: str,
    first: int,
    last: int,
    country: str,
    population: int,
    is_region: bool,
    is_translated: bool,
) -> float:
    """Return how certainly a name means a town here, 0 to 1."""
    tokens = found.tokens
    token = tokens[first]
    words = key.split()
    language = found.language
    cased = token.text.lower() != token.text.upper()
    zipf = min(found.table.frequencies(word).get(language, 0.0) for word in words)
    is_word = len(words) == 1 and _is_word(found, key)
    after_preposition = found.has(first - 1, "from") or (
        found.has(first - 2, "from")
        and found.is_function_word(first - 1)
        and found.clause[first - 2] == found.clause[first]
    )
    if language == "tr":
        after = tokens[last] if last < len(tokens) else None
        after_preposition = after is not None and (
            after.text in "'’" or after.folded in ("in", "de", "da")
        )
    after_comma = (last < len(tokens) and tokens[last].text in ",(") or (
        first and tokens[first - 1].text in ",("
    )
    starts = first == 0 or (found.clause[first - 1] == -1 and tokens[first - 1].text in ".!?…\n:")
    if _is_person(found, first, last) or _is_part_of_name(found, first, last):
        return 0.0
    home = language in _home_languages(found, country)
    expected = 0.75 * math.log10(max(population, 500)) - 0.3
    surplus = zipf - expected - (0.6 if home else 0.0)
    if surplus > (1.6 if after_preposition else 0.9) and not (
        population >= 1_000_000 and token.is_capital
    ):
        return 0.0
    if (
        len(words) == 1
        and found.classes[first]
        and not after_preposition
        and found.classes[first] - {"decade_after"}
    ):
        return 0.0
    if (
        len(words) == 1
        and first
        and tokens[first - 1].kind == "number"
        and not after_comma
        and cased
    ):
        return 0.0
    if not cased:
        if texts.is_unspaced(token.folded[:1]):
            if len(key) == 2:
                return (
                    0.9
                    if population >= 300_000 or (after_preposition and population >= 100_000)
                    else 0.0
                )
            return 0.92 if population >= 20_000 else 0.5 if population >= 5_000 else 0.0
        if len(key) <= 2:
            return 0.0
        if is_word or (zipf > 4.6 and population < 1_000_000):
            return 0.6 if after_preposition and population >= 200_000 and zipf < 5 else 0.0
        if len(key) == 3 and population < 500_000:
            return 0.0
        if after_preposition:
            return (
                0.9
                if (population >= 15_000 and zipf < 4.5) or population >= 300_000
                else 0.4
                if zipf < 3.5
                else 0.0
            )
        return 0.8 if population >= 300_000 else 0.4 if population >= 50_000 and zipf < 4 else 0.0
    if len(key) <= 2:
        return 0.0
    if not token.is_capital:
        if is_word or zipf > 5.4 or len(key) <= 3 or (is_region and zipf > 4) or not found.is_quiet:
            return 0.0
        if after_preposition and population >= 100_000:
            return 0.85
        if after_preposition and found.is_quiet and population >= 15_000 and zipf < 4:
            return 0.7
        if population >= 400_000 and (found.is_quiet or zipf < 4.2):
            return 0.75
        return 0.0
    if is_region and is_word and language != "de" and (is_translated or zipf >= 4.95):
        return 0.0  # 'Zachodni' and 'Nord' are regions somewhere
    if len(words) > 1 and not tokens[last - 1].is_capital and tokens[last - 1].kind == "word":
        return 0.0
    if any(
        not each.is_capital
        for each in tokens[first:last]
        if each.kind == "word" and len(each.text) > 3
    ):
        return 0.0
    noun_language = language == "de"
    if len(words) > 1:
        small = population < 3_000
        return 0.93 if not small else 0.75
    common = (is_word and zipf >= 3.2) or (zipf >= 5.3 and population < 1_000_000)
    if noun_language:
        common = surplus > 0.8
    if common:
        if noun_language:
            if after_preposition and population >= 250_000 and zipf < 5.0:
                return 0.8
            return 0.0
        if after_preposition and not starts:
            return 0.85 if population >= 10_000 and zipf < 6 else 0.4
        if after_comma and population >= 20_000 and zipf < 5.5:
            return 0.7
        return (
            0.75
            if population >= 400_000 and not starts
            else 0.6
            if population >= 1_000_000 and zipf < 5.2
            else 0.0
        )
    if len(key) == 3 and population < 100_000:
        return 0.7 if after_preposition and population >= 5_000 else 0.0
    if after_preposition:
        return 0.95 if population >= 15_000 else 0.8 if population >= 3_000 else 0.6
    if after_comma:
        return 0.88 if population >= 15_000 else 0.6 if population >= 3_000 else 0.35
    if population >= 300_000:
        return 0.88
    if population >= 60_000:
        return 0.72
    return 0.35 if population >= 15_000 and not starts and home else 0.0


def _is_part_of_name(found: Analysis, first: int, last: int) -> bool:
    """Return whether a name is that of a street, a hotel or a person: rue de Berlin, Chloé Milan."""
    tokens = found.tokens
    for back in (1, 2, 3):
        index = first - back
        if index < 0 or found.clause[index] != found.clause[first]:
            break
        if (
            found.has(index, "street")
            and (back == 1 or found.is_function_word(index + 1))
            and found.language != "ar"
        ):
            return True
        if back == 1 and found.has(index, "hotel"):
            return True
        if not found.is_function_word(index):
            break
    if found.is_shouting:
        return False
    for index, sign in ((first - 2, first - 1), (last + 1, last)):
        # Split-airco, Marks & Spencer
        if not (
            0 <= index < len(tokens) and tokens[sign].text in "-&" and tokens[index].kind == "word"
        ):
            continue
        glued = tokens[index].start == tokens[sign].end or tokens[index].end == tokens[sign].start
        if tokens[sign].text == "&" or (glued and found.language not in ("tr", "ro")):
            return True
    if found.language == "de":
        return False
    for index in (first - 1, last):
        if (
            not 0 <= index < len(tokens)
            or tokens[index].kind != "word"
            or not tokens[index].is_capital
        ):
            continue
        if (
            found.clause[index] != found.clause[first]
            or found.classes[index]
            or found.is_function_word(index)
        ):
            continue
        if index < first and (index == 0 or tokens[index - 1].text in ".!?:"):
            continue
        kinds = {m.kind for m in found.table.meanings(tokens[index].folded)}
        if (
            not kinds & {sources.COUNTRY, sources.DEMONYM, sources.REGION, sources.MONTH}
            and tokens[index].folded not in ALIASES
        ):
            return True
    return False


def _inflected(found: Analysis, parts: list[str], first: int, last: int) -> Mention | None:
    """Return the place whose name stands here with a case ending or a glued preposition."""
    word = parts[-1]
    rules = found.grammar
    if found.language == "ar" and len(parts) <= 2:
        return _arabic(found, parts, first, last)
    if len(word) < 4:
        return None
    if len(parts) == 1:
        demonym = _adjective(found, word, first, last)
        if demonym:
            return demonym
    if not rules.case:
        return None
    if (
        not found.tokens[first].is_capital
        and not found.is_quiet
        and found.tokens[first].text.lower() != found.tokens[first].text.upper()
    ):
        return None
    if len(parts) == 2:
        return _inflected_pair(found, parts, first, last)
    best: Mention | None = None
    for ending, instead in rules.case:
        if not word.endswith(ending) or len(word) - len(ending) < 3:
            continue
        key = " ".join([*parts[:-1], word[: len(word) - len(ending)] + instead])
        for form in dict.fromkeys((key, *_alternations(key, found.language))):
            if not found.table.meanings(form):
                continue
            mention = _choose(found, form, first, last, 0.08)
            if mention and mention.kind in ("city", "region"):
                population = found.table.place(mention.place).population
                if mention.kind == "city" and population < 20_000:
                    continue
                starts = first == 0 or found.tokens[first - 1].text in ".!?…:"
                if starts and found.table.frequencies(word).get(found.language, 0.0) > 2.9:
                    continue
            if (
                mention
                and mention.kind != "nothing"
                and (best is None or _weight(found, mention) > _weight(found, best))
            ):
                best = mention
    return best


def _inflected_pair(found: Analysis, parts: list[str], first: int, last: int) -> Mention | None:
    """Return the country or town of two words that are both inflected: Північної Македонії."""
    endings = ("a", "y", "i", "а", "ая", "ий", "ый", "я", "")
    pairs = [*found.grammar.case, *found.grammar.adjective]
    forms: list[dict[str, None]] = []
    for word in parts:
        known: dict[str, None] = {word: None}
        for ending, instead in pairs:
            if word.endswith(ending) and len(word) - len(ending) >= 3:
                stem = word[: len(word) - len(ending)]
                known[stem + instead] = None
                if len(ending) > 1:
                    known.update(dict.fromkeys(stem + each for each in endings))
        forms.append(known)
    for one in forms[0]:
        for other in forms[1]:
            key = f"{one} {other}"
            if (one, other) != tuple(parts) and found.table.meanings(key):
                mention = _choose(found, key, first, last, 0.05)
                if mention and (
                    mention.kind != "city" or found.table.place(mention.place).population >= 20_000
                ):
                    return mention
    return None


def _adjective(found: Analysis, word: str, first: int, last: int) -> Mention | None:
    """Return the country of an adjective that only its ending keeps from the table."""
    for ending, instead in found.grammar.adjective:
        if not word.endswith(ending) or len(word) - len(ending) < 4:
            continue
        stem = word[: len(word) - len(ending)] + instead
        if code := found.grammar.demonyms.get(stem):
            return _demonym_of(found, code, first, last)
        for meaning in found.table.meanings(stem):
            if meaning.language != found.language or not meaning.value:
                continue
            if meaning.kind in (sources.DEMONYM, sources.LANGUAGE) or (
                meaning.kind == sources.COUNTRY and instead
            ):
                country = str(meaning.value)
                if meaning.kind == sources.LANGUAGE:
                    continue
                if any("label" in found.classes[i] for i in found.near(first)):
                    languages = [
                        m
                        for m in found.table.meanings(stem)
                        if m.kind == sources.LANGUAGE and m.language == found.language
                    ]
                    if languages:
                        return Mention("language", str(languages[0].value), first, last, 0.85)
                if any(found.has(i, "fixed") for i in (first - 1, last)):
                    return Mention("nothing", "", first, last, 0.0)
                return Mention("demonym", country, first, last, 0.88)
    return None


def _weight(found: Analysis, mention: Mention) -> float:
    if mention.kind == "country":
        return 9.0
    if mention.kind == "demonym":
        return 8.0
    return mention.options[0][1] if mention.options else 5.0


def _alternations(key: str, language: str) -> tuple[str, ...]:
    """Return a stem as it stands in the nominative: Львов- is Львів, Харков- is Харків."""
    if language == "uk" and len(key) > 4:
        at = max(key.rfind("о"), key.rfind("е"))
        if at > 0:
            return (f"{key[:at]}і{key[at + 1 :]}",)
    if language == "pl" and "o" in key[-3:]:
        return ()
    return ()


def _arabic(found: Analysis, parts: list[str], first: int, last: int) -> Mention | None:
    word = parts[0]
    stems = [word]
    for prefix in _ARABIC_PREFIXES:
        if (
            word.startswith(prefix)
            and len(word) - len(prefix) >= 3
            and not found.table.frequencies(word).get("ar", 0) >= 4.0
        ):
            stems += [word[len(prefix) :], "ال" + word[len(prefix) :]]
    glued = stems[1:]
    for stem in glued:
        key = " ".join([stem, *parts[1:]])
        mention = _choose(found, key, first, last, 0.03)
        if mention:
            prefixed = word[0] in "بلف" or word.startswith("وب")
            if mention.kind in ("city", "region"):
                population = found.table.place(mention.place).population
                if (
                    population < (30_000 if prefixed else 200_000)
                    or len(stem.removeprefix("ال")) < 4
                ):
                    continue
            return mention
    if len(parts) == 1:
        for stem in stems:
            for ending in _NISBA:
                if not stem.endswith(ending) or len(stem) - len(ending) < 3:
                    continue
                root = stem[: -len(ending)].removeprefix("ال")
                for name in (root, root + "ا", root + "يا", root + "ه", "ال" + root, root + "ان"):
                    for meaning in found.table.meanings(name):
                        if meaning.kind == sources.COUNTRY and meaning.language == "ar":
                            if any(
                                "label" in found.classes[i] for i in found.near(first)
                            ) and ending in ("يه", "ية"):
                                continue
                            return Mention("demonym", str(meaning.value), first, last, 0.85)
    return None


def _narrow(found: Analysis, mentions: list[Mention]) -> list[Mention]:
    """Let a country or region beside a city decide which city is meant."""
    named = {m.country for m in mentions if m.kind in ("country", "demonym")}
    for position, mention in enumerate(mentions):
        if mention.kind not in ("city", "region"):
            continue
        following = mentions[position + 1] if position + 1 < len(mentions) else None
        apposition = following is not None and _is_beside(found, mention, following)
        wanted: set[str] = set()
        region = 0
        if apposition and following is not None and following.kind in ("country", "region"):
            wanted, region = {following.country}, following.place
            options = [(p, s) for p, s in mention.options if found.table.place(p).country in wanted]
            if not options and following.kind == "region":
                # 'Paris, Texas': the region may be the one of that name in another country.
                continue
        else:
            code = _state_code(found, mention)
            if code:
                country, region = code
                options = [
                    (p, s) for p, s in mention.options if found.table.place(p).country == country
                ]
                mention.last += 0
            else:
                options = [
                    (p, s) for p, s in mention.options if found.table.place(p).country in named
                ]
                if options and options[0][1] < mention.options[0][1] - 2.2:
                    options = []
        inside = [(p, s) for p, s in options if region and found.table.place(p).region == region]
        if inside or options:
            chosen = (inside or options)[0][0]
            mention.place, mention.country = chosen, found.table.place(chosen).country
            mention.score = max(mention.score, 0.93 if apposition or inside else mention.score)
    return mentions


def _is_beside(found: Analysis, one: Mention, other: Mention) -> bool:
    between = found.tokens[one.last : other.first]
    return len(between) <= 2 and all(
        t.text in ",("
        or t.folded in ("in", "en", "im", "w", "в", "у", "i", "στη", "στην", "la", "في")
        for t in between
    )


def _state_code(found: Analysis, mention: Mention) -> tuple[str, int] | None:
    """Return the country and region of a code after a city: 'Buffalo, NY'."""
    index = mention.last
    if index + 1 >= len(found.tokens) or found.tokens[index].text not in ",":
        return None
    token = found.tokens[index + 1]
    if not token.text.isupper() or len(token.text) > 3:
        return None
    for meaning in found.table.meanings(token.folded):
        if meaning.kind == sources.CODE and ":" in str(meaning.value):
            country, _, place = str(meaning.value).partition(":")
            if any(found.table.place(p).country == country for p, _ in mention.options):
                return country, int(place)
    return None
