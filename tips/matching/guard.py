"""Compare two tips, and keep them apart if they differ in anything that matters. Pure.

Two texts are duplicates if they have the same words except for typos and stopwords, or if one
contains the other and the rest names nothing. If a country, place, number, link, name or content
word is *replaced* by another, or one text has a negation, they are two claims, however similar the
rest is. When in doubt, the guard keeps tips apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from tips.geography import mentions
from tips.geography.gazetteer import fold, is_unspaced
from tips.geography.keywords import NEGATIONS as PLACE_NEGATIONS
from tips.geography.keywords import STOPWORDS as PLACE_STOPWORDS
from tips.matching import normalise, stopwords, typos

VERSION = 3  # of the matcher; ``manage.py rematch`` brings older tips up to date
MIN_CONTAINED_SIMILARITY = 74.0  # per cent; below, neither text can contain the other
MIN_SIMILARITY = 60.0  # per cent (rapidfuzz's ratio of sorted words); below, texts are unrelated
MAX_CACHED_LETTERS = 2000  # bounds the memory of the caches
MIN_CONTENT_WORDS = 6  # in a shorter text, every content word matters
MAX_EXTRA = 0.6  # a duplicate may be longer by this share at most
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
NEGATIONS = stopwords.NEGATIONS | PLACE_NEGATIONS
STOPWORDS = (
    frozenset(
        each
        for word in stopwords.WORDS | PLACE_STOPWORDS
        for each in (word, *normalise.words(word))
    )
    - NEGATIONS
)


@dataclass(frozen=True)
class Details:
    """What matters in a tip beyond its words.

    ``countries``, ``denied`` and ``places`` map a country or place to the folded words that name
    it. A country that the sender chose from the list has no words.

    Attributes:
        content_words: the words without stopwords, or all words if there are no others.
        sorted_content: the content words, sorted and joined.
        suggested: countries, the most certain first.
    """

    words: tuple[str, ...]
    names: frozenset[str]
    countries: dict[str, frozenset[str]]
    denied: dict[str, frozenset[str]]
    places: dict[str, frozenset[str]]
    numbers: frozenset[str]
    links: frozenset[str]
    content_words: tuple[str, ...]
    sorted_content: str
    unspaced_negations: frozenset[str]
    suggested: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """The relation of two tips (``duplicate``, ``related`` or ``new``), with reasons for people."""

    relation: str
    reasons: tuple[str, ...]
    likeness: float


def tokenise(text: str) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Return a text's words, its content words, and these sorted in one string. Cheap."""
    return _tokenise(text) if len(text) <= MAX_CACHED_LETTERS else _tokenise.__wrapped__(text)


@lru_cache(maxsize=8192)
def _tokenise(text: str) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    words = tuple(normalise.words(text))
    content_words = tuple(word for word in words if word not in STOPWORDS) or words
    return words, content_words, " ".join(sorted(content_words))


def details(text: str, *, country: str = "", url: str = "") -> Details:
    """Return what the guard compares. Cached, because candidates are read repeatedly."""
    read = _details if len(text) <= MAX_CACHED_LETTERS else _details.__wrapped__
    return read(text, country, url)


@lru_cache(maxsize=8192)
def _details(text: str, country: str, url: str) -> Details:
    body = normalise.strip_boilerplate(text)
    mentioned = mentions.find(f"{body}\n{url}" if url else body)
    found = [m for m in mentioned if m.kind != "link"]
    words, content_words, sorted_content = tokenise(text)
    suggested = [each["country"] for each in mentions.sum_by_country(mentioned)]
    chosen = {country: frozenset[str]()} if country else {}
    return Details(
        words=words,
        names=_names(body),
        countries={**chosen, **_words_by(found, lambda m: m.country if not m.denied else "")},
        denied=_words_by(found, lambda m: m.country if m.denied else ""),
        places=_words_by(found, lambda m: fold(m.name) if m.kind == "city" else ""),
        numbers=frozenset(_plain_number(n) for n in _NUMBER.findall(normalise.LINK.sub(" ", body))),
        links=normalise.links(text, url),
        content_words=content_words,
        sorted_content=sorted_content,
        unspaced_negations=_unspaced_negations(words),
        suggested=tuple(dict.fromkeys([country, *suggested] if country else suggested)),
    )


def _words_by(found: Iterable[mentions.Mention], key) -> dict[str, frozenset[str]]:
    named: dict[str, frozenset[str]] = {}
    for mention in found:
        if name := key(mention):
            named[name] = named.get(name, frozenset()) | frozenset(normalise.words(mention.name))
    return named


def _plain_number(number: str) -> str:
    """Return 1.000, 1,000 and 1000 in one form, and 3,50 as 3.50."""
    if re.fullmatch(r"\d{1,3}([.,]\d{3})+", number):
        return re.sub(r"[.,]", "", number)
    return number.replace(",", ".").strip(".:")


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
    ):
        left, right = _missing_from(mine, theirs, sides[0]), _missing_from(theirs, mine, sides[1])
        if left or right:
            found.append(f"differs in {label}: {_join(left)} / {_join(right)}"[:200])
    for label, ours, others in (
        ("numbers", one.numbers, other.numbers),
        ("links", one.links, other.links),
    ):
        if ours != others:
            left, right = sorted(ours - others), sorted(others - ours)
            found.append(f"differs in {label}: {_join(left)} / {_join(right)}"[:200])
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
        typos.is_typo(word, light) for light in _LONG_STOPWORDS.get(word[:1], ())
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


def _unspaced_negations(words: tuple[str, ...]) -> frozenset[str]:
    """Return the negations of scripts without spaces, each with its number."""
    run = "".join(word for word in words if is_unspaced(word[0]))
    return frozenset(
        f"{each} × {run.count(each)}" for each in stopwords.UNSPACED_NEGATIONS if each in run
    )


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
    """Return what one side names and the other does not, even misspelt."""
    extra = sorted(set(mine) - set(theirs))
    return [place for place in extra if not mine[place] or mine[place] & unpaired]


def _join(values: list[str]) -> str:
    return ", ".join(values) or "none"


def _names(text: str) -> frozenset[str]:
    """Return the capitalised words inside sentences, such as brands, people and streets.

    A text in capitals has none.
    """
    if text.isupper():
        return frozenset()
    found = set()
    for match in re.finditer(r"(?<![.!?\n])[^\S\n]+([^\W\d_][^\W_]+)", text):
        word = match.group(1)
        if word[0].isupper():
            found.update(normalise.words(word))
    return frozenset(found)


def _unpaired(one: Details, other: Details) -> tuple[set[str], set[str]]:
    """Return the words of each text that the other lacks, even with a typo.

    Words that only name a country or place that both mention do not count.
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
    ):
        for place in set(mine) & set(theirs):
            if mine[place] and theirs[place]:
                left -= mine[place] - kept[0]
                right -= theirs[place] - kept[1]
    return left, right
