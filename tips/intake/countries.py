"""The countries that a form offers, and the names that people type for them."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.utils.translation import get_language, override
from django_countries import countries

from tips.reading.text import fold


@lru_cache(maxsize=32)
def names(language: str) -> tuple[tuple[str, str], ...]:
    """Return the codes and names of all countries in a language.

    Cached for each process, because 250 translations are slow.
    """
    with override(language):
        return tuple((country.code, str(country.name)) for country in countries)


def name_of(code: str) -> str:
    """Return a country's name in the current language."""
    return dict(names(get_language() or "en")).get(code, code)


@lru_cache(maxsize=1)
def _by_name() -> dict[str, str]:
    found: dict[str, str] = {}
    for language, _ in settings.LANGUAGES:
        for code, name in names(language):
            found.setdefault(fold(name), code)
            found.setdefault(fold(name.partition("(")[0].strip()), code)
    # Names that people write, but that no list has.
    for name, code in {"uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB"}.items():
        found[name] = code
    for name, code in {"usa": "US", "america": "US", "holland": "NL", "uae": "AE"}.items():
        found[name] = code
    return found


def code_of(typed: str) -> str | None:
    """Return the code of a country that was typed as a name or as a code.

    Names are known in all languages of the site.

    Returns:
        ISO 3166-1 alpha-2, or None for an unknown name.
    """
    typed = typed.strip()
    if typed.upper() in countries.countries:
        return typed.upper()
    return _by_name().get(fold(typed))
