"""The rules by which a tip from the form is accepted."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import InterfaceError, OperationalError, connection
from django.utils.translation import get_language

from objects.models import TraceObject
from tips.intake import limits, receipt_codes
from tips.intake.accept import accept, receipt_code
from tips.intake.form import nonces, proof
from tips.intake.form.forms import TipForm
from tips.intake.refusals import Invalid, PicturesNotStored, RateLimited
from tips.intake.uploads import form_pictures
from tips.intake.uploads.attachments import PicturesGone
from tips.models import Tip

_FIELDS = ("text", "country", "url", "contact", "place", "seen_when", "sureness", "why")


@dataclass(frozen=True)
class Accepted:
    """The tip is stored and cannot be lost.

    Attributes:
        code: the receipt code, which is shown once.
        left_contact: whether the sender left contact details.
    """

    code: str
    left_contact: bool


@dataclass(frozen=True)
class Replayed:
    """The form's proof of work has been used for another tip."""


Result = Accepted | Invalid | RateLimited | Replayed | PicturesNotStored


_FIND = "SELECT id, reference FROM objects_traceobject WHERE reference = %s AND state = %s"


def find_published(reference: str) -> TraceObject | None:
    """Return the published object of a reference, with only its reference loaded.

    This is the first query of a request, so it also checks the connection that was kept open. A
    dead connection is replaced.
    """
    wanted = [reference.upper(), TraceObject.State.PUBLISHED]
    connection.health_check_done = True  # type: ignore[attr-defined]  # Django's, not in its stubs
    try:
        row = _first_row(_FIND, wanted)
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block:
            raise
        connection.close()
        row = _first_row(_FIND, wanted)
    return TraceObject.from_db(connection.alias, ["id", "reference"], row) if row else None


def _first_row(sql: str, values: list[str]) -> tuple[object, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()


def submit(found: TraceObject, form: TipForm, sender: str, now: datetime) -> Result:
    """Accept the tip in a form, or return why not.

    A tip that is not accepted leaves nothing behind. Submitting the same form twice is accepted
    twice, as one tip with one code.

    Args:
        found: the published object that the form is about.
        sender: :func:`tips.intake.limits.sender_hash` of the request.
    """
    form_pictures.check_room(form)
    if not form.is_valid():
        return Invalid()
    values = form.cleaned_data
    is_proven = proof.verify(form.data.get("altcha", ""), values["nonce"])
    trust = form.trust(is_proven=is_proven, age=nonces.age(values["nonce"], now))
    limit = limits.TIPS if trust == Tip.Trust.PROVEN else limits.UNPROVEN_TIPS
    if minutes := limits.acquire(limit, sender, now):
        return RateLimited(minutes)
    try:
        result = _accept(found, form, sender, now, trust=trust, is_proven=is_proven)
    except BaseException:
        limits.release(limit, sender, now)
        raise
    if not isinstance(result, Accepted):
        limits.release(limit, sender, now)
    return result


def _accept(
    found: TraceObject, form: TipForm, sender: str, now: datetime, *, trust: str, is_proven: bool
) -> Accepted | Invalid | Replayed | PicturesNotStored:
    values = form.cleaned_data
    nonce = values["nonce"] or secrets.token_urlsafe(16)
    content = {name: values[name] for name in _FIELDS}
    hashes = form_pictures.hashes(form)
    receipt = receipt_codes.hash_code(receipt_code(found, nonce, [*content.values(), *hashes]))
    if is_proven:
        try:
            proof.mark_used(nonce, receipt)
        except proof.Replayed:
            return Replayed()
    if not form_pictures.store_new(form, now):
        proof.mark_unused(nonce, receipt)
        return PicturesNotStored()
    language = values["language"] or get_language() or ""
    try:
        code = accept(
            found,
            **content,
            language="" if language == "other" else language,
            nonce=nonce,
            now=now,
            trust=trust,
            sender=sender,
            pictures=form.kept,
            hashes=hashes,
            location_allowed=values["location_allowed"],
        )
    except PicturesGone:
        proof.mark_unused(nonce, receipt)
        form.kept = []
        form_pictures.report_gone(form)
        return Invalid()
    except BaseException:
        proof.mark_unused(nonce, receipt)
        raise
    proof.count_tip(now)
    return Accepted(code, left_contact=bool(values["contact"]))
