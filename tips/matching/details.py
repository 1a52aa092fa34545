"""Read from a tip what matching compares, and keep it beside the tip. Pure."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tips.matching import normalise, signature, stopwords
from tips.matching.normalise import is_unspaced
from tips.reading import Account, Evidence, read, stored
from tips.reading.links import LINK

VERSION = 4  # of the matcher; ``manage.py rematch`` brings older tips up to date
_CLAUSE_END = re.compile(r"[,.;:!?…](?=\s|$)|[،؛؟。、，！？；]")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
NEGATIONS = stopwords.NEGATIONS
STOPWORDS = (
    frozenset(each for word in stopwords.WORDS for each in (word, *normalise.words(word)))
    - NEGATIONS
)


@dataclass(frozen=True)
class Details:
    """What matters in a tip beyond its words.

    ``countries``, ``denied``, ``places`` and ``numbers`` map what the tip names to the folded words
    that name it. A country that the sender chose from the list has no words.

    Attributes:
        account: what the tip says.
        content_words: the words without stopwords, or all words if there are no others.
        sorted_content: the content words, sorted and joined.
        bonds: which words numbers and negations stand beside, and signs of currencies: what a text says
            with the same words in another order may be something else.
    """

    account: Account
    words: tuple[str, ...]
    names: frozenset[str]
    countries: dict[str, frozenset[str]]
    denied: dict[str, frozenset[str]]
    places: dict[str, frozenset[str]]
    numbers: dict[str, frozenset[str]]
    links: frozenset[str]
    content_words: tuple[str, ...]
    sorted_content: str
    unspaced_negations: frozenset[str]
    bonds: frozenset[str]


def read_account(text: str, *, country: str = "", url: str = "") -> Account:
    """Return what a message says, without quoting and signature.

    Args:
        country: the country that the sender chose from the list.
        url: the link that the sender gave beside the text.
    """
    return read(normalise.strip_boilerplate(text), url=url).with_chosen(country)


def read_details(text: str, *, country: str = "", url: str = "") -> Details:
    """Read a message, and return what matters in it. See :func:`read_account`."""
    cleaned = normalise.clean(text)
    body = normalise.strip_clean(cleaned)
    account = read(body, url=url).with_chosen(country)
    return _details(
        account,
        words=normalise.body_words(body),
        names=_names(body),
        links=normalise.clean_links(cleaned, url),
        bonds=_bonds(body),
        named={
            "countries": _countries(account),
            "denied": _words_by((c.code, c.evidence) for c in account.ruled_out),
            "places": _words_by((p.name, (p.evidence,)) for p in account.places if not p.denied),
            "numbers": _numbers(account, body),
        },
    )


def index_keys(details: Details, *, space: int = 0) -> list[int]:
    """Return the keys by which texts that may say the same find each other, sorted."""
    pages = {normalise.page_key(link) or link for link in details.links}
    return signature.keys(details.content_words, pages, space=space)


def dump(details: Details) -> dict[str, Any]:
    """Return details as JSON, to be stored beside the tip."""
    named = {
        "countries": details.countries,
        "denied": details.denied,
        "places": details.places,
        "numbers": details.numbers,
    }
    return {
        "version": [VERSION, stored.VERSION],
        "account": stored.dump(details.account),
        "words": " ".join(details.words),
        "names": sorted(details.names),
        "links": sorted(details.links),
        "bonds": sorted(details.bonds),
        "named": {
            label: {name: sorted(words) for name, words in found.items()}
            for label, found in named.items()
            if found
        },
    }


def load(kept: dict[str, Any] | None) -> Details | None:
    """Return stored details, or None if there are none of this version, or if they are damaged."""
    try:
        return _load(kept) if kept and is_current(kept) else None
    except (KeyError, IndexError, TypeError, AttributeError, ValueError):
        return None


def _load(kept: dict[str, Any]) -> Details:
    account = stored.load(kept["account"])
    assert account is not None
    named = {
        label: {name: frozenset(words) for name, words in found.items()}
        for label, found in kept["named"].items()
    }
    words = tuple(kept["words"].split())
    names, links, bonds = (frozenset(kept[each]) for each in ("names", "links", "bonds"))
    return _details(account, words, names, links, bonds, named)


def is_current(kept: dict[str, Any] | None) -> bool:
    """Return whether details were stored by this version of the matcher and of the reader."""
    return bool(kept) and kept is not None and kept.get("version") == [VERSION, stored.VERSION]


def load_account(kept: dict[str, Any] | None) -> Account | None:
    """Return the account in stored details, or None if there is none of this version."""
    details = load(kept)
    return details.account if details else None


def sort_content(words: Iterable[str]) -> str:
    """Return the content words of a text, sorted and joined."""
    return " ".join(sorted(_content_words(tuple(words))))


def _content_words(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in words if word not in STOPWORDS) or words


def _details(
    account: Account,
    words: tuple[str, ...],
    names: frozenset[str],
    links: frozenset[str],
    bonds: frozenset[str],
    named: dict[str, dict[str, frozenset[str]]],
) -> Details:
    content_words = _content_words(words)
    return Details(
        account=account,
        words=words,
        names=names,
        countries=named.get("countries", {}),
        denied=named.get("denied", {}),
        places=named.get("places", {}),
        numbers=named.get("numbers", {}),
        links=links,
        content_words=content_words,
        sorted_content=" ".join(sorted(content_words)),
        unspaced_negations=_unspaced_negations(words),
        bonds=bonds,
    )


def _words_by(found: Iterable[tuple[str, Iterable[Evidence]]]) -> dict[str, frozenset[str]]:
    named: dict[str, frozenset[str]] = {}
    for name, evidence in found:
        words = frozenset(word for each in evidence for word in normalise.body_words(each.words))
        named[name] = named.get(name, frozenset()) | words
    return named


def _countries(account: Account) -> dict[str, frozenset[str]]:
    """Return the suggested countries that words name, or that the sender chose.

    What a country's price, telephone number or link differs in is compared as a number or a link.
    """
    elsewhere = [each.evidence for each in account.numbers]
    elsewhere += [each.evidence for each in account.links]
    found = {}
    for country in account.suggested:
        words = [e for e in country.evidence if not any(_overlap(e, other) for other in elsewhere)]
        if words or not country.evidence:
            found[country.code] = words
    return _words_by(found.items())


def _overlap(one: Evidence, other: Evidence) -> bool:
    return one.start < other.end and other.start < one.end


def _numbers(account: Account, body: str) -> dict[str, frozenset[str]]:
    """Return the numbers and dates of a text by their value, and all other digits as they stand.

    A month without a day or year is no number: its word is compared like any other.
    """
    found = [
        (f"{'–'.join(filter(None, (n.value, n.to)))} {n.unit}".strip(), n.evidence)
        for n in account.numbers
    ]
    dates = ((date.value, date.evidence) for date in account.dates)
    found += [each for each in dates if any(char.isdigit() for char in each[1].words)]
    read = {place for _, each in found for place in range(each.start, each.end)}
    bare = LINK.sub(lambda link: " " * len(link.group()), body)
    for number in _NUMBER.finditer(bare):
        if number.start() not in read:
            words = Evidence(number.start(), number.end(), number.group())
            found.append((_plain_number(number.group()), words))
    return _words_by((value, (evidence,)) for value, evidence in found)


def _plain_number(number: str) -> str:
    """Return 1.000, 1,000 and 1000 in one form, and 3,50 as 3.5."""
    if re.fullmatch(r"\d{1,3}([.,]\d{3})+", number):
        return re.sub(r"[.,]", "", number)
    plain = number.replace(",", ".").strip(".:")
    return plain.rstrip("0").rstrip(".") if plain.count(".") == 1 else plain


def _names(text: str) -> frozenset[str]:
    """Return the capitalised words inside sentences, such as brands, people and streets.

    A text in capitals has none.
    """
    if text.isupper():
        return frozenset()
    found: set[str] = set()
    for match in re.finditer(r"(?<![.!?\n])[^\S\n]+([^\W\d_][^\W_]+)", text):
        word = match.group(1)
        if word[0].isupper():
            found.update(normalise.body_words(word))
    return frozenset(found)


def _bonds(body: str) -> frozenset[str]:
    """Return the neighbours of each number, the word after each negation, and the signs of currencies.

    A bond is a place and what stands there: 'room_ 12' (before 12 stands room), '12 _floor', '¤ $'. Words
    of two clauses are no neighbours. A number alone cannot have changed its place with another.
    """
    bonds = {f"¤ {char}" for char in body if unicodedata.category(char) == "Sc"}
    clauses = [_telling(normalise.body_words(part)) for part in _CLAUSE_END.split(body)]
    numbers = sum(_is_number(word) for words in clauses for word in words)
    for words in clauses:
        for before, word in itertools.pairwise(words):
            if _is_number(word) and numbers > 1:
                bonds.add(f"_{word} {before}")
            if word not in NEGATIONS and (
                before in NEGATIONS or (_is_number(before) and numbers > 1)
            ):
                bonds.add(f"{before}_ {word}")
    return frozenset(bonds)


def _telling(words: tuple[str, ...]) -> list[str]:
    return [word for word in words if word in NEGATIONS or word not in STOPWORDS]


def _is_number(word: str) -> bool:
    return any(char.isdecimal() for char in word)


def _unspaced_negations(words: tuple[str, ...]) -> frozenset[str]:
    """Return the negations of scripts without spaces, each with its number."""
    run = "".join(word for word in words if is_unspaced(word[0]))
    return frozenset(
        f"{each} × {run.count(each)}" for each in stopwords.UNSPACED_NEGATIONS if each in run
    )
