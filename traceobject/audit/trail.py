"""Append to the trail and verify it.

The chain is that of a hash list (Haber and Stornetta, 1991): each digest covers the entry's columns
and the digest before, so that a changed, removed or inserted entry breaks all that follow. Cutting
off the end leaves a valid, shorter chain; that is why ``verify_audit`` prints the count and the last
digest, to be kept somewhere else.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from traceobject.audit.models import Entry
from traceobject.staff.authority import Actor, name_of

GENESIS = "0" * 64
_LOCK = 0x7472616365  # one advisory lock for the trail's end: 'trace'


def digest_of(
    number: int,
    at: datetime,
    actor: str,
    action: str,
    target: str,
    detail: dict[str, Any],
    previous: str,
) -> str:
    """Compute an entry's digest: SHA-256, as 64 hexadecimal digits, over one canonical JSON list."""
    body = json.dumps(
        [number, at.astimezone(UTC).isoformat(), actor, action, target, detail, previous],
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=True,
    )
    return hashlib.sha256(body.encode()).hexdigest()


def record(
    action: str, target: object, *, by: Actor, hour_only: bool = False, **detail: Any
) -> Entry:
    """Append one entry inside the caller's transaction.

    Call it last in a step: from here to the commit all other writers of the trail wait.

    Args:
        action: noun and verb, such as ``claim.vetted``.
        target: what it was done to; its ``audit_name`` or its text is kept.
        by: the member of staff, or the part of the site, that acted.
        hour_only: note the hour alone, where a closer time could give the sender of a tip away.
        detail: JSON values. Never a contact detail, an address or a tip's text.

    Raises:
        TransactionManagementError: called outside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an audit entry belongs to a transaction")
    with connection.cursor() as cursor:  # two statements: the second sees what the lock waited for
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s); "
            "SELECT number, digest FROM audit_entry ORDER BY number DESC LIMIT 1",
            [_LOCK],
        )
        last = cursor.fetchone()
    number, previous = (last[0] + 1, last[1]) if last else (1, GENESIS)
    at = timezone.now()
    values = {
        "number": number,
        "at": at.replace(minute=0, second=0, microsecond=0) if hour_only else at,
        "actor": name_of(by),
        "action": action,
        "target": str(getattr(target, "audit_name", target)),
        "detail": json.loads(json.dumps(detail)),
        "previous": previous,
    }
    return Entry.objects.create(**values, digest=digest_of(**values))


@dataclass(frozen=True)
class Verdict:
    """What verification found: ``broken`` is the first bad entry's number, or None."""

    count: int
    last_digest: str
    broken: int | None = None
    why: str = ""


def verify() -> Verdict:
    """Walk the whole chain, oldest first, in constant memory."""
    previous, expected = GENESIS, 1
    columns = ("number", "at", "actor", "action", "target", "detail", "previous", "digest")
    with transaction.atomic():  # a server-side cursor sees one consistent state
        for row in Entry.objects.order_by("number").values(*columns).iterator(chunk_size=2000):
            digest = row.pop("digest")
            if row["number"] != expected:
                return Verdict(expected - 1, previous, expected, "this entry is missing")
            if row["previous"] != previous:
                return Verdict(
                    expected - 1, previous, expected, "it does not follow the entry before"
                )
            if digest_of(**row) != digest:
                return Verdict(expected - 1, previous, expected, "its content was changed")
            previous, expected = digest, expected + 1
    return Verdict(expected - 1, previous)
