"""The form's random number: it makes a form sent twice one tip, and carries the time it was shown.

It is signed, so that nobody can pretend that a form was open for longer. It is not bound to the
visitor and not stored.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from django.core import signing

_signer = signing.TimestampSigner(salt="tips.intake.form")
LENGTH = 120
MIN_SECONDS = 3  # nobody reads the question and writes an answer faster


def create() -> str:
    """Return a signed number for a form that is being shown."""
    return _signer.sign(secrets.token_urlsafe(16))


def age(nonce: str, now: datetime) -> float | None:
    """Return the seconds since the form with this number was shown, or None for a forged number."""
    try:
        _signer.unsign(nonce)
    except signing.BadSignature:
        return None
    opened = signing.b62_decode(nonce.split(_signer.sep)[1])
    return now.timestamp() - opened
