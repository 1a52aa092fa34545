"""Compare two tips, and keep them apart if they differ in anything that matters. Pure.

Two texts are duplicates if they have the same words except for typos and stopwords, or if one
contains the other and the rest names nothing. If a country, place, number, link, name or content
word is *replaced* by another, or one text has a negation, they are two claims, however similar the
rest is. When in doubt, the guard keeps tips apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from tips.matching import normalise, typos
from tips.matching.details import NEGATIONS, STOPWORDS, Details
from tips.reading import known

MIN_CONTAINED_SIMILARITY = 74.0  # per cent; below, neither text can contain the other
MIN_SIMILARITY = 60.0  # per cent (rapidfuzz's ratio of sorted words); below, texts are unrelated
MIN_CONTENT_WORDS = 6  # in a shorter text, every content word matters
MAX_EXTRA = 0.6  # a duplicate may be longer by this share at most


@dataclass(frozen=True)
class Comparison:
    """The relation of two tips (``duplicate``, ``related`` or ``new``), with reasons for people."""

    relation: str
    reasons: tuple[str, ...]
    likeness: float


def has_same_words(one: Details, other: Details) -> bool:
    """Return whether two texts have the same content words and links, in any order."""
    return one.sorted_content == other.sorted_content and one.links == other.links


def likeness(one: Details, other: Details) -> float:
    """Return the similarity of the sorted content words of two texts, in per cent."""
    return fuzz.ratio(one.sorted_content, other.sorted_content)


def compare(one: Details, other: Details) -> Comparison:
    """Compare two tips on one object. Symmetric."""
    alike = likeness(one, other)
    shared = one.links & other.links
    pages = _pages(one) & _pages(other) if one.links and other.links else set()
    pages -= {normalise.page_key(link) for link in shared}
    if alike < MIN_SIMILARITY and not shared and not pages:
        return Comparison("new", (), alike)
    holds = _contains(one, other, _unpaired(one, other))
    why = [f"{alike:.0f}% similar words"] if alike >= MIN_SIMILARITY else []
    why += [f"same link: {link}"[:200] for link in sorted(shared)]
    why += [f"same page in another language or region: {page}"[:200] for page in sorted(pages)]
    why += [f"both mention {what}" for what in _shared(one, other)]
    conflicts = differences(one, other)
    if conflicts:
        return Comparison("related", (*why, *conflicts), alike)
    return Comparison("duplicate" if holds else "related", tuple(why), alike)


def _pages(each: Details) -> set[str]:
    return {page for link in each.links if (page := normalise.page_key(link))}


def _shared(one: Details, other: Details) -> list[str]:
    """Return places and names that both mention.

    If more than every fourth word has a capital, capitals do not mark names.
    """
    found = sorted(set(one.places) & set(other.places))
    if all(len(each.names) * 4 <= len(each.words) for each in (one, other)):
        places = set().union(*one.places.values(), *one.countries.values())
        found += sorted((one.names & other.names) - STOPWORDS - places)
    return found[:4]


def _contains(one: Details, other: Details, unpaired: tuple[set[str], set[str]]) -> bool:
    """Return whether one text contains the other's content words and is not much longer."""
    names = one.names | other.names
    mine, theirs = (_without_stopwords(side, names) for side in unpaired)
    if mine and theirs:
        return False
    lengths = sorted((len(one.content_words), len(other.content_words)))
    if not mine and not theirs:
        # The same words, but not one text repeated many times.
        return lengths[1] <= 2 * max(1, lengths[0]) + 2
    if lengths[0] < MIN_CONTENT_WORDS:
        return False
    return lengths[1] <= (1 + MAX_EXTRA) * lengths[0]


def differences(one: Details, other: Details) -> list[str]:
    """Return the differences that matter, as people would say them."""
    sides = _unpaired(one, other)
    unpaired = sides[0] | sides[1]
    found = []
    for label, mine, theirs in (
        ("countries", one.countries, other.countries),
        ("countries ruled out", one.denied, other.denied),
        ("places", one.places, other.places),
        ("numbers", one.numbers, other.numbers),
    ):
        left, right = _missing_from(mine, theirs, sides[0]), _missing_from(theirs, mine, sides[1])
        if left or right:
            found.append(f"differs in {label}: {_join(left)} / {_join(right)}"[:200])
    if one.links != other.links:
        left, right = sorted(one.links - other.links), sorted(other.links - one.links)
        found.append(f"differs in links: {_join(left)} / {_join(right)}"[:200])
    found += _contradictory(one, other)
    if one.account.denies != other.account.denies and unpaired:
        found.append("one denies, the other does not")
    called = one.names | other.names
    names = sorted(_without_stopwords(unpaired, called) & called)
    if names:
        found.append(f"differs in names: {', '.join(names)}"[:200])
    denials = sorted(word for word in unpaired if _is_negation(word)) or sorted(
        one.unspaced_negations ^ other.unspaced_negations
    )
    if denials:
        found.append(f"differs in a negation: {', '.join(denials)}")
    more, less = (_without_stopwords(side, called) for side in sides)
    if more and less and not found:
        found.append(f"differs in details: {_join(sorted(more))} / {_join(sorted(less))}"[:200])
    says_more = (more or less) and not found
    if says_more and (
        min(len(one.content_words), len(other.content_words)) < MIN_CONTENT_WORDS
        or (not _has_case(one.words) and not _is_truncated(one, other))
    ):
        found.append(f"only one says: {_join(sorted(more | less))}"[:200])
    return found


def _contradictory(one: Details, other: Details) -> list[str]:
    """Return what two texts say otherwise, even with the same words in another order."""
    found = []
    for mine, theirs in ((one, other), (other, one)):
        ruled_out = sorted(set(mine.denied) & set(theirs.countries) - set(mine.countries))
        found += [f"one rules out {country}, which the other names" for country in ruled_out]
    relations = [{c.code: c.relation for c in each.account.suggested} for each in (one, other)]
    for code in sorted(set(relations[0]) & set(relations[1])):
        if {each[code] for each in relations} == {"made", "sold"}:
            found.append(f"differs in relation: made / sold in {code}")
    numbers = [{_without_unit(number) for number in each.numbers} for each in (one, other)]
    dates = [{date.value for date in each.account.dates} for each in (one, other)]
    for label, (left, right) in (("numbers", numbers), ("dates", dates)):
        if left - right and right - left:
            sides = _join(sorted(left - right)), _join(sorted(right - left))
            found.append(f"differs in {label}: {sides[0]} / {sides[1]}"[:200])
    if one.sorted_content == other.sorted_content:
        found += _moved(one.bonds, other.bonds)
    return found


def _moved(one: frozenset[str], other: frozenset[str]) -> list[str]:
    """Return what stands beside a number or a negation, or as a currency's sign, in one text alone."""
    beside: tuple[dict[str, set[str]], dict[str, set[str]]] = ({}, {})
    for bonds, places in zip((one, other), beside, strict=True):
        for bond in bonds:
            place, _, word = bond.partition(" ")
            places.setdefault(place, set()).add(word)
    return [
        f"differs beside {place.strip('_')}: {_join(sorted(beside[0][place]))} / {_join(sorted(beside[1][place]))}"[
            :200
        ]
        for place in sorted(set(beside[0]) & set(beside[1]))
        if beside[0][place].isdisjoint(beside[1][place])
    ]


def _without_stopwords(words: set[str], names: frozenset[str]) -> set[str]:
    """Return the words that are neither stopwords nor misspelt stopwords."""
    return {
        word
        for word in words
        if word not in STOPWORDS and (word in names or not _is_misspelt_stopword(word))
    }


@lru_cache(maxsize=20_000)
def _is_negation(word: str) -> bool:
    """Return whether a word is a negation, perhaps with a typo."""
    return word in NEGATIONS or any(
        typos.is_typo(word, each) for each in NEGATIONS if len(each) >= 4
    )


@lru_cache(maxsize=20_000)
def _is_misspelt_stopword(word: str) -> bool:
    if len(word) == 3:
        return any(
            turned in STOPWORDS
            for turned in (word[1] + word[0] + word[2], word[0] + word[2] + word[1])
        )
    return len(word) >= 5 and any(
        typos.is_typo(word, light) and known.is_slip_of(word, light)
        for light in _LONG_STOPWORDS.get(word[:1], ())
    )


_LONG_STOPWORDS: dict[str, list[str]] = {}
for _word in sorted(STOPWORDS):
    if len(_word) >= 5:
        _LONG_STOPWORDS.setdefault(_word[0], []).append(_word)


def _has_case(words: tuple[str, ...]) -> bool:
    """Return whether the text's script has capitals, so that names can be recognised."""
    cased = sum(word.upper() != word for word in words)
    return cased * 2 >= len(words)


def _is_truncated(one: Details, other: Details) -> bool:
    """Return whether one text is the beginning of the other."""
    short, long = sorted((one.words, other.words), key=len)
    return long[: len(short)] == short


def contradictions(one: Details, other: Details) -> list[str]:
    """Return where two texts of one sender name different places.

    Saying more is no contradiction.
    """
    found = []
    for label, mine, theirs in (
        ("countries", one.countries, other.countries),
        ("places", one.places, other.places),
    ):
        if mine and theirs and not set(mine) & set(theirs):
            found.append(
                f"differs in {label}: {_join(sorted(mine))} / {_join(sorted(theirs))}"[:200]
            )
    for country in sorted(set(one.denied) & set(other.countries)):
        found.append(f"rules out {country}, which the other tip names")
    for country in sorted(set(other.denied) & set(one.countries)):
        found.append(f"names {country}, which the other tip rules out")
    return found


def _missing_from(
    mine: dict[str, frozenset[str]], theirs: dict[str, frozenset[str]], unpaired: set[str]
) -> list[str]:
    """Return what one side names and the other does not, even misspelt or without its unit."""
    extra = sorted(set(mine) - set(theirs))
    return [
        name
        for name in extra
        if (not mine[name] or mine[name] & unpaired) and _without_unit(name) not in theirs
    ]


def _without_unit(number: str) -> str:
    """Return '40' for '40 THB'; a place's name as it is."""
    value, _, unit = number.partition(" ")
    return value if unit and value[:1].isdigit() else number


def _join(values: list[str]) -> str:
    return ", ".join(values) or "none"


def _unpaired(one: Details, other: Details) -> tuple[set[str], set[str]]:
    """Return the words of each text that the other lacks, even with a typo.

    Words that only name a country, place or number that both mention do not count.
    """
    names = one.names | other.names
    first, second = sorted((one.words, other.words))
    a, b = typos.pair_up(first, second, names)
    left, right = (set(a), set(b)) if first == one.words else (set(b), set(a))
    cities = [frozenset[str]().union(*each.places.values()) for each in (one, other)]
    for mine, theirs, kept in (
        (one.countries, other.countries, cities),
        (one.denied, other.denied, cities),
        (one.places, other.places, [frozenset[str]()] * 2),
        (one.numbers, other.numbers, [frozenset[str]()] * 2),
    ):
        for place in set(mine) & set(theirs):
            if mine[place] and theirs[place]:
                left -= mine[place] - kept[0]
                right -= theirs[place] - kept[1]
    return left, right
