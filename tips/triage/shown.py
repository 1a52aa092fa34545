"""Tips with their pictures, as the pages of moderators and officers show them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tips.models import Attachment, Tip
from tips.triage.read_facts import ReadFact, facts_of


@dataclass(frozen=True)
class ShownUpload:
    """A picture that came with a tip.

    Attributes:
        view_url: where a POST shows it.
        place_url: where a POST shows where and when it was taken; '' where it cannot be asked for.
        place: where and when it was taken, once somebody has asked.
    """

    attachment: Attachment
    view_url: str
    place_url: str = ""
    place: dict[str, Any] | None = None


@dataclass(frozen=True)
class ShownTip:
    """A tip, its pictures, and the sender's contact details once somebody has asked for them."""

    tip: Tip
    uploads: list[ShownUpload] = field(default_factory=list)
    contact: str | None = None

    @property
    def facts(self) -> list[ReadFact]:
        """What the reader understood of the tip."""
        return facts_of(self.tip)


def show(
    tip: Tip, upload: Callable[[Attachment], ShownUpload], contact: str | None = None
) -> ShownTip:
    """Return a tip with each of its pictures as ``upload`` makes it."""
    return ShownTip(tip, [upload(each) for each in tip.attachments.all()], contact)
