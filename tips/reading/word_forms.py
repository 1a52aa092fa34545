"""Find the inflected forms of names in simplemma's dictionaries: 26 million forms of 29 languages.

A form is looked at once, in chunks and as bytes as long as possible, and kept only if it is one of
a name. No dictionary is held in memory whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from tips.reading.folding import key

CHUNK = 50_000
# What a language's dictionary is called where simplemma has another name for it.
_CALLED = {"hr": "hbs", "sr": "hbs", "fil": "tl"}


class Names(NamedTuple):
    """The names whose forms are looked for.

    Attributes:
        keys: the key of each name by its spelling without case.
        cities: keys of places, which are inflected in every language.
        known: keys of all other names, by language.
    """

    keys: dict[str, str]
    cities: frozenset[str]
    known: dict[str, frozenset[str]]


class Forms(NamedTuple):
    """What a dictionary says of the names.

    Attributes:
        forms: key of a form, key of its name, and whether one of them has a capital letter.
        words: keys of places that are a word as well.
    """

    forms: list[tuple[str, str, bool]]
    words: list[str]


def has_dictionary(language: str) -> bool:
    """Return whether simplemma knows a language."""
    from simplemma.strategies.dictionaries.dictionary_factory import SUPPORTED_LANGUAGES

    return _CALLED.get(language, language) in SUPPORTED_LANGUAGES


def find(language: str, names: Names) -> Forms:
    """Return the forms of names in a language."""
    known = names.known.get(language, frozenset())
    as_words = {spelling for spelling, name in names.keys.items() if name in names.cities}
    seen: set[bytes] = set()
    wanted: dict[bytes, str] = {}  # the lemmas that are names
    found = Forms([], [])
    for forms, lemmas in _chunks(_CALLED.get(language, language)):
        found.words.extend(names.keys[word.casefold()] for word in _words(forms, as_words))
        new = set(lemmas) - seen
        seen |= new
        for each in new:
            if name := names.keys.get(each.decode().casefold()):
                wanted[each] = name
        for form, lemma in zip(forms, lemmas, strict=True):
            if lemma in wanted:
                _take(form.decode(), lemma.decode(), wanted[lemma], known, names.cities, found)
    return found


def _take(
    form: str, lemma: str, name: str, known: frozenset[str], cities: frozenset[str], found: Forms
) -> None:
    """Keep a form of a name. A place needs a capital letter."""
    is_capital = lemma[:1].isupper() or form[:1].isupper()
    if name in known or (is_capital and name in cities):
        folded = key(form)
        if folded != name and len(folded) >= 3:
            found.forms.append((folded, name, is_capital))


def _words(forms: Sequence[bytes], wanted: set[str]) -> Iterator[str]:
    """Yield the forms without capitals that are, without case, among those wanted."""
    # One text without case is made faster than many words.
    spellings = b"\n".join(forms).decode().casefold().split("\n")
    if len(spellings) != len(forms):  # a form with a line break in it
        spellings = [form.decode().casefold() for form in forms]
    for form, spelling in zip(forms, spellings, strict=True):
        if spelling in wanted and (word := form.decode()).islower():
            yield word


def _chunks(code: str) -> Iterator[tuple[Sequence[bytes], Sequence[bytes]]]:
    """Yield the forms of a dictionary and their lemmas, many at a time."""
    records, is_reversed = _records(code)
    while chunk := list(islice(records, CHUNK)):
        _, forms, lemmas = zip(*chunk, strict=True)
        if is_reversed:
            yield [form[::-1] for form in forms], [lemma[::-1] for lemma in lemmas]
        else:
            yield forms, lemmas


def _records(code: str) -> tuple[Iterator[tuple[int, bytes, bytes]], bool]:
    """Return each form with its lemma, and whether they are written backwards.

    They come out of the packed file if this version of simplemma lets us, else by its interface,
    which takes three times as long and a gigabyte.
    """
    from simplemma.strategies.dictionaries import dictionary_factory

    try:
        from simplemma.strategies.dictionaries import frontcode

        data = dictionary_factory._read_decompressed(code)
        is_reversed, _, start = frontcode._read_header(data)
        return frontcode._iter_records(data, start), is_reversed
    except (ImportError, AttributeError):
        each = dictionary_factory.DefaultDictionaryFactory(cache_max_size=1).get_dictionary(code)
        return ((0, form.encode(), lemma.encode()) for form, lemma in each.items()), False
