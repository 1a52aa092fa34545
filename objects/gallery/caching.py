"""The Cache-Control header of public pages."""

from typing import TypeVar

from django.http.response import HttpResponseBase

SECONDS = 60  # the longest time that a withdrawn page may stay in a cache without a purge


Response = TypeVar("Response", bound=HttpResponseBase)


def public(response: Response) -> Response:
    """Allow any cache to keep a response for a minute, and return the response."""
    response.headers["Cache-Control"] = f"public, max-age={SECONDS}"
    return response
