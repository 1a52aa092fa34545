"""The reasons why a message was not accepted. The page that follows still has its text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Invalid:
    """The form has errors."""


@dataclass(frozen=True)
class RateLimited:
    """The sender has sent too many messages.

    Attributes:
        minutes: after which they may try again.
    """

    minutes: int


@dataclass(frozen=True)
class PicturesNotStored:
    """The store takes no pictures at the moment. Text alone is accepted."""
