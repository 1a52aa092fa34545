"""Accept a tip: one statement, after which it cannot be lost."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from objects.models import TraceObject
from tips.intake import contacts, receipts
from tips.models import Tip
from traceobject.outbox import queue


def accept(
    trace_object: TraceObject,
    *,
    text: str,
    nonce: str,
    now: datetime,
    country: str = "",
    url: str = "",
    language: str = "",
    contact: str = "",
) -> str:
    """Keep a tip from the form, with its next step, and give the receipt code.

    Sending the same form twice gives the same code and one tip.

    Args:
        nonce: the form's random number.
        country: ISO 3166-1 alpha-2, or empty.
        contact: an e-mail address, or empty; it is encrypted before it reaches the database.
    """
    content = "\x00".join([trace_object.reference, text, country, url, contact])
    code = receipts.issue(nonce, content)
    tip = Tip(
        object=trace_object,
        text=text,
        country=country,
        url=url,
        language=language,
        contact=contacts.seal(contact),
        receipt=receipts.stored(code),
        received_at=to_the_hour(now),
    )
    try:
        # One statement: the database puts the next step into the outbox with the row (migration 0002).
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            tip.save(force_insert=True)
        transaction.on_commit(queue.nudge)
    except IntegrityError:
        if not Tip.objects.filter(receipt=tip.receipt).exists():
            raise
    return code


def to_the_hour(moment: datetime) -> datetime:
    """Cut a time to its hour: anything closer could give a sender away."""
    return moment.replace(minute=0, second=0, microsecond=0)
