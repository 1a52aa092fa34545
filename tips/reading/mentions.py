"""A mention of a place in a text, and what is asked of every name. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from tips.reading import entries
from tips.reading.analysis import Analysis
from tips.reading.table import Meaning

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


def is_written(found: Analysis, first: int, last: int) -> bool:
    """Return whether a name is written as names are: with a capital, where the script has them."""
    token = found.tokens[first]
    if token.text.lower() == token.text.upper():
        return True
    return token.is_capital


def preferred(found: Analysis, meanings: list[Meaning]) -> Meaning:
    return max(
        meanings, key=lambda m: (m.language == found.language, m.language == "", m.language == "en")
    )


def is_word(found: Analysis, key: str) -> bool:
    """Return whether a name is also a common word of the text's language."""
    if " " in key:
        return False
    return any(
        m.kind == entries.WORD and m.language == found.language for m in found.table.meanings(key)
    )


def is_person(found: Analysis, first: int, last: int) -> bool:
    """Return whether a name is that of a person: 'my daughter Florence', 'Jordan from the office'."""
    if not is_written(found, first, last) and not found.is_quiet:
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
