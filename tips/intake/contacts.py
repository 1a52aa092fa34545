"""Contact details at rest: encrypted at once, with keys that can be rotated."""

from __future__ import annotations

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(ValueError):
    """A sealed contact that none of the keys in CONTACT_KEYS opens."""


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def seal(contact: str) -> bytes | None:
    """Encrypt a contact detail with the newest key; nothing stays nothing."""
    return _fernet(tuple(settings.CONTACT_KEYS)).encrypt(contact.encode()) if contact else None


def unseal(sealed: bytes | memoryview) -> str:
    """Decrypt a contact detail. Call it through ``tips.triage.contact.reveal``, which records the look.

    Raises:
        Unreadable: no key opens it.
    """
    try:
        return _fernet(tuple(settings.CONTACT_KEYS)).decrypt(bytes(sealed)).decode()
    except InvalidToken:
        raise Unreadable("None of the keys in CONTACT_KEYS opens this contact.") from None
