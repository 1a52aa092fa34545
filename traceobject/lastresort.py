"""The outermost layer of the web server: any error below becomes a plain 500 without its message."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Any

Environment = dict[str, Any]
Application = Callable[[Environment, Callable[..., Any]], Iterable[bytes]]

log = logging.getLogger(__name__)
PAGE = (
    b"Sorry, something went wrong. Every tip that we have confirmed is safe. Try again in a minute."
)


def catch_errors(application: Application) -> Application:
    """Wrap a WSGI application so that no error reaches the server, which would log its message."""

    def serve(environment: Environment, start: Callable[..., Any]) -> Iterable[bytes]:
        try:
            answer = application(environment, start)
        except Exception:
            log.exception("a request failed outside of Django")
            start(
                "500 Internal Server Error",
                [("Content-Type", "text/plain"), ("Content-Length", str(len(PAGE)))],
            )
            return [PAGE]
        return answer if isinstance(answer, list) else _Answer(answer)

    return serve


class _Answer:
    """Pass an answer on, and end it if it fails half-way."""

    def __init__(self, answer: Iterable[bytes]):
        self.close = getattr(answer, "close", lambda: None)
        self.answer = answer

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self.answer
        except Exception:
            log.exception("an answer failed half-way")
