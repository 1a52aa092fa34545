"""Why a step failed, in words for staff that never quote a visitor."""

from __future__ import annotations

from traceobject.errors import ErrorForStaff


class StepFailed(ErrorForStaff, Exception):
    """A step failed and will be retried. The message is a plain sentence for staff."""


class NotYet(StepFailed):
    """A step came too early. It is retried soon, and this does not count as an attempt."""


class GiveUp(StepFailed):
    """A step failed for good, such as a mail to an address that does not exist."""


def reason_for(error: BaseException) -> str:
    """Return why a step failed, in one plain sentence.

    Only errors made for staff are quoted, because another error's message may contain a tip's text.
    """
    if isinstance(error, ErrorForStaff) and error.args:
        return str(error.args[0])[:300]
    if isinstance(error, TimeoutError):
        return "It took too long and was interrupted."
    return f"An unexpected error ({type(error).__name__}). The worker's log says where."
