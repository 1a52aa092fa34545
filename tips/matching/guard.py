"""What must not differ between two tips that are said to say the same. Pure.

However alike the words are: another country, place, number, link or name, or a denial, makes two
claims of them. The guard errs on the side of keeping tips apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein

from tips.matching import normalise
from tips.places import mentions
from tips.places.words import DENIALS

SAME_WORDS = 88.0  # per cent, of rapidfuzz's token sort ratio
ALIKE = 60.0
SHORT = 8  # words: in so short a text every word matters
TYPO = 0.78
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_LIGHT = frozenset(
    [
        "a",
        "an",
        "the",
        "this",
        "that",
        "it",
        "is",
        "was",
        "i",
        "we",
        "you",
        "my",
        "our",
        "in",
        "on",
        "at",
        "of",
        "for",
        "to",
        "and",
        "or",
        "so",
        "but",
        "very",
        "really",
        "just",
        "also",
        "hi",
        "hello",
        "dear",
        "sir",
        "madam",
        "team",
        "thanks",
        "thank",
        "regards",
        "kind",
        "best",
        "wishes",
        "please",
        "good",
        "morning",
        "evening",
        "think",
        "believe",
        "sure",
        "know",
        "maybe",
        "same",
        "one",
        "there",
        "here",
        "have",
        "has",
        "had",
        "le",
        "la",
        "les",
        "un",
        "une",
        "des",
        "du",
        "de",
        "et",
        "est",
        "je",
        "ce",
        "cette",
        "bonjour",
        "merci",
        "cordialement",
        "der",
        "die",
        "das",
        "ein",
        "eine",
        "ist",
        "ich",
        "und",
        "zu",
        "von",
        "hallo",
        "danke",
        "grusse",
        "el",
        "los",
        "las",
        "una",
        "es",
        "y",
        "yo",
        "hola",
        "gracias",
        "saludos",
        "het",
        "een",
        "en",
        "is",
        "ik",
        "dat",
        "dit",
        "dank",
        "groeten",
        "to",
        "jest",
        "i",
        "się",
        "pozdrawiam",
        "dzien",
        "dobry",
        "це",
        "я",
        "і",
        "та",
        "дякую",
        "вітаю",
    ]
)


@dataclass(frozen=True)
class Details:
    """What of a tip matters beyond its words."""

    words: tuple[str, ...]
    names: frozenset[str]
    countries: frozenset[str]
    denied: frozenset[str]
    places: frozenset[str]
    numbers: frozenset[str]
    links: frozenset[str]


@dataclass(frozen=True)
class Comparison:
    """How two tips relate: ``duplicate``, ``related`` or ``new``, and why, in words for people."""

    relation: str
    reasons: tuple[str, ...]
    likeness: float


def details(text: str, *, country: str = "", url: str = "") -> Details:
    """Read from a tip what the guard compares."""
    clean = normalise.plain(text)
    found = mentions.find(clean)
    named = {m.country for m in found if not m.denied and not m.evidence.endswith("(link)")}
    return Details(
        words=tuple(normalise.words(text)),
        names=_names(clean),
        countries=frozenset(named | ({country} if country else set())),
        denied=frozenset(m.country for m in found if m.denied),
        places=frozenset(m.evidence for m in found if m.evidence.endswith("(city)")),
        numbers=frozenset(_NUMBER.findall(normalise.LINK.sub(" ", clean))),
        links=normalise.links(text, url),
    )


def compare(one: Details, other: Details) -> Comparison:
    """Compare two tips on one object; symmetric."""
    likeness = fuzz.token_sort_ratio(" ".join(one.words), " ".join(other.words), processor=None)
    same = f"{likeness:.0f} % same words"
    shared_links = one.links & other.links
    if likeness < ALIKE and not shared_links:
        return Comparison("new", (), likeness)
    why = [same] if likeness >= ALIKE else []
    why += [f"same link: {link}"[:200] for link in sorted(shared_links)]
    conflicts = differences(one, other)
    if conflicts:
        return Comparison("related", (*why, *conflicts), likeness)
    if likeness >= SAME_WORDS:
        return Comparison("duplicate", tuple(why), likeness)
    return Comparison("related", tuple(why), likeness)


def differences(one: Details, other: Details) -> list[str]:
    """List what differs where it matters, as a person would say it; empty if nothing does."""
    found = []
    for label, mine, theirs in (
        ("countries", one.countries, other.countries),
        ("countries ruled out", one.denied, other.denied),
        ("places", _folded(one.places), _folded(other.places)),
        ("numbers", one.numbers, other.numbers),
        ("links", one.links, other.links),
    ):
        if mine != theirs:
            left, right = sorted(mine - theirs), sorted(theirs - mine)
            found.append(f"differs in {label}: {_say(left)} / {_say(right)}"[:200])
    unpaired = _unpaired(one.words, other.words)
    names = sorted(unpaired & (one.names | other.names))
    if names:
        found.append(f"differs in names: {', '.join(names)}"[:200])
    denials = sorted(unpaired & DENIALS)
    if denials:
        found.append(f"differs in a denial: {', '.join(denials)}")
    heavy = unpaired - _LIGHT
    if heavy and min(len(one.words), len(other.words)) < SHORT and not found:
        found.append(f"differs in: {', '.join(sorted(heavy))}"[:200])
    return found


def _folded(places: frozenset[str]) -> frozenset[str]:
    return frozenset(place.removesuffix(" (city)").casefold() for place in places)


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


def _unpaired(one: tuple[str, ...], other: tuple[str, ...]) -> set[str]:
    """Words of one text that the other has neither as they are nor with a slip of the keyboard."""
    left, right = set(one) - set(other), set(other) - set(one)
    for word in sorted(left):
        if word.isdigit() or len(word) < 4:
            continue
        twin = max(
            (w for w in right if not w.isdigit() and len(w) >= 4),
            key=lambda w: DamerauLevenshtein.normalized_similarity(word, w),
            default=None,
        )
        if twin and DamerauLevenshtein.normalized_similarity(word, twin) >= TYPO:
            left.discard(word)
            right.discard(twin)
    return left | right
