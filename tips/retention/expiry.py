"""Erase what is past its time. Beat calls this every hour.

Each kind has a period from the settings (``PERIODS``; docs/data.md has the same table). Rows are erased in
chunks, each in one transaction with its entry in the audit trail. What is on legal hold is left alone.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDay

from tips.models import Alert, Attachment, Claim, Delivery, Lead, Question, Referral, Tip
from tips.models.legal_hold import is_held
from tips.retention import erasing
from tips.retention.erase import ERASED, erase_content, erase_files
from traceobject.audit import trail
from traceobject.staff.authority import System
from traceobject.storage import StoreUnavailable, store

CHUNK = 500  # rows
SECONDS = 120  # for one run; the next one continues
# A day longer than the salt lives that makes the senders of a day comparable.
SENDER_RETENTION = timedelta(days=2)


@dataclass(frozen=True)
class Period:
    """How long one kind of data is kept.

    Attributes:
        kind: in docs/data.md and the audit trail.
        setting: the setting with the period (timedelta); '' where it is fixed.
        erase_chunk: erases at most ``CHUNK`` rows from before a moment, in the caller's transaction.
            Returns how many.
        is_recorded: whether the audit trail says that it happened.
    """

    kind: str
    setting: str
    erase_chunk: Callable[[datetime, datetime], int]
    is_recorded: bool = True

    def length(self) -> timedelta:
        """Return the period."""
        return getattr(settings, self.setting) if self.setting else SENDER_RETENTION


def erase_expired(now: datetime) -> Counter[str]:
    """Erase everything that is past its time. Return how many rows, by kind."""
    until = time.monotonic() + SECONDS
    done: Counter[str] = Counter()
    for period in PERIODS:
        while time.monotonic() < until and (count := _erase_chunk(period, now)):
            done[period.kind] += count
    with suppress(StoreUnavailable):  # the next run does it
        store("private").round_times("uploads", now - settings.HOUR_RETENTION)
    return done


def _erase_chunk(period: Period, now: datetime) -> int:
    with transaction.atomic():
        erasing.begin()
        count = period.erase_chunk(now - period.length(), now)
        if count and period.is_recorded:
            trail.record("retention.erased", period.kind, by=System.RETENTION, count=count)
    return count


def _chunk(rows: QuerySet) -> list[int]:
    """Lock the first rows of a query. Return their primary keys; others come with the next chunk."""
    locked = rows.select_for_update(of=("self",), skip_locked=True).order_by("pk")
    return list(locked.values_list("pk", flat=True)[:CHUNK])


def _with_claims_locked(past: QuerySet, claim: str) -> QuerySet:
    """Lock the claims of the first rows of a query. Return the query for those that are still in it.

    Then nobody reopens a claim, or adds to it, while what belongs to it is erased. Claims are locked before
    tips, as in every other step.

    Args:
        claim: the field of the query's model that leads to the claim.
    """
    found = list(past.order_by("pk").values_list("pk", claim)[:CHUNK])
    claims = Claim.objects.filter(pk__in={number for _, number in found})
    list(claims.select_for_update().order_by("pk"))
    return past.filter(pk__in=[pk for pk, _ in found])


# --- activity -------------------------------------------------------------------------------------


def _is_active(since: datetime, tip: str = "") -> Q:
    """Return the condition that something happened about a tip since a moment.

    Its sender sent it, added to it or was asked something, or its claim was decided. Reopening a claim
    takes its tips out of the condition that they are decided, and so begins the period anew.
    """
    added = Tip.objects.filter(follows=OuterRef(f"{tip}pk"), received_at__gte=since)
    asked = Question.objects.filter(tip=OuterRef(f"{tip}pk"), asked_at__gte=since)
    return (
        Q(**{f"{tip}received_at__gte": since})
        | Q(**{f"{tip}claim__decided_at__gte": since})
        | Q(Exists(added))
        | Q(Exists(asked))
    )


def _is_rejected(tip: str = "") -> Q:
    return Q(**{f"{tip}claim__state": Claim.State.REJECTED}) | Q(
        **{f"{tip}state": Tip.State.WITHDRAWN}
    )


def _is_referred_and_closed(since: datetime, tip: str = "") -> Q:
    """Return the condition that all referrals of a tip's lead were closed before a moment."""
    referrals = Referral.objects.filter(lead__claim=OuterRef(f"{tip}claim"))
    still = referrals.filter(~Q(state=Referral.State.CLOSED) | Q(closed_at__gte=since))
    return Q(Exists(referrals)) & ~Q(Exists(still))


# --- kinds ----------------------------------------------------------------------------------------


def _senders(before: datetime, now: datetime) -> int:
    rows = _chunk(Tip.objects.filter(received_at__lt=before).exclude(sender=""))
    return Tip.objects.filter(pk__in=rows).update(sender="")


def _contacts(before: datetime, now: datetime) -> int:
    """Contact details count from the day of the tip alone: that is what its sender was told."""
    rows = _chunk(Tip.objects.filter(~is_held(now), contact__isnull=False, received_at__lt=before))
    return Tip.objects.filter(pk__in=rows).update(contact=None)


def _places(before: datetime, now: datetime) -> int:
    rows = _chunk(
        Attachment.objects.filter(
            ~is_held(now, tip="tip__"), taken__isnull=False, received_at__lt=before
        )
    )
    return Attachment.objects.filter(pk__in=rows).update(taken=None)


def _unreadable(before: datetime, now: datetime) -> int:
    rows = _chunk(
        Attachment.objects.filter(
            ~is_held(now, tip="tip__"), state=Attachment.State.REFUSED, received_at__lt=before
        ).exclude(original="")
    )
    found = Attachment.objects.filter(pk__in=rows)
    for name in found.values_list("original", flat=True):
        transaction.on_commit(partial(store("private").delete, name), robust=True)
    return found.update(original="", sealed_with="")


def _rejected(before: datetime, now: datetime) -> int:
    evidence = Attachment.objects.filter(tip=OuterRef("pk"), state=Attachment.State.LOCKED)
    past = Tip.objects.filter(
        ~is_held(now), ~Q(Exists(evidence)), _is_rejected(), erased_on__isnull=True
    ).exclude(_is_active(before))
    still = _with_claims_locked(past, "claim").values_list("pk", flat=True)
    return erase_content(list(still), now)["tips"]


def _uploads(before: datetime, now: datetime) -> int:
    closed = _is_rejected("tip__") | _is_referred_and_closed(before, "tip__")
    past = Attachment.objects.filter(~is_held(now, tip="tip__"), closed).exclude(
        state__in=[Attachment.State.ERASED, Attachment.State.LOCKED]
    )
    still = _with_claims_locked(past.exclude(_is_active(before, "tip__")), "tip__claim")
    rows = _chunk(still)
    return erase_files(Attachment.objects.filter(pk__in=rows))


def _notes(before: datetime, now: datetime) -> int:
    on_tips = Tip.objects.filter(is_held(now), claim=OuterRef("lead__claim"))
    past = Referral.objects.filter(
        ~Q(Exists(on_tips)), state=Referral.State.CLOSED, closed_at__lt=before
    )
    still = _with_claims_locked(past.exclude(outcome_note__in=["", ERASED]), "lead__claim")
    rows = _chunk(still)
    return Referral.objects.filter(pk__in=rows).update(outcome_note=ERASED)


# Times of tips, and of what belongs to them.
_HOURS: tuple[tuple[type[Model], str], ...] = (
    *((Tip, "received_at"), (Attachment, "received_at"), (Alert, "sent_at")),
    *((Claim, "opened_at"), (Claim, "decided_at"), (Lead, "vetted_at"), (Question, "asked_at")),
    *((Referral, "created_at"), (Referral, "sent_at")),
    *((Referral, "acknowledged_at"), (Referral, "closed_at")),
    *((Delivery, "created_at"), (Delivery, "sent_at")),
)


def _hours(before: datetime, now: datetime) -> int:
    count = 0
    for model, column in _HOURS:
        day = TruncDay(column, tzinfo=UTC)
        past = model._default_manager.filter(**{f"{column}__lt": before}).exclude(**{column: day})
        if model is Tip:
            past = past.filter(~is_held(now))
        elif model is Attachment:
            past = past.filter(~is_held(now, tip="tip__"))
        count += model._default_manager.filter(pk__in=_chunk(past)).update(**{column: day})
    return count


PERIODS = (
    Period("hashes of senders", "", _senders, is_recorded=False),
    Period("contact details", "CONTACT_RETENTION", _contacts),
    Period("places of photos", "CONTACT_RETENTION", _places),
    Period("unreadable files", "CONTACT_RETENTION", _unreadable),
    Period("rejected tips", "REJECTED_RETENTION", _rejected),
    Period("uploads of closed tips", "UPLOAD_RETENTION", _uploads),
    Period("notes of closed referrals", "NOTE_RETENTION", _notes),
    Period("hours of arrival", "HOUR_RETENTION", _hours, is_recorded=False),
)
