"""Append to the audit trail and verify it.

Each digest covers the entry's columns and the digest before (a hash list as in Haber and Stornetta, 1991).
So a changed, removed or inserted entry breaks all that follow. Cutting off the end leaves a valid, shorter
chain. That is why ``verify_audit`` prints the count and the last digest, which you keep somewhere else.
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
    """Return an entry's SHA-256 digest as 64 hexadecimal digits, over one canonical JSON list."""
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
    """Append one entry in the caller's transaction, and return it.

    Call it last in a step, because all other writers of the trail wait from here to the commit.

    Args:
        action: noun and verb, such as ``claim.vetted``.
        target: the object of the action; its ``audit_name`` or its text is stored.
        by: the member of staff, or the part of the site, that acted.
        hour_only: store only the hour, where an exact time could identify the sender of a tip.
        detail: JSON values. Never a contact detail, an address or a tip's text.

    Raises:
        TransactionManagementError: it is called outside a transaction.
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
    """The result of a verification. ``broken`` is the number of the first bad entry, or None."""

    count: int
    last_digest: str
    broken: int | None = None
    why: str = ""


def verify() -> Verdict:
    """Verify the whole chain, oldest entry first, in constant memory."""
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
