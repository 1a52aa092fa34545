"""Headers that pages and static files share. Settings read it, so it imports nothing of Django's."""

from __future__ import annotations

from wsgiref.headers import Headers

ISOLATION = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}


def static_headers(headers: Headers, path: str, url: str) -> None:
    """Return static files what a page that is isolated asks of its workers (whitenoise calls this)."""
    for name, value in ISOLATION.items():
        headers[name] = value
