"""Ask the sender of a tip something; they find it when they come back with their receipt."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction

from tips.models import Question, Tip
from traceobject.audit import trail

LONGEST = 1000


class NotNow(ValueError):
    """The question cannot be asked; the message says why."""


def ask(tip: Tip, *, by: object, text: str) -> Question:
    """Put a question to the sender of a tip.

    Raises:
        NotNow: it says nothing or too much, the sender has no receipt, or a question waits already.
        PermissionDenied: it is not a moderator.
    """
    if not by.has_perm("tips.vet_claim"):
        raise PermissionDenied
    text = text.replace("\x00", "").strip()
    if not text:
        raise NotNow("Write the question.")
    if len(text) > LONGEST:
        raise NotNow(f"The question is longer than {LONGEST:,} characters.")
    with transaction.atomic():
        locked = Tip.objects.select_for_update().get(pk=tip.pk)
        if not reachable(locked):
            raise NotNow("The sender of this tip has no receipt, and would never see it.")
        if locked.questions.filter(answer__isnull=True).exists():
            raise NotNow("A question waits for an answer already.")
        question = Question.objects.create(tip=locked, text=text, asked_by=by)
        trail.record("question.asked", locked, by=by, question=question.pk)
    return question


def reachable(tip: Tip) -> bool:
    """Tell whether somebody holds a receipt for the tip."""
    return tip.source == Tip.Source.FORM and tip.receipt is not None
