"""How long a cache may keep what the public reads."""

from typing import TypeVar

from django.http.response import HttpResponseBase

SECONDS = 60  # a withdrawal must not wait longer in a cache that is told nothing


Response = TypeVar("Response", bound=HttpResponseBase)


def public(response: Response) -> Response:
    """Let any cache keep a response for a minute."""
    response.headers["Cache-Control"] = f"public, max-age={SECONDS}"
    return response
