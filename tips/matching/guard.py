"""What must not differ between two tips that are said to say the same. Pure.

However alike the words are: another country, place, number, link or name, or a denial, makes two
claims of them. The guard errs on the side of keeping tips apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein

from tips.matching import normalise
from tips.places import mentions
from tips.places.words import DENIALS, LIGHT

SAME_WORDS = 88.0  # per cent, of rapidfuzz's token sort ratio
ALIKE = 60.0
SHORT = 8  # words: in so short a text every word matters
TYPO = 0.78
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


@dataclass(frozen=True)
class Details:
    """What of a tip matters beyond its words.

    ``countries``, ``denied`` and ``places`` map a country or place to the folded words that named it;
    a country that the sender chose from the list is named by no word.
    """

    words: tuple[str, ...]
    names: frozenset[str]
    countries: dict[str, frozenset[str]]
    denied: dict[str, frozenset[str]]
    places: dict[str, frozenset[str]]
    numbers: frozenset[str]
    links: frozenset[str]


@dataclass(frozen=True)
class Comparison:
    """How two tips relate: ``duplicate``, ``related`` or ``new``, and why, in words for people."""

    relation: str
    reasons: tuple[str, ...]
    likeness: float


@lru_cache(maxsize=4096)
def details(text: str, *, country: str = "", url: str = "") -> Details:
    """Read from a tip what the guard compares; the firsts of claims are read again and again."""
    clean = normalise.plain(text)
    found = [m for m in mentions.find(clean) if m.kind != "link"]
    chosen = {country: frozenset[str]()} if country else {}
    return Details(
        words=tuple(normalise.words(text)),
        names=_names(clean),
        countries={**chosen, **{m.country: _words_of(m) for m in found if not m.denied}},
        denied={m.country: _words_of(m) for m in found if m.denied},
        places={m.name.casefold(): _words_of(m) for m in found if m.kind == "city"},
        numbers=frozenset(_NUMBER.findall(normalise.LINK.sub(" ", clean))),
        links=normalise.links(text, url),
    )


def compare(one: Details, other: Details) -> Comparison:
    """Compare two tips on one object; symmetric."""
    likeness = fuzz.token_sort_ratio(_weighty(one.words), _weighty(other.words))
    same = f"{likeness:.0f} % same words"
    shared_links = one.links & other.links
    if likeness < ALIKE and not shared_links:
        return Comparison("new", (), likeness)
    why = [same] if likeness >= ALIKE else []
    why += [f"same link: {link}"[:200] for link in sorted(shared_links)]
    conflicts = differences(one, other)
    if conflicts:
        return Comparison("related", (*why, *conflicts), likeness)
    if likeness >= SAME_WORDS or not _unpaired(one, other) - LIGHT:
        return Comparison("duplicate", tuple(why), likeness)
    return Comparison("related", tuple(why), likeness)


def differences(one: Details, other: Details) -> list[str]:
    """List what differs where it matters, as a person would say it; empty if nothing does."""
    unpaired = _unpaired(one, other)
    found = []
    for label, mine, theirs in (
        ("countries", one.countries, other.countries),
        ("countries ruled out", one.denied, other.denied),
        ("places", one.places, other.places),
    ):
        left, right = sorted(set(mine) - set(theirs)), sorted(set(theirs) - set(mine))
        if label == "places" or not (left and right):  # two different countries always count
            left, right = _only(mine, theirs, unpaired), _only(theirs, mine, unpaired)
        if left or right:
            found.append(f"differs in {label}: {_say(left)} / {_say(right)}"[:200])
    for label, ours, others in (
        ("numbers", one.numbers, other.numbers),
        ("links", one.links, other.links),
    ):
        if ours != others:
            found.append(
                f"differs in {label}: {_say(sorted(ours - others))} / {_say(sorted(others - ours))}"[
                    :200
                ]
            )
    names = sorted((unpaired - LIGHT) & (one.names | other.names))
    if names:
        found.append(f"differs in names: {', '.join(names)}"[:200])
    denials = sorted(unpaired & DENIALS)
    if denials:
        found.append(f"differs in a denial: {', '.join(denials)}")
    heavy = unpaired - LIGHT
    if heavy and min(len(one.words), len(other.words)) < SHORT and not found:
        found.append(f"differs in: {', '.join(sorted(heavy))}"[:200])
    return found


def contrary(one: Details, other: Details) -> list[str]:
    """List where two texts of one sender point to different places; that one says more is no conflict."""
    found = []
    for label, mine, theirs in (
        ("countries", one.countries, other.countries),
        ("places", one.places, other.places),
    ):
        if mine and theirs and not set(mine) & set(theirs):
            found.append(f"differs in {label}: {_say(sorted(mine))} / {_say(sorted(theirs))}"[:200])
    for country in sorted(set(one.denied) & set(other.countries)):
        found.append(f"rules out {country}, which the other names")
    for country in sorted(set(other.denied) & set(one.countries)):
        found.append(f"names {country}, which the other rules out")
    return found


def _weighty(words: tuple[str, ...]) -> str:
    """The words without greetings and filling, or all of them where nothing else is left."""
    return " ".join([word for word in words if word not in LIGHT] or words)


def _words_of(mention: mentions.Mention) -> frozenset[str]:
    return frozenset(normalise.words(mention.name))


def _only(
    mine: dict[str, frozenset[str]], theirs: dict[str, frozenset[str]], unpaired: set[str]
) -> list[str]:
    """What one side names and the other does not, unless the other has those words, if misspelt."""
    extra = sorted(set(mine) - set(theirs))
    return [place for place in extra if not mine[place] or mine[place] & unpaired]


def _say(values: list[str]) -> str:
    return ", ".join(values) or "none"


def _names(text: str) -> frozenset[str]:
    """Words with a capital inside a sentence (brands, people, streets), unless all is capitals."""
    if text.isupper():
        return frozenset()
    found = set()
    for match in re.finditer(r"(?<![.!?\n])[^\S\n]+([^\W\d_][^\W_]+)", text):
        word = match.group(1)
        if word[0].isupper():
            found.update(normalise.words(word))
    return frozenset(found)


def _unpaired(one: Details, other: Details) -> set[str]:
    """Words of one text that the other has neither as they are nor with a slip of the keyboard.

    Slips keep the beginning of a word or swap it; Marks and Parks, Lublin and Dublin are two names.
    """
    left, right = set(one.words) - set(other.words), set(other.words) - set(one.words)
    for word in sorted(left):
        if any(char.isdigit() for char in word) or len(word) < 4:
            continue
        twins = {
            twin: DamerauLevenshtein.normalized_similarity(word, twin)
            for twin in right
            if len(twin) >= 4
            and not any(char.isdigit() for char in twin)
            and (word[0] == twin[0] or word[:2] == twin[1::-1])
        }
        twin = max(sorted(twins), key=lambda candidate: twins[candidate], default=None)
        if twin is not None and twins[twin] >= TYPO:
            left.discard(word)
            right.discard(twin)
    return left | right
