"""How long a cache may keep what the public reads."""

from django.http import HttpResponseBase

SECONDS = 60  # a withdrawal must not wait longer in a cache that is told nothing


def public(response: HttpResponseBase) -> HttpResponseBase:
    """Let any cache keep a response for a minute."""
    response.headers["Cache-Control"] = f"public, max-age={SECONDS}"
    return response
