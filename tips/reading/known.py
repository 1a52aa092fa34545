"""What a word alone is: the name of a place, or a slip for another word."""

from __future__ import annotations

from tips.reading import entries, text
from tips.reading.table import load

MIN_POPULATION = 15_000  # of a town by its own name
MIN_POPULATION_ALTERNATE = (
    100_000  # of a town by another name, which is often a common word as well
)
MIN_RARER = 2.5  # steps of the Zipf scale, each ten times: a slip is that much rarer than its word


def is_slip_of(word: str, common: str) -> bool:
    """Return whether a word is too rare to be a word of its own: 'teh', but not 'curtain' for 'certain'.

    Frequent slips are in every list of words, so it is compared with the word that may be meant.
    """
    frequencies = load().frequencies
    meant = frequencies(common)
    return all(
        meant.get(language, 0.0) - often >= MIN_RARER
        for language, often in frequencies(word).items()
    )


def is_place(word: str) -> bool:
    """Return whether a word is the name of a country or of a town that is not small."""
    table = load()
    for meaning in table.meanings(text.key(word)):
        if meaning.kind == entries.COUNTRY:
            return True
        if meaning.kind in (entries.CITY, entries.ALTERNATE):
            least = MIN_POPULATION if meaning.kind == entries.CITY else MIN_POPULATION_ALTERNATE
            if table.place(int(meaning.value)).population >= least:
                return True
    return False
