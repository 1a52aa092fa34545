"""Errors that every part of the site shares."""


class ErrorForStaff:
    """An error whose message is one plain sentence for staff, and never quotes a tip or a contact."""


class Unreachable(ErrorForStaff, OSError):
    """Something outside the site (a mail server, a store, a webhook) does not answer as it should."""


class StepRefused(ErrorForStaff, ValueError):
    """A step does not fit the state of what it is about, or something is missing; the message says what."""
