"""Logging without addresses, contact details or anything that a visitor typed.

An error's message may quote a tip (a database error quotes the row), so no message reaches a log.
:class:`Record` does this for every logger of the process, and :func:`configure` for everything that would
print an error without a logger. The log keeps the place of an error and its class.
"""

from __future__ import annotations

import contextlib
import errno
import http
import logging
import logging.config
import os
import re
import sys
import threading
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any

SHORTEST_TEXT = 4  # characters: shorter parts of an error's message are not replaced
_METHODS = {method.value for method in http.HTTPMethod}
_WARNING = re.compile(r"(.*?:\d+: \w+)", re.DOTALL)

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def configure(config: dict[str, Any]) -> None:
    """Configure logging and all hooks that print errors. Django's setup calls this in each process."""
    logging.setLogRecordFactory(Record)
    logging.raiseExceptions = False  # else a record that cannot be written is printed
    logging.config.dictConfig(config)
    logging.captureWarnings(True)
    sys.excepthook = _on_uncaught
    threading.excepthook = lambda hook: _report("a thread ended", hook.exc_value)
    sys.unraisablehook = lambda hook: _report("ignored", hook.exc_value)


class Record(logging.LogRecord):
    """A log record that shows an error's class instead of its message."""

    def __init__(
        self,
        name: str,
        level: int,
        pathname: str,
        lineno: int,
        msg: object,
        args: Any,
        exc_info: Any,
        func: str | None = None,
        sinfo: str | None = None,
        **rest: object,
    ):
        self._replacements = _error_texts(msg, args, exc_info)
        if isinstance(msg, BaseException):
            msg = kind(msg)
        if isinstance(args, tuple):
            args = tuple(kind(each) if isinstance(each, BaseException) else each for each in args)
        super().__init__(
            name, level, pathname, lineno, msg, args, _without_message(exc_info), func, sinfo
        )

    def getMessage(self) -> str:
        text = super().getMessage()
        if self.name == "py.warnings":  # "file:line: kind: words", and the line of code below
            found = _WARNING.match(text)
            return found[1] if found else "a warning"
        for words, named in self._replacements:
            text = text.replace(words, named)
        return text


class RequestFilter(logging.Filter):
    """Remove the request that Django attaches, and log the view's route instead of the path."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = record.__dict__.pop("request", None)
        if request is not None:
            method = getattr(request, "method", "")
            method = method if method in _METHODS else "?"
            match = getattr(request, "resolver_match", None)
            status = getattr(record, "status_code", "")
            record.msg = "%s %s (%s %s)"
            record.args = (status, _phrase(status), method, match.route if match else "no page")
        return True


def kind(error: BaseException) -> str:
    """Return an error's class, with the system's own text for an error of the operating system."""
    name = type(error).__name__
    if isinstance(error, OSError) and error.errno is not None and error.errno in errno.errorcode:
        return f"{name} ({os.strerror(error.errno)})"
    return name


def _phrase(status: object) -> str:
    try:
        return http.HTTPStatus(status).phrase  # type: ignore[arg-type]
    except ValueError:
        return ""


class _WithoutMessage(Exception):
    """Stand-in for an error, without its message."""


def _without_message(exc_info: Any) -> Any:
    """Return the exception info with an error of the same class name and no message."""
    if not isinstance(exc_info, tuple) or exc_info[0] is None:
        return None
    named = {"__module__": exc_info[0].__module__, "__qualname__": exc_info[0].__qualname__}
    return exc_info[0], type(exc_info[0].__name__, (_WithoutMessage,), named)(), exc_info[2]


def _error_texts(msg: object, args: object, exc_info: Any) -> list[tuple[str, str]]:
    """Return the texts of all errors that a record may quote, longest first, each with its kind.

    These are the errors in its arguments, and the one that is being handled, because its message may have
    been formatted into the text.
    """
    given = [msg, sys.exc_info()[1]]
    given += exc_info[1:2] if isinstance(exc_info, tuple) else []
    for each in args if isinstance(args, tuple) else ():
        given += each.values() if isinstance(each, Mapping) else [each]
    errors = [each for each in given if isinstance(each, BaseException)]
    # Celery wraps errors.
    boxed = [getattr(each, "exception", None) for each in given]
    errors += [each for each in boxed if isinstance(each, BaseException)]
    found = {}
    for error in _error_chain(errors):
        for words in _representations(error):
            found[words] = kind(error)
    return sorted(found.items(), key=lambda pair: -len(pair[0]))


def _error_chain(errors: list[BaseException]) -> Iterator[BaseException]:
    """Yield errors with their causes, the errors of their groups, and those in their arguments."""
    seen: set[int] = set()
    waiting: list[Any] = list(errors)
    while waiting:
        error = waiting.pop()
        if (
            not isinstance(error, BaseException)
            or isinstance(error, _WithoutMessage)
            or id(error) in seen
        ):
            continue
        seen.add(id(error))
        yield error
        waiting += [error.__cause__, error.__context__, getattr(error, "exc", None)]
        waiting += [*error.args, *getattr(error, "exceptions", ())]


def _representations(error: BaseException) -> Iterator[str]:
    """Yield an error's texts in each spelling that a log may contain."""
    texts = [*error.args, *getattr(error, "__notes__", ())]
    for spell in (str, repr):
        with contextlib.suppress(Exception):  # an error that cannot even be written
            texts.append(spell(error))
    for text in texts:
        if isinstance(text, bytes):
            text = text.decode(errors="backslashreplace")
        if not isinstance(text, str):
            continue
        for words in (text, repr(text)[1:-1], *text.splitlines()):
            if len(words.strip()) >= SHORTEST_TEXT:
                yield words.strip()


# --- hooks that print errors without a logger -----------------------------------------------------


def _on_uncaught(
    kind_: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if issubclass(kind_, KeyboardInterrupt) or hasattr(sys, "ps1"):
        sys.__excepthook__(kind_, error, trace)  # interactive: printed, not logged
    else:
        _report("uncaught", error)


def _report(what: str, error: BaseException | None) -> None:
    if error is not None and not isinstance(error, SystemExit):
        logging.getLogger(__name__).error(what, exc_info=error)
