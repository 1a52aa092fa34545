"""Why a step failed, in words that may be shown to staff and quote nothing that anybody typed."""

from __future__ import annotations

from traceobject.errors import ErrorForStaff


class StepFailed(ErrorForStaff, Exception):
    """A step could not be done now; it is tried again. The message is a plain sentence for staff."""


class GiveUp(StepFailed):
    """A step that no repetition can mend, such as a mail to an address that does not exist."""


def reason_for(error: BaseException) -> str:
    """Return why a step failed as one plain sentence.

    Only the errors that are made for staff are quoted: another error's message may hold a tip's words.
    """
    if isinstance(error, ErrorForStaff) and error.args:
        return str(error.args[0])[:300]
    if isinstance(error, TimeoutError):
        return "It took too long and was interrupted."
    return f"An unexpected error ({type(error).__name__}). The worker's log says where."
