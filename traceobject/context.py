"""The template context of every page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import LocalePrefixPattern, URLPattern, URLResolver, get_resolver
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_info

from traceobject.rooms import Room, room_of, rooms_for


@dataclass(frozen=True)
class PageLanguage:
    """The current page in a language: code, own name, path and direction of writing."""

    code: str
    name: str
    path: str
    direction: str
    is_current: bool


@lru_cache(maxsize=1)
def _translated_page_names() -> frozenset[str]:
    """Return the names of the pages that have a URL in each language."""
    return frozenset(
        str(pattern.name)
        for resolver in get_resolver().url_patterns
        if isinstance(resolver, URLResolver) and isinstance(resolver.pattern, LocalePrefixPattern)
        for included in resolver.url_patterns
        if isinstance(included, URLResolver)
        for pattern in included.url_patterns
        if isinstance(pattern, URLPattern)
    )


def page_languages(request: HttpRequest) -> list[PageLanguage]:
    """Return the current page in each language of the site; [] if it is not translated."""
    if (
        not request.resolver_match
        or request.resolver_match.url_name not in _translated_page_names()
    ):
        return []
    now = get_language()
    bare = request.path if now == settings.LANGUAGE_CODE else request.path.removeprefix(f"/{now}")
    found = []
    for code, name in settings.LANGUAGES:
        path = bare if code == settings.LANGUAGE_CODE else f"/{code}{bare}"
        direction = "rtl" if get_language_info(code)["bidi"] else "ltr"
        found.append(PageLanguage(code, name, path, direction, code == now))
    return found


def _rooms(request: HttpRequest) -> list[Room]:
    user = getattr(request, "user", None)  # the public's pages have none
    return rooms_for(user) if user is not None and user.is_authenticated else []


def site(request: HttpRequest) -> dict[str, object]:
    """Return the names of the site and the agency, the page's languages, and staff's rooms."""
    return {
        "site_name": settings.SITE_NAME,
        "agency_name": settings.AGENCY_NAME,
        "site_url": settings.SITE_URL,
        "leave_url": settings.LEAVE_URL,
        "page_languages": SimpleLazyObject(lambda: page_languages(request)),
        "demo": settings.PROFILE == "demo",
        "staff_rooms": SimpleLazyObject(lambda: _rooms(request)),
        "staff_room": SimpleLazyObject(lambda: room_of(request.path)),
    }
