"""Towns, regions and airports in a text: how likely a name is one. Pure."""

from __future__ import annotations

import math
from functools import lru_cache

from tips.reading import entries
from tips.reading import text as texts
from tips.reading.analysis import Analysis
from tips.reading.mentions import ALIASES, Mention, is_person, is_word
from tips.reading.table import Meaning, Table

# What a town may be called, too: Porto, Bath, Split.
_HARMLESS = frozenset({"decade_after", "venue", "brought", "stayed", "style", "dear"})
# Words that are part of a name if they have a capital: Armazém Velho, Mercado Central.
_IN_NAMES = frozenset({"sold", "venue", "dear", "stayed", "brought", "style"})
# Chains and makers that are better known than the towns of that name.
_BRANDS = frozenset(
    "carrefour zara mango spar rewe dia metro target lidl aldi netto penny coop migros tesco boots next action "
    "orange total shell fanta lego samsung bosch bata avon hilton ibis novotel hyatt mercure ramada".split()
)
_CITY_KINDS = (entries.CITY, entries.ALTERNATE, entries.INFLECTED_CITY)


def as_airport(
    found: Analysis, by_kind: dict[int, list[Meaning]], first: int, last: int
) -> Mention | None:
    meanings = by_kind.get(entries.AIRPORT)
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


def as_town(
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
    for kind in (entries.REGION, *_CITY_KINDS):
        for meaning in by_kind.get(kind, ()):
            place = found.table.place(int(meaning.value))
            size = math.log10(max(place.population, 300))
            if kind == entries.REGION:
                # A region counts as a town of a tenth of its people.
                size = (
                    min(6.0, size - 0.8)
                    if meaning.language in ("", "en", found.language)
                    else size - 2
                )
            elif kind == entries.CITY:
                size += 0.4
            elif kind == entries.ALTERNATE:
                size -= 0.3
            elif kind == entries.INFLECTED_CITY:
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
    towns = [found.table.place(i).population for i, kind in kinds.items() if kind != entries.REGION]
    if is_word(found, key) and found.language != "de" and max(towns, default=0) >= 50_000:
        # The region of Porto yields to the town: 'porto' is a word, too.
        options = {index: size for index, size in options.items() if kinds[index] != entries.REGION}
    ranked = sorted(options.items(), key=lambda item: -item[1])
    best, size = ranked[0]
    biggest = found.table.place(best).population
    if kinds[best] == entries.REGION:
        biggest = max(20_000, biggest // 5)
    if kinds[best] == entries.ALTERNATE:
        biggest //= 2
    certain = _town_score(
        found,
        key,
        first,
        last,
        found.table.place(best).country,
        biggest,
        kinds[best] == entries.REGION,
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
    name = "region" if kinds[best] == entries.REGION else "city"
    score = min(0.97, certain) * (0.6 + 0.4 * share) - discount
    return Mention(name, country, first, last, score, best, ranked)


@lru_cache(maxsize=512)
def _home_languages(table: Table, country: str) -> frozenset[str]:
    """Return the official languages of a country."""
    return frozenset(code for code, users in table.speakers.items() if country in users)


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
    is_common = len(words) == 1 and is_word(found, key)
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
    if key in _BRANDS and not after_comma:
        return 0.0
    is_placed = language == "tr" and _is_placed_in_turkish(found, last)
    if not is_placed and (is_person(found, first, last) or _is_part_of_name(found, first, last)):
        return 0.0
    home = language in _home_languages(found.table, country)
    expected = 0.75 * math.log10(max(population, 500)) - 0.3
    surplus = zipf - expected - (0.6 if home else 0.0)
    if is_placed:
        is_common = False  # only names have an apostrophe before their ending
    elif surplus > (1.6 if after_preposition else 0.9) and not (
        population >= 1_000_000 and token.is_capital
    ):
        return 0.0
    if (
        len(words) == 1
        and found.classes[first]
        and not after_preposition
        and found.classes[first] - _HARMLESS
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
        if is_common or (zipf > 4.6 and population < 1_000_000):
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
        if (
            is_common
            or zipf > 5.4
            or len(key) <= 3
            or (is_region and zipf > 4)
            or not found.is_quiet
        ):
            return 0.0
        if after_preposition and population >= 100_000:
            return 0.85
        if after_preposition and found.is_quiet and population >= 15_000 and zipf < 4:
            return 0.7
        if population >= 400_000 and (found.is_quiet or zipf < 4.2):
            return 0.75
        return 0.0
    if is_region and is_common and language != "de" and (is_translated or zipf >= 4.95):
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
    common = (is_common and zipf >= 3.2) or (
        zipf >= 5.3 and population < 1_000_000 and not is_placed
    )
    if home and population >= 100_000 and surplus < 0.4:
        common = False  # it is as frequent as a town of its size in its own language
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


def _is_placed_in_turkish(found: Analysis, last: int) -> bool:
    """Return whether a name has an ending that says where something is: Yozgat'ta, Yozgat'taki."""
    tokens = found.tokens
    if last + 1 >= len(tokens) or tokens[last].text not in "'’":
        return False
    ending = tokens[last + 1].folded
    return tokens[last].end == tokens[last + 1].start and ending.startswith(
        ("da", "de", "ta", "te", "nda", "nde")
    )


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
            or found.classes[index] - _IN_NAMES
            or found.is_function_word(index)
        ):
            continue
        if index < first and (index == 0 or tokens[index - 1].text in ".!?:"):
            continue
        kinds = {m.kind for m in found.table.meanings(tokens[index].folded)}
        if (
            not kinds & {entries.COUNTRY, entries.DEMONYM, entries.REGION, entries.MONTH}
            and tokens[index].folded not in ALIASES
        ):
            return True
    return False
