"""Whether something that staff wrote quotes a tip.

What is erased must not live on in a summary, a note or a reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tips.models import Tip
from traceobject.errors import StepRefused

QUOTED_WORDS = 4  # consecutive words in common with a tip make a quotation


def quotes(text: str, tips: Iterable[Tip], *, count_short: bool = True) -> bool:
    """Return whether a text quotes one of these tips.

    It does if it has four consecutive words of what the sender wrote.

    Args:
        count_short: all of a text, a place or a link of fewer words counts, too.
    """
    mine = f" {' '.join(_words(text))} "
    for tip in tips:
        for part in (tip.text, tip.place, tip.why, tip.seen_when, tip.url):
            theirs = _words(part)
            size = min(QUOTED_WORDS, len(theirs))
            if not size or (size < QUOTED_WORDS and not count_short):
                continue
            runs = (theirs[start : start + size] for start in range(len(theirs) - size + 1))
            if any(f" {' '.join(run)} " in mine for run in runs):
                return True
    return False


def require_own_words(reason: str, tips: Iterable[Tip]) -> None:
    """Raise StepRefused if a reason quotes a tip: the audit trail keeps reasons, also when a tip is erased."""
    if quotes(reason, tips, count_short=False):
        raise StepRefused(
            "Do not quote the tip here. The audit trail keeps the reason when the tip is erased."
        )


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
