"""Errors that every part of the site shares."""


class ErrorForStaff:
    """Mixin for an error whose message is one plain sentence for staff, without a tip or contact."""


class Unreachable(ErrorForStaff, OSError):
    """A service outside the site (a mail server, a store, a webhook) fails or does not answer."""


class StepRefused(ErrorForStaff, ValueError):
    """A step does not fit the state of its object, or lacks something. The message says what."""
