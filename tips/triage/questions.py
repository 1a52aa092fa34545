"""Ask the sender of a tip a question, which they see with their receipt."""

from __future__ import annotations

from django.db import transaction

from tips.models import Question, Tip
from traceobject.audit import trail
from traceobject.errors import StepRefused
from traceobject.staff.authority import authorise
from traceobject.staff.models import User

LONGEST = 1000


def ask(tip: Tip, *, by: User, text: str) -> Question:
    """Ask the sender of a tip a question.

    Raises:
        StepRefused: it is empty or too long, the sender has no receipt, or an earlier question is open.
    """
    authorise(by, "tips.vet_claim")
    text = text.replace("\x00", "").strip()
    if not text:
        raise StepRefused("Write the question.")
    if len(text) > LONGEST:
        raise StepRefused(f"The question is longer than {LONGEST:,} characters.")
    with transaction.atomic():
        locked = Tip.objects.select_for_update().get(pk=tip.pk)
        if not reachable(locked):
            raise StepRefused("The sender of this tip has no receipt, so they would never see it.")
        if locked.questions.filter(answer__isnull=True).exists():
            raise StepRefused("The sender has not answered the last question yet.")
        question = Question.objects.create(tip=locked, text=text, asked_by=by)
        trail.record("question.asked", locked, by=by, question=question.pk)
    return question


def reachable(tip: Tip) -> bool:
    """Return whether the tip has a receipt."""
    return tip.source == Tip.Source.FORM and tip.receipt is not None
