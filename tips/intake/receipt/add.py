"""The rules for opening a receipt and for accepting an addition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from tips.intake import limits
from tips.intake.accept import accept_addition
from tips.intake.receipt import follow_up
from tips.intake.receipt.forms import AddForm
from tips.intake.refusals import Invalid, PicturesNotStored, RateLimited
from tips.intake.uploads import form_pictures
from tips.intake.uploads.attachments import PicturesGone
from tips.models import Tip


@dataclass(frozen=True)
class Opened:
    """The code is right, and this is its tip."""

    tip: Tip


@dataclass(frozen=True)
class WrongCode:
    """There is no tip with this code."""


def open_receipt(code: str, sender: str, now: datetime) -> Opened | WrongCode:
    """Return the tip of a receipt code. A wrong code counts towards the sender's limit."""
    found = follow_up.find_tip(code)
    if found is None:
        limits.count(limits.WRONG_CODES, sender, now)
        return WrongCode()
    return Opened(found)


@dataclass(frozen=True)
class Added:
    """The addition is stored and cannot be lost."""


def add_to(
    tip: Tip, form: AddForm, sender: str, now: datetime
) -> Added | Invalid | RateLimited | PicturesNotStored:
    """Accept what a form adds to a tip, or return why not.

    What is not accepted leaves nothing behind.
    """
    form_pictures.check_room(form)
    if not form.is_valid():
        return Invalid()
    if minutes := limits.minutes_to_wait(limits.UNPROVEN_TIPS, sender, now):
        return RateLimited(minutes)
    if not form_pictures.store_new(form, now):
        return PicturesNotStored()
    values = form.cleaned_data
    try:
        accept_addition(
            tip,
            text=values["text"],
            language=get_language() or "",
            question=follow_up.open_question(tip),
            now=now,
            pictures=form.kept,
            location_allowed=values["location_allowed"],
        )
    except PicturesGone:
        form.kept = []
        form_pictures.report_gone(form)
        return Invalid()
    limits.count(limits.UNPROVEN_TIPS, sender, now)
    return Added()
