"""Acknowledge a referral, and close it with an outcome."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from objects.models import TraceObject
from tips.desk.access import referrals_for
from tips.models import Referral
from traceobject.audit import trail


class NotNow(ValueError):
    """The step does not fit the referral's state or lacks something; the message says what."""


def acknowledge(referral: Referral, *, by: object) -> None:
    """Note that an officer has taken a referral on; a second time changes nothing.

    Raises:
        PermissionError: the referral is not of the officer's countries.
    """
    with transaction.atomic():
        locked = _locked(referral, by)
        if locked.state != Referral.State.SENT:
            return
        locked.state = Referral.State.ACKNOWLEDGED
        locked.acknowledged_at, locked.acknowledged_by = timezone.now(), by
        locked.save()
        trail.record("referral.acknowledged", locked, by=by)


def close(
    referral: Referral, *, by: object, outcome: str, note: str, is_released: bool = False
) -> None:
    """Close an acknowledged referral with an outcome and what was found.

    Args:
        is_released: whether the outcome may count in the public figures.

    Raises:
        PermissionError: the referral is not of the officer's countries.
        NotNow: it is not acknowledged or closed already, or the outcome is none we know.
    """
    if outcome not in Referral.Outcome.values:
        raise NotNow("Choose an outcome.")
    note = note.strip()
    if len(note) > 4000:
        raise NotNow("The note is longer than 4,000 characters.")
    with transaction.atomic():
        locked = _locked(referral, by)
        if locked.state == Referral.State.SENT:
            raise NotNow("Acknowledge the referral first.")
        if locked.state == Referral.State.CLOSED:
            raise NotNow("The referral is closed already.")
        locked.state, locked.outcome, locked.outcome_note = Referral.State.CLOSED, outcome, note
        locked.closed_at, locked.closed_by = timezone.now(), by
        locked.is_released = is_released
        locked.save()
        trail.record("referral.closed", locked, by=by, outcome=outcome, released=is_released)


def verdicts(trace_object: TraceObject) -> Iterable[Referral]:
    """Give the closed referrals of an object, by country: what each country found."""
    return Referral.objects.filter(lead__object=trace_object, state=Referral.State.CLOSED).order_by(
        "country", "-closed_at"
    )


def _locked(referral: Referral, by: object) -> Referral:
    if not referrals_for(by).filter(pk=referral.pk).exists():
        raise PermissionError("This referral is not of your countries.")
    return (
        Referral.objects.select_for_update(of=("self",)).select_related("lead").get(pk=referral.pk)
    )
