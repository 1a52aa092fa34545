"""What several sources ask of libraries: territories, locales and how frequent words are.

Runs only while the table is built (:mod:`tips.reading.table`).
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from tips.reading.entries import LANGUAGES

NOT_A_TERRITORY = frozenset({"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB", "CQ"})


PART_OF = {"IC": "ES", "EA": "ES", "AC": "SH", "TA": "SH", "DG": "IO", "CP": "FR"}


# Other ways to write a language, whose names count as well.
VARIANTS = {
    "en": ("en_GB",),
    "pt": ("pt_PT",),
    "zh": ("zh_Hant",),
    "es": ("es_MX",),
    "fr": ("fr_CA",),
}


def spelt_languages() -> list[tuple[int, str, str]]:
    """Return each language's index and code with each locale that writes it."""
    return [
        (index, language, locale)
        for index, language in enumerate(LANGUAGES)
        for locale in (language, *VARIANTS.get(language, ()))
    ]


@cache
def locale_of(language: str) -> Any:
    from babel import Locale

    return Locale.parse(language)


def territories(language: str) -> dict[str, str]:
    """Return the names of all countries and territories in a language, by ISO 3166-1 code."""
    return {
        PART_OF.get(code, code): name
        for code, name in sorted(
            locale_of(language).territories.items(), key=lambda each: each[0] not in PART_OF
        )
        if len(code) == 2 and code.isalpha() and code not in NOT_A_TERRITORY
    }


@lru_cache(maxsize=1)
def frequencies(language: str) -> dict[str, float]:
    """Return the words of a language with their share of all words (wordfreq)."""
    import wordfreq

    language = {"hr": "sh", "sr": "sh"}.get(language, language)
    if language not in wordfreq.available_languages("small"):
        return {}
    return wordfreq.get_frequency_dict(language, wordlist="large" if language == "en" else "small")
