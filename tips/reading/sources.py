"""Collect the names of places, currencies, units, months and numbers from installed libraries.

Runs only while the table is built (:mod:`tips.reading.table`); a process that reads texts never
imports these libraries. Half of the work is done by a second process.
"""

from __future__ import annotations

import gc
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

import marisa_trie

from tips.reading import text, word_forms
from tips.reading.entries import (
    ALTERNATE,
    ANY,
    CITY,
    COUNTRY,
    CURRENCY_NOUN,
    DEMONYM,
    INFLECTED_CITY,
    LANGUAGE,
    LANGUAGES,
    MONTH,
    NUMBER,
    ORDINAL,
    REGION,
    UNIT,
    WORD,
    Collection,
    Entry,
)
from tips.reading.libraries import frequencies
from tips.reading.sources_places import add_airports, add_cities, add_countries, add_regions
from tips.reading.sources_words import (
    add_currencies,
    add_languages,
    add_numbers,
    add_units_and_months,
)
from tips.reading.word_forms import has_dictionary

MIN_ZIPF = 3.0  # words rarer than one in a million are not kept


MIN_POPULATION_INFLECTED = 30_000


# Languages whose inflected forms are worth their time.
INFLECTING = frozenset(
    "en fr de es pt it nl pl uk ru ar tr ro sv el da nb fi cs sk hu bg hr sl lt lv et ca mk".split()
)


def collect() -> Collection:
    """Return everything that the table holds. Takes half a minute, in two processes."""
    found = Collection()
    others = apart("others", {})
    regions = add_regions(found)
    add_cities(found, regions)
    add_airports(found)
    found.merge(others())
    add_inflections(found)
    return found


def add_inflections(found: Collection) -> None:
    """Add the inflected forms of all single words that simplemma knows."""
    known, cities = _inflected(found)
    names = _names(found, known, cities)
    languages = [each for each in LANGUAGES if each in INFLECTING and has_dictionary(each)]
    half = apart("forms", {"languages": languages[::2], "names": _sent(names)})
    for language in languages[1::2]:
        _add_forms(found, language, word_forms.find(language, names), known, cities)
    for language, forms, words in half():
        _add_forms(found, language, word_forms.Forms(forms, words), known, cities)


def _inflected(found: Collection) -> tuple[list[dict[str, list[Entry]]], dict[str, list[Entry]]]:
    """Return the entries of single words that are inflected: by language, and those of places."""
    wanted = {COUNTRY, DEMONYM, REGION, CURRENCY_NOUN, MONTH, UNIT, NUMBER, ORDINAL, LANGUAGE}
    known: list[dict[str, list[Entry]]] = [{} for _ in LANGUAGES]
    cities: dict[str, list[Entry]] = {}
    for name, entries in found.entries.items():
        if " " in name or len(name) < 3:
            continue
        for entry in entries:
            if entry.kind in wanted and entry.language != ANY:
                known[entry.language].setdefault(name, []).append(entry)
            elif entry.kind in (CITY, ALTERNATE, REGION):
                place = found.places[int(entry.value)]
                if place.population >= MIN_POPULATION_INFLECTED or entry.kind == REGION:
                    cities.setdefault(name, []).append(entry)
    return known, cities


def _names(
    found: Collection, known: list[dict[str, list[Entry]]], cities: dict[str, list[Entry]]
) -> word_forms.Names:
    """Return the names whose forms are looked for."""
    every = set(cities).union(*known)
    return word_forms.Names(
        {spelling: name for spelling, name in found.keys.items() if name in every},
        frozenset(cities),
        {LANGUAGES[index]: frozenset(names) for index, names in enumerate(known)},
    )


def _sent(names: word_forms.Names) -> dict[str, Any]:
    """Return names in a form that another process can be given."""
    known = {language: sorted(each) for language, each in names.known.items()}
    return {"keys": names.keys, "cities": sorted(names.cities), "known": known}


def _add_forms(
    found: Collection,
    language: str,
    forms: word_forms.Forms,
    known: list[dict[str, list[Entry]]],
    cities: dict[str, list[Entry]],
) -> None:
    """Add the forms of names in one language."""
    index = LANGUAGES.index(language)
    for name in forms.words:
        found.put(name, Entry(WORD, index, ""))
    for form, name, is_capital in forms.forms:
        for entry in known[index].get(name, ()):
            found.put(form, entry)
        for entry in cities.get(name, ()) if is_capital else ():
            kind = REGION if entry.kind == REGION else INFLECTED_CITY
            found.put(form, Entry(kind, index, entry.value))


def forms_of(languages: list[str], names: dict[str, Any]) -> list[Any]:
    """Return the forms in some languages: the half of the work that another process does."""
    known = {language: frozenset(each) for language, each in names["known"].items()}
    whose = word_forms.Names(names["keys"], frozenset(names["cities"]), known)
    return [(language, *word_forms.find(language, whose)) for language in languages]


def words() -> bytes:
    """Return the trie of common words: folded, with their language and 25 times their frequency."""
    return marisa_trie.RecordTrie("<BB", _common()).tobytes()


def _common() -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield the common words, one language after the other so that one is in memory at a time."""
    for index, language in enumerate(LANGUAGES):
        kept: dict[str, float] = {}
        for word, share in frequencies(language).items():
            zipf = math.log10(share) + 9
            if zipf < MIN_ZIPF:
                continue
            folded = text.fold(word)
            if kept.get(folded, 0) < zipf:
                kept[folded] = zipf
        for word, zipf in kept.items():
            yield word, (index, min(255, round(25 * zipf)))


def without_places() -> dict[str, Any]:
    """Return all that is no place, and common words: what another process can do meanwhile."""
    common = words().decode("latin-1")  # first, so that its memory is free for the rest
    found = Collection()
    add_countries(found)
    add_currencies(found)
    add_languages(found)
    add_units_and_months(found)
    add_numbers(found)
    return {"entries": found.entries, "keys": found.keys, "words": common}


_TASKS: dict[str, Callable[..., Any]] = {"others": without_places, "forms": forms_of}


def apart(task: str, given: dict[str, Any]) -> Callable[[], Any]:
    """Start a task in a process of its own, and return what waits for its result.

    The task is done in this process if there is one processor only or no process can be started.
    """
    child = _child(json.dumps([task, given])) if (os.cpu_count() or 1) > 1 else None

    def result() -> Any:
        if child is not None:
            answer, _ = child.communicate()
            if child.returncode == 0:
                return json.loads(answer)
        return _TASKS[task](**given)

    return result


def _child(order: str) -> subprocess.Popen[bytes] | None:
    """Start a process that does a task. A plain program: workers of Celery may not fork."""
    program = "from tips.reading.sources import serve; serve()"
    paths = os.pathsep.join(each or os.getcwd() for each in sys.path)
    with tempfile.TemporaryFile() as file:
        file.write(order.encode())
        file.seek(0)
        try:
            return subprocess.Popen(
                [sys.executable, "-c", program],
                stdin=file,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": paths},
            )
        except OSError:
            return None


def serve() -> None:
    """Do the task that is given on the standard input, and answer on the standard output."""
    gc.disable()
    out, sys.stdout = sys.stdout, sys.stderr  # a library that prints does not disturb the answer
    task, given = json.load(sys.stdin)
    out.write(json.dumps(_TASKS[task](**given)))
    out.flush()
