"""Find the places that a text mentions, and the object's relation to them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from tips.geography import gazetteer
from tips.geography.keywords import (
    AMBIGUOUS_NAMES,
    NEGATION_REACH,
    NEGATIONS,
    PREPOSITIONS,
    RELATIONS,
)

MAX_NAME_WORDS = 4  # words
RELATION_REACH = 14  # words
LARGE_POPULATION = 100_000
MIN_SHARE = 0.25  # of all inhabitants of cities with that name
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*", re.UNICODE)
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"']+", re.IGNORECASE)
_DIALLED = re.compile(r"(?<![\d+])(?:\+|00)(\d{1,3})[\s\d()/.-]{6,}")
_SENTENCE = re.compile(r"[.!?;\n。！？؟]+")

# Country domains that are used as generic ones, so they suggest no country.
_GENERIC = frozenset(
    "io tv me co ai ly to gg fm am cc ws la eu su im is sh st nu vc pw tk ml ga cf gq".split()
)
DIALLING = {
    "31": "NL", "32": "BE", "33": "FR", "34": "ES", "351": "PT", "352": "LU", "353": "IE", "358": "FI",
    "30": "GR", "36": "HU", "380": "UA", "385": "HR", "386": "SI", "39": "IT", "40": "RO", "41": "CH",
    "420": "CZ", "421": "SK", "43": "AT", "44": "GB", "45": "DK", "46": "SE", "47": "NO", "48": "PL",
    "49": "DE", "55": "BR", "52": "MX", "54": "AR", "61": "AU", "66": "TH", "81": "JP", "82": "KR",
    "84": "VN", "86": "CN", "90": "TR", "91": "IN", "20": "EG", "212": "MA", "216": "TN", "213": "DZ",
    "971": "AE", "966": "SA", "972": "IL", "27": "ZA", "359": "BG", "370": "LT", "371": "LV", "372": "EE",
    "381": "RS", "63": "PH", "62": "ID", "60": "MY", "65": "SG",
}  # fmt: skip


@dataclass(frozen=True)
class Mention:
    """A place mentioned in a text.

    Attributes:
        country: ISO 3166-1 alpha-2.
        score: how certain the country is, 0 to 1.
        relation: seen, sold, made or unknown.
        name: the words of the text.
        kind: country, city, people, link or telephone.
        denied: the text says that it is not there.
        place: the name of the city or country, whatever language the text uses.
    """

    country: str
    score: float
    relation: str
    name: str
    kind: str
    denied: bool = False
    place: str = ""

    @property
    def evidence(self) -> str:
        """Return the words of the text and their kind."""
        return f"{self.name} ({self.kind})"


@dataclass(frozen=True)
class _Token:
    text: str
    folded: str
    start: int


def find(text: str) -> list[Mention]:
    """Return the places that a text mentions.

    These are countries and cities in any language of the gazetteer, demonyms ('Spanish'), the
    country of a link's domain, and dialling codes. A place that the text rules out ('not in Spain')
    has ``denied`` set.
    """
    spaced = _LINK.sub(lambda match: " " * len(match.group()), text)
    tokens = [
        _Token(m.group(), gazetteer.key(m.group()), m.start()) for m in _WORD.finditer(spaced)
    ]
    breaks = [match.start() for match in _SENTENCE.finditer(spaced)]
    return (
        _find_names(tokens, breaks)
        + _find_unspaced(spaced)
        + _find_link_countries(text)
        + _find_dialling_codes(spaced)
    )


def suggest(text: str) -> list[dict[str, Any]]:
    """Return the countries that a text mentions, the most certain first.

    Returns:
        Dictionaries of ``country`` (ISO 3166-1 alpha-2), ``score`` (0 to 1), ``relation`` (seen,
        sold, made or unknown) and ``evidence`` (words of the text). Empty if it mentions no place.
    """
    return sum_by_country(find(text))


def sum_by_country(found: Iterable[Mention]) -> list[dict[str, Any]]:
    """Sum up mentions by country, in the form that :func:`suggest` returns."""
    by_country: dict[str, list[Mention]] = {}
    for mention in found:
        if not mention.denied:
            by_country.setdefault(mention.country, []).append(mention)
    suggestions = []
    for country, mentions in by_country.items():
        doubt = 1.0
        for mention in mentions:
            doubt *= 1 - mention.score
        best = max(mentions, key=lambda mention: (mention.relation != "unknown", mention.score))
        evidence = "; ".join(dict.fromkeys(mention.evidence for mention in mentions))
        suggestions.append(
            {
                "country": country,
                "score": round(min(1 - doubt, 0.99), 2),
                "relation": best.relation,
                "evidence": evidence,
            }
        )
    return sorted(suggestions, key=lambda suggestion: (-suggestion["score"], suggestion["country"]))


def _find_names(tokens: list[_Token], breaks: list[int]) -> list[Mention]:
    known, stems = gazetteer.names(), gazetteer.prefixes()
    shouting = sum(token.text.isupper() for token in tokens) > len(tokens) / 2
    quiet = not any(token.text[:1].isupper() for token in tokens[1:])
    found: list[Mention] = []
    index = 0
    while index < len(tokens):
        for length in range(min(MAX_NAME_WORDS, len(tokens) - index), 0, -1):
            run = tokens[index : index + length]
            place = _lookup(known, run)
            if place and _is_place(place, run, tokens, index, quiet, shouting):
                for country, score in _possible_countries(place, tokens):
                    found.append(
                        _build_mention(
                            country, score, place.kind, run, tokens, index, breaks, place.name
                        )
                    )
                index += length - 1
                break
        else:
            hit = _find_prefix(stems, tokens[index].folded)
            if hit:
                country, kind = hit
                score = 0.85 if kind == "country" else 0.5
                run = tokens[index : index + 1]
                found.append(_build_mention(country, score, kind, run, tokens, index, breaks))
        index += 1
    return found


def _possible_countries(place: gazetteer.Place, tokens: list[_Token]) -> list[tuple[str, float]]:
    """Return the countries that a name may mean, each with a score.

    If several countries have a city of that name and the text mentions one of them, it is that one.
    """
    if place.kind == "country":
        return [(place.country, 0.9)]
    small = 0.1 if place.population < LARGE_POPULATION else 0.0
    shares = {place.country: place.share, **dict(place.others)}
    known = gazetteer.names()
    for token in tokens:
        named = known.get(token.folded)
        if named and named.kind == "country" and named.country in shares and len(token.folded) > 3:
            return [(named.country, 0.9 - small)]
    return [
        (country, round(0.55 + 0.35 * share - small, 2))
        for country, share in shares.items()
        if country == place.country or share >= MIN_SHARE
    ]


def _lookup(known: dict[str, gazetteer.Place], run: list[_Token]) -> gazetteer.Place | None:
    name = " ".join(token.folded for token in run)
    place = known.get(name)
    if place is None and name and "\u0600" <= name[0] <= "\u06ff" and len(name) > 4:
        for prefix in (
            "وال",
            "بال",
            "لل",
            "ال",
            "و",
            "ب",
            "ل",
            "ف",
        ):  # prefixes for 'and', 'in', 'the'
            if name.startswith(prefix):
                place = known.get(name[len(prefix) :]) or known.get("ال" + name[len(prefix) :])
                if place:
                    break
    return place


def _is_place(
    place: gazetteer.Place,
    run: list[_Token],
    tokens: list[_Token],
    index: int,
    quiet: bool,
    shouting: bool,
) -> bool:
    """Return whether a name that may also be an ordinary word means the place here."""
    caseless = quiet or shouting
    first, name = run[0].text, " ".join(token.folded for token in run)
    has_case = first[:1].lower() != first[:1].upper()
    capital = first[:1].isupper()
    after_preposition = index > 0 and tokens[index - 1].folded in PREPOSITIONS
    if len(run) == 1 and len(name) <= 3 and has_case:
        return (
            first.isupper() and place.kind == "country" and not (caseless and name in ("us", "vs"))
        )
    if name in AMBIGUOUS_NAMES:
        return after_preposition and (capital or caseless)
    if not has_case or place.kind == "country":
        return not has_case or capital or caseless or after_preposition or len(name) >= 6
    if capital and not shouting:
        # The first word of a sentence always has a capital; a small town needs better evidence.
        return (
            place.population >= LARGE_POPULATION
            or after_preposition
            or (index > 0 and len(name) >= 5)
        )
    return (
        place.population >= LARGE_POPULATION
        and len(name) >= 4
        and (after_preposition or place.population >= 10 * LARGE_POPULATION)
    )


def _find_prefix(stems: dict[str, tuple[str, str]], folded: str) -> tuple[str, str] | None:
    for end in range(len(folded), 3, -1):
        hit = stems.get(folded[:end])
        if hit and len(folded) - end <= 4:
            return hit
    return None


def _build_mention(country, score, kind, run, tokens, index, breaks, place="") -> Mention:
    words = " ".join(token.text for token in run)
    sentence = bisect_right(breaks, run[0].start)
    near = [
        (position, token)
        for position, token in enumerate(
            tokens[max(0, index - RELATION_REACH) : index + RELATION_REACH],
            max(0, index - RELATION_REACH),
        )
        if bisect_right(breaks, token.start) == sentence
    ]
    denied = any(
        token.folded in NEGATIONS and index - NEGATION_REACH - 1 <= position < index
        for position, token in near
    )
    return Mention(country, score, _relation(near, index, len(run)), words, kind, denied, place)


def _relation(near: list[tuple[int, _Token]], index: int, length: int) -> str:
    """Return the relation of the nearest keyword. One before the place counts as nearer."""
    best: tuple[float, str] | None = None
    for position, token in near:
        if index <= position < index + length:
            continue
        relation = _relation_of(token.folded)
        if relation is None:
            continue
        distance = index - position if position < index else 3 * (position - index - length + 1)
        if best is None or distance < best[0]:
            best = (distance, relation)
    return best[1] if best else "unknown"


@lru_cache(maxsize=20_000)
def _relation_of(word: str) -> str | None:
    for relation, stems in RELATIONS.items():
        if any(
            word == s or ((len(s) > 3 or not s.isascii()) and word.startswith(s)) for s in stems
        ):
            return relation
    return None


def _find_unspaced(text: str) -> list[Mention]:
    folded = gazetteer.fold(text)
    if not any(gazetteer.is_unspaced(char) for char in folded):
        return []
    return [
        Mention(
            place.country,
            0.85 if place.kind == "country" else 0.7,
            "unknown",
            name,
            place.kind,
            place=place.name,
        )
        for name, place in gazetteer.unspaced_names().items()
        if name in folded
    ]


def _find_link_countries(text: str) -> list[Mention]:
    found = []
    for match in _LINK.finditer(text):
        link = match.group() if "://" in match.group() else f"http://{match.group()}"
        try:
            host = urlsplit(link).hostname or ""
        except ValueError:
            continue
        ending = host.rsplit(".", 1)[-1]
        if len(ending) == 2 and ending.isalpha() and ending not in _GENERIC:
            country = {"uk": "GB"}.get(ending, ending.upper())
            found.append(Mention(country, 0.5, "sold", host, "link"))
    return found


def _find_dialling_codes(text: str) -> list[Mention]:
    found = []
    for match in _DIALLED.finditer(text):
        for length in (3, 2):
            country = DIALLING.get(match.group(1)[:length])
            if country:
                found.append(
                    Mention(country, 0.4, "unknown", f"+{match.group(1)[:length]}", "telephone")
                )
                break
    return found
