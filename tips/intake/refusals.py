"""Why a message was not accepted, whichever entrance it came by. Its words are given back each time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Invalid:
    """The form has mistakes; its errors name them."""


@dataclass(frozen=True)
class RateLimited:
    """The sender has sent too many.

    Attributes:
        minutes: after which they may try again.
    """

    minutes: int


@dataclass(frozen=True)
class PicturesNotStored:
    """The store takes no pictures at the moment; words alone are accepted."""
