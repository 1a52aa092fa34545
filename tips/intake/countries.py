"""The countries that a form offers, and what somebody may type for one of them."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.utils.translation import get_language, override
from django_countries import countries

from tips.geography.gazetteer import fold


@lru_cache(maxsize=32)
def names(language: str) -> tuple[tuple[str, str], ...]:
    """List codes and names in a language, once a process: 250 translations are slow."""
    with override(language):
        return tuple((country.code, str(country.name)) for country in countries)


def name_of(code: str) -> str:
    """Give a country's name in the language at hand."""
    return dict(names(get_language() or "en")).get(code, code)


@lru_cache(maxsize=1)
def _by_name() -> dict[str, str]:
    found: dict[str, str] = {}
    for language, _ in settings.LANGUAGES:
        for code, name in names(language):
            found.setdefault(fold(name), code)
            found.setdefault(fold(name.partition("(")[0].strip()), code)
    # What people write, and no list of names has.
    for name, code in {"uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB"}.items():
        found[name] = code
    for name, code in {"usa": "US", "america": "US", "holland": "NL", "uae": "AE"}.items():
        found[name] = code
    return found


def code_of(typed: str) -> str | None:
    """Read a country from what was typed: a name in any of the site's languages, or a code.

    Returns:
        ISO 3166-1 alpha-2; None where we know none of that name.
    """
    typed = typed.strip()
    if typed.upper() in countries.countries:
        return typed.upper()
    return _by_name().get(fold(typed))
