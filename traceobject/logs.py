"""Logs hold no address, no contact detail and nothing that a visitor typed."""

import logging


class WithoutRequests(logging.Filter):
    """Drop what Django attaches of the request, and the texts of errors that may quote a tip.

    A traceback keeps its lines and the error's class; the error's message may hold what somebody
    typed (a database error quotes the row), so it is left out.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.__dict__.pop("request", None)
        if record.exc_info and record.exc_info[0] is not None:
            kind, _, trace = record.exc_info
            record.exc_info = (kind, _Silent(kind.__name__), trace)
            record.exc_text = None
        return True


class _Silent(Exception):
    """Stands for an error whose message is kept out of the log."""
