"""Accept a tip: store it with its next step in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, transaction
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery

from objects.models import TraceObject
from tips.intake import receipt_codes
from tips.intake.uploads import attachments
from tips.models import Attachment, Question, Tip
from traceobject.crypto import sealing
from traceobject.outbox.lanes import Lane
from traceobject.outbox.nudge import nudge


def accept(
    trace_object: TraceObject,
    *,
    text: str,
    nonce: str,
    now: datetime,
    country: str = "",
    place: str = "",
    url: str = "",
    seen_when: str = "",
    sureness: str = "",
    why: str = "",
    language: str = "",
    contact: str = "",
    trust: str = Tip.Trust.PLAIN,
    sender: str = "",
    pictures: Sequence[Attachment] = (),
    hashes: Sequence[str] = (),
    location_allowed: bool = False,
) -> str:
    """Store a tip from the form with its next step, and return the receipt code.

    Sending the same form twice returns the same code and stores one tip.

    Args:
        nonce: the form's random number.
        country: ISO 3166-1 alpha-2, or empty.
        contact: an email address or a phone number, or empty. It is encrypted before it reaches
            the database.
        trust: how the tip was sent (``Tip.Trust``).
        sender: the network's hash of the day, or empty.
        pictures: stored files that become the tip's own.
        hashes: SHA-256 of all pictures in the form. Another picture makes another tip.
        location_allowed: whether the location in the pictures may be read.
    """
    code = receipt_code(
        trace_object,
        nonce,
        [text, country, url, contact, place, seen_when, sureness, why, *hashes],
    )
    tip = Tip(
        object=trace_object,
        text=text,
        country=country,
        place=place,
        url=url,
        seen_when=seen_when,
        sureness=sureness,
        why=why,
        language=language,
        contact=sealing.seal(contact),
        trust=trust,
        sender=sender,
        receipt=receipt_codes.hash_code(code),
        received_at=truncate_to_hour(now),
    )
    _save(tip, pictures, location_allowed)
    return code


def receipt_code(trace_object: TraceObject, nonce: str, content: Sequence[str]) -> str:
    """Return the receipt code for the content of a form."""
    return receipt_codes.issue(nonce, "\x00".join([trace_object.reference, *content]))


def accept_addition(
    first: Tip,
    *,
    text: str,
    now: datetime,
    language: str = "",
    question: Question | None = None,
    pictures: Sequence[Attachment] = (),
    location_allowed: bool = False,
) -> None:
    """Store an addition or an answer as a tip that follows the first one.

    The same text with the same pictures, sent twice, is one tip. It has no receipt code of its own.

    Raises:
        ValueError: the question is about another tip.
    """
    if question is not None and question.tip_id != first.pk:
        raise ValueError("The question is about another tip.")
    content = [str(first.pk), text, *sorted(each.sha256 for each in pictures)]
    tip = Tip(
        object_id=first.object_id,
        source=Tip.Source.RECEIPT,
        text=text,
        language=language,
        follows=first,
        answers=question,
        trust=first.trust,
        receipt=receipt_codes.hash_code(receipt_codes.issue("added", "\x00".join(content))),
        received_at=truncate_to_hour(now),
    )
    _save(tip, pictures, location_allowed)


def _save(tip: Tip, pictures: Sequence[Attachment], location_allowed: bool) -> None:
    # Without pictures this is one statement: a trigger (Tip.Meta.triggers) puts the next step into the
    # outbox. With pictures, the tip and its pictures need a transaction.
    plain = not pictures and not connection.in_atomic_block
    with nullcontext() if plain else transaction.atomic():
        is_new = _insert(tip)
        if is_new and pictures:
            attachments.attach_to_tip(pictures, tip, location_allowed=location_allowed)
    if is_new:
        transaction.on_commit(nudge_matching)
    elif not Tip.objects.filter(receipt=tip.receipt).exists():
        if tip.answers_id is None:  # nobody may be thanked for a tip that is not there
            raise DatabaseError("A tip was not stored, although nothing like it is there.")
        tip.answers = None  # the question has been answered already, so this is an addition
        _save(tip, pictures, location_allowed)


def _insert(tip: Tip) -> bool:
    """Insert a tip, and set its primary key. Return False if it conflicts with one that is there.

    A conflict is no error, because the database server's log may quote the row of an error.
    """
    insert = InsertQuery(Tip, on_conflict=OnConflict.IGNORE)
    fields = [field for field in Tip._meta.concrete_fields if not field.primary_key]
    insert.insert_values(fields, [tip])
    (row,) = insert.get_compiler(DEFAULT_DB_ALIAS).execute_sql([Tip._meta.pk])
    if row is None:
        return False
    tip.pk, tip._state.adding, tip._state.db = row[0], False, DEFAULT_DB_ALIAS
    return True


def nudge_matching() -> None:
    """Tell the workers that a tip waits. The database has already put its step into the outbox."""
    nudge(Lane.QUICK)


def truncate_to_hour(moment: datetime) -> datetime:
    """Return a time without minutes: a closer time could identify a sender."""
    return moment.replace(minute=0, second=0, microsecond=0)
