"""HTTP headers that pages and static files share. The settings import it, so it imports no Django."""

from __future__ import annotations

from wsgiref.headers import Headers

ISOLATION = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}


def static_headers(headers: Headers, path: str, url: str) -> None:
    """Add the isolation headers to a static file, as an isolated page's workers need (for whitenoise)."""
    for name, value in ISOLATION.items():
        headers[name] = value
