"""django-allauth's adapter for second factors: their secrets are encrypted in the database."""

from __future__ import annotations

from allauth.mfa.adapter import DefaultMFAAdapter

from traceobject.crypto import sealing
from traceobject.crypto.sealing import Purpose

_SEALED = "sealed:"  # no secret of allauth's contains a colon


class SealingMFAAdapter(DefaultMFAAdapter):
    """Encrypt TOTP secrets and the seeds of recovery codes, so that a stolen dump signs nobody in.

    ``rotate_keys`` encrypts what an earlier version stored without encryption. Until then it works.
    """

    def encrypt(self, text: str) -> str:
        return _SEALED + sealing.seal_file(text.encode(), Purpose.FACTORS).decode()

    def decrypt(self, encrypted_text: str) -> str:
        if (token := sealed_part(encrypted_text)) is None:
            return encrypted_text
        return sealing.unseal_file(token, Purpose.FACTORS).decode()


def sealed_part(stored: str) -> bytes | None:
    """Return the encrypted value of a stored secret, or None for one that is not encrypted."""
    return stored.removeprefix(_SEALED).encode() if stored.startswith(_SEALED) else None
