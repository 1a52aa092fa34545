"""What every template may know of the site."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language, get_language_info


@dataclass(frozen=True)
class InLanguage:
    """The page at hand in a language: its code, own name, address and direction of writing."""

    code: str
    name: str
    path: str
    direction: str
    is_current: bool


def in_languages(request: HttpRequest) -> list[InLanguage]:
    """List the page at hand in each language of the site; [] where it has no such addresses."""
    found = []
    for code, name in settings.LANGUAGES:
        path = translate_url(request.path, code)
        direction = "rtl" if get_language_info(code)["bidi"] else "ltr"
        found.append(InLanguage(code, name, path, direction, code == get_language()))
    return found if len({each.path for each in found}) == len(found) else []


def site(request: HttpRequest) -> dict[str, object]:
    """Give the site's and the agency's name, and the page in other languages."""
    return {
        "site_name": settings.SITE_NAME,
        "agency_name": settings.AGENCY_NAME,
        "site_url": settings.SITE_URL,
        "leave_url": settings.LEAVE_URL,
        "in_languages": in_languages(request),
        "demo": settings.PROFILE == "demo",
    }
