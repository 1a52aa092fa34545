"""Encrypt contact details, uploaded pictures and the places of photos at rest.

The newest of CONTACT_KEYS encrypts (Fernet: AES-128-CBC and HMAC-SHA256). Older keys still decrypt, so
that keys can be rotated.
"""

from __future__ import annotations

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(ValueError):
    """None of the keys in CONTACT_KEYS decrypts a value."""


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def seal(text: str) -> bytes | None:
    """Encrypt a text. Return None for an empty one."""
    return seal_file(text.encode()) if text else None


def seal_file(data: bytes) -> bytes:
    """Encrypt a file's bytes."""
    return _fernet(tuple(settings.CONTACT_KEYS)).encrypt(data)


def unseal(sealed: bytes | memoryview) -> str:
    """Decrypt a text. Callers record the access in the audit trail.

    Raises:
        Unreadable: no key decrypts it.
    """
    return unseal_file(sealed).decode()


def unseal_file(sealed: bytes | memoryview) -> bytes:
    """Decrypt a file's bytes.

    Raises:
        Unreadable: no key decrypts it.
    """
    try:
        return _fernet(tuple(settings.CONTACT_KEYS)).decrypt(bytes(sealed))
    except InvalidToken:
        raise Unreadable("None of the keys in CONTACT_KEYS opens this.") from None
