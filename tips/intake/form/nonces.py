"""The form's random number: it makes a form sent twice one tip, and tells when the form was opened.

Signed, so that nobody can say that a form was open for longer than it was. It is bound to nothing of
the visitor, and kept nowhere.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from django.core import signing

_signer = signing.TimestampSigner(salt="tips.intake.form")
LENGTH = 120
MIN_SECONDS = 3  # seconds: nobody reads the question and writes an answer in less


def create() -> str:
    """Make a number for a form that is being shown."""
    return _signer.sign(secrets.token_urlsafe(16))


def age(nonce: str, now: datetime) -> float | None:
    """Give the seconds since a form with this number was shown; None where it is none of ours."""
    try:
        _signer.unsign(nonce)
    except signing.BadSignature:
        return None
    opened = signing.b62_decode(nonce.split(_signer.sep)[1])
    return now.timestamp() - opened
