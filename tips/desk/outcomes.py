"""Acknowledge a referral, and close it with an outcome."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from tips.desk.access import referrals_for
from tips.models import Referral
from traceobject.audit import trail
from traceobject.errors import StepRefused
from traceobject.staff.authority import authorise
from traceobject.staff.models import User


def acknowledge(referral: Referral, *, by: User) -> None:
    """Record that an officer has taken on a referral; repeating it changes nothing.

    Raises:
        PermissionDenied: the referral is not of the officer's countries.
    """
    authorise(by, "tips.work_referral")
    with transaction.atomic():
        locked = _locked(referral, by)
        if locked.state != Referral.State.SENT:
            return
        locked.state = Referral.State.ACKNOWLEDGED
        locked.acknowledged_at, locked.acknowledged_by = timezone.now(), by
        locked.save()
        trail.record("referral.acknowledged", locked, by=by)


def close(
    referral: Referral, *, by: User, outcome: str, note: str, is_released: bool = False
) -> None:
    """Close an acknowledged referral with an outcome and what was found.

    Args:
        is_released: whether the outcome may count in the public figures.

    Raises:
        PermissionDenied: the referral is not of the officer's countries.
        StepRefused: it is not acknowledged yet, is closed, or the outcome is unknown.
    """
    authorise(by, "tips.work_referral")
    if outcome not in Referral.Outcome.values:
        raise StepRefused("Choose an outcome.")
    note = note.strip()
    if len(note) > 4000:
        raise StepRefused("The note is longer than 4,000 characters.")
    with transaction.atomic():
        locked = _locked(referral, by)
        if locked.state == Referral.State.SENT:
            raise StepRefused("Acknowledge the referral first.")
        if locked.state == Referral.State.CLOSED:
            raise StepRefused("This referral has already been closed.")
        locked.state, locked.outcome, locked.outcome_note = Referral.State.CLOSED, outcome, note
        locked.closed_at, locked.closed_by = timezone.now(), by
        locked.is_released = is_released
        locked.save()
        trail.record("referral.closed", locked, by=by, outcome=outcome, released=is_released)


def _locked(referral: Referral, by: User) -> Referral:
    if not referrals_for(by).filter(pk=referral.pk).exists():
        raise PermissionDenied("This referral is not to one of your countries.")
    return (
        Referral.objects.select_for_update(of=("self",)).select_related("lead").get(pk=referral.pk)
    )
