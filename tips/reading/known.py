"""Whether a word alone names a place. Pure but for the table that it looks into."""

from __future__ import annotations

from tips.reading import sources, text
from tips.reading.table import load

MIN_POPULATION = 15_000  # of a town by its own name
MIN_POPULATION_ALTERNATE = (
    100_000  # of a town by another name, which is often a common word as well
)


def is_place(word: str) -> bool:
    """Return whether a word is the name of a country or of a town that is not small."""
    table = load()
    for meaning in table.meanings(text.key(word)):
        if meaning.kind == sources.COUNTRY:
            return True
        if meaning.kind in (sources.CITY, sources.ALTERNATE):
            least = MIN_POPULATION if meaning.kind == sources.CITY else MIN_POPULATION_ALTERNATE
            if table.place(int(meaning.value)).population >= least:
                return True
    return False
