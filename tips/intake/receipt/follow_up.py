"""What the holder of a receipt may see and do.

Nothing here reveals what anybody thinks of a tip.
"""

from __future__ import annotations

from django.db import transaction

from tips.intake import receipt_codes
from tips.models import Claim, Question, Tip
from traceobject.audit import trail
from traceobject.staff.authority import System


def find_tip(code: str) -> Tip | None:
    """Return the tip with this receipt code, or None.

    The lookup uses the code's keyed hash, so its duration reveals nothing about a code.
    """
    return Tip.objects.filter(receipt=receipt_codes.hash_code(code)).select_related("claim").first()


def is_read(tip: Tip) -> bool:
    """Return whether somebody has decided on the tip, but not what they decided."""
    claim = tip.claim
    while claim is not None and claim.state == Claim.State.MERGED:
        claim = claim.merged_into
    return claim is not None and claim.state != Claim.State.OPEN


def open_question(tip: Tip) -> Question | None:
    """Return the oldest unanswered question about the tip."""
    return tip.questions.filter(answer__isnull=True).order_by("id").first()


def has_contact(tip: Tip) -> bool:
    """Return whether contact details of the sender are still stored."""
    return Tip.objects.filter(pk=tip.pk, contact__isnull=False).exists()


def delete_contact(tip: Tip) -> None:
    """Delete the sender's contact details. Doing so twice is harmless."""
    with transaction.atomic():
        if Tip.objects.filter(pk=tip.pk, contact__isnull=False).update(contact=None):
            trail.record("contact.withdrawn", tip, by=System.SENDER)
