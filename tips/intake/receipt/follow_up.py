"""What the holder of a receipt may see and do. Nothing here says what anybody makes of a tip."""

from __future__ import annotations

from django.db import transaction

from tips.intake import receipt_codes
from tips.models import Claim, Question, Tip
from traceobject.audit import trail
from traceobject.staff.authority import System


def find(code: str) -> Tip | None:
    """Find the tip with this receipt code.

    What is looked up is the code's keyed hash, so the time that it takes says nothing of a code.
    """
    return Tip.objects.filter(receipt=receipt_codes.hash_code(code)).select_related("claim").first()


def is_read(tip: Tip) -> bool:
    """Tell whether somebody has decided on the tip; what they decided is not said."""
    claim = tip.claim
    while claim is not None and claim.state == Claim.State.MERGED:
        claim = claim.merged_into
    return claim is not None and claim.state != Claim.State.OPEN


def open_question(tip: Tip) -> Question | None:
    """Give the oldest question about the tip that is not answered."""
    return tip.questions.filter(answer__isnull=True).order_by("id").first()


def has_contact(tip: Tip) -> bool:
    """Tell whether contact details of the sender are kept still."""
    return Tip.objects.filter(pk=tip.pk, contact__isnull=False).exists()


def delete_contact(tip: Tip) -> None:
    """Forget the sender's contact details, now and for ever; twice is once."""
    with transaction.atomic():
        if Tip.objects.filter(pk=tip.pk, contact__isnull=False).update(contact=None):
            trail.record("contact.withdrawn", tip, by=System.SENDER, hour_only=True)
