"""Response helpers for the pages of all entrances: cache headers and waiting times."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import ngettext


def no_store(response: HttpResponse) -> HttpResponse:
    """Forbid all caches to keep a response."""
    response.headers["Cache-Control"] = "no-store"
    return response


def set_retry_after(response: HttpResponse, minutes: int) -> HttpResponse:
    """Set the header that says when to try again."""
    response.headers["Retry-After"] = str(minutes * 60)
    return response


def retry_message(minutes: int) -> str:
    """Return the error for a sender of too many messages."""
    return ngettext(
        "We have received many tips from your connection. Your text is still here. Send it again in "
        "%(minutes)s minute.",
        "We have received many tips from your connection. Your text is still here. Send it again in "
        "%(minutes)s minutes.",
        minutes,
    ) % {"minutes": minutes}
