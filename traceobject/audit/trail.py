"""Append to the audit trail and verify it.

Each digest covers the entry's columns and the digest before (a hash list as in Haber and Stornetta, 1991).
So a changed, removed or inserted entry breaks all that follow. Cutting off the end leaves a valid, shorter
chain, and whoever may write to the table can make a new one. That is why digests are kept somewhere else
(:mod:`traceobject.audit.head`), and ``verify`` takes them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from traceobject.audit import sentences
from traceobject.audit.models import Entry, PendingEntry
from traceobject.staff.authority import Actor, System, name_of

GENESIS = "0" * 64
BATCH = 500  # entries appended in one transaction
_PENDING = ("at", "actor", "action", "target", "detail")
_LOCK = 0x7472616365  # one advisory lock for the trail's end: 'trace'


def digest_of(
    *,
    number: int,
    at: datetime,
    actor: str,
    actor_id: int | None,
    action: str,
    target: str,
    target_user_id: int | None,
    detail: dict[str, Any],
    previous: str,
) -> str:
    """Return an entry's SHA-256 digest as 64 hexadecimal digits, over one canonical JSON list."""
    moment = at.astimezone(UTC).isoformat()
    body = json.dumps(
        [number, moment, actor, actor_id, action, target, target_user_id, detail, previous],
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=True,
    )
    return hashlib.sha256(body.encode()).hexdigest()


def record(action: str, target: object, *, by: Actor, **detail: Any) -> None:
    """Append one entry in the caller's transaction.

    Where its time could identify the sender of a tip (:func:`traceobject.audit.sentences.is_hour_only`), only
    the hour is kept, and the entry waits until the hour has ended. Otherwise the exact entries before and
    after it would tell the minute.

    Call it last in a step, because all other writers of the trail wait from here to the commit.

    Args:
        action: noun and verb, such as ``claim.vetted``.
        target: the object of the action; its ``audit_name`` or its text is stored, and a person's number.
        by: the member of staff, or the part of the site, that acted. The entry holds the person's name and
            number.
        detail: JSON values. Never a contact detail, an address or a tip's text.

    Raises:
        TransactionManagementError: it is called outside a transaction.
    """
    values = {
        "at": timezone.now(),
        "actor": name_of(by),
        "action": action,
        "target": str(getattr(target, "audit_name", target)),
        "detail": json.loads(json.dumps(detail)),
    }
    if isinstance(by, System) and sentences.is_hour_only(action):
        _require_transaction()
        PendingEntry.objects.create(**{**values, "at": hour_of(values["at"])})
        return
    actor_id = None if isinstance(by, System) else by.pk
    about = target.pk if isinstance(target, get_user_model()) else None
    _append([{**values, "actor_id": actor_id, "target_user_id": about}])


def append_pending(now: datetime) -> int:
    """Append the entries of hours that have ended, each hour's in random order. Return how many there were."""
    count = 0
    while True:
        with transaction.atomic():
            lock_end()
            ended = PendingEntry.objects.filter(at__lt=hour_of(now))
            batch = list(ended.order_by("at", "?")[:BATCH])
            _append(
                {name: getattr(each, name) for name in _PENDING}
                | {"actor_id": None, "target_user_id": None}
                for each in batch
            )
            PendingEntry.objects.filter(pk__in=[each.pk for each in batch]).delete()
        count += len(batch)
        if len(batch) < BATCH:
            return count


def hour_of(moment: datetime) -> datetime:
    """Return the start of the hour of a moment."""
    return moment.replace(minute=0, second=0, microsecond=0)


def _append(found: Iterable[dict[str, Any]]) -> None:
    """Append entries, given by their columns without number and digests."""
    lock_end()
    with connection.cursor() as cursor:  # another statement: it sees what the lock waited for
        cursor.execute("SELECT number, digest FROM audit_entry ORDER BY number DESC LIMIT 1")
        number, previous = cursor.fetchone() or (0, GENESIS)
    made = []
    for values in found:
        number += 1
        values = {**values, "number": number, "previous": previous}
        previous = digest_of(**values)
        made.append(Entry(**values, digest=previous))
    Entry.objects.bulk_create(made)


def latest(target: object, *actions: str) -> Entry | None:
    """Return the newest entry about a target with one of these actions, for pages that show a reason."""
    name = str(getattr(target, "audit_name", target))
    return Entry.objects.filter(target=name, action__in=actions).order_by("-number").first()


def lock_end() -> None:
    """Make all other writers of the trail wait until the caller's transaction ends.

    Raises:
        TransactionManagementError: it is called outside a transaction.
    """
    _require_transaction()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def last_number() -> int:
    """Return the number of the newest entry, 0 if there is none."""
    return Entry.objects.aggregate(Max("number"))["number__max"] or 0


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an audit entry belongs to a transaction")


@dataclass(frozen=True)
class Verdict:
    """The result of a verification. ``broken`` is the number of the first bad entry, or None."""

    count: int
    last_digest: str
    broken: int | None = None
    why: str = ""


_COLUMNS = (
    *("number", "at", "actor", "actor_id", "action", "target", "target_user_id", "detail"),
    *("previous", "digest"),
)


def verify(known: Mapping[int, str] | None = None) -> Verdict:
    """Verify the whole chain, oldest entry first, in constant memory.

    Args:
        known: digests by entry number, as you kept them elsewhere. Somebody who writes a whole new chain
            cannot give its entries the same digests.
    """
    known = dict(known or {})
    previous, expected = GENESIS, 1

    def broken(why: str) -> Verdict:
        return Verdict(expected - 1, previous, expected, why)

    with transaction.atomic():  # a server-side cursor sees one consistent state
        for row in Entry.objects.order_by("number").values(*_COLUMNS).iterator(chunk_size=2000):
            digest = row.pop("digest")
            if row["number"] != expected:
                return broken("this entry is missing")
            if row["previous"] != previous:
                return broken("it does not follow the entry before")
            if digest_of(**row) != digest:
                return broken("its content was changed")
            if known.pop(expected, digest) != digest:
                return broken("its digest is not the one that you know")
            previous, expected = digest, expected + 1
    if known:
        missing = min(known)
        return Verdict(expected - 1, previous, missing, "you know its digest, and it is missing")
    return Verdict(expected - 1, previous)
