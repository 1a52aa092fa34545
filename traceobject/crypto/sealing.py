"""What is sealed at rest: contact details, pictures that came in, the place in a photo.

Encrypted at once with the newest of CONTACT_KEYS (Fernet: AES-128-CBC and HMAC-SHA256); older keys
still open what they sealed, so that keys can be rotated.
"""

from __future__ import annotations

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(ValueError):
    """Something sealed that none of the keys in CONTACT_KEYS opens."""


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def seal(text: str) -> bytes | None:
    """Encrypt a text; nothing stays nothing."""
    return seal_file(text.encode()) if text else None


def seal_file(data: bytes) -> bytes:
    """Encrypt a file's bytes."""
    return _fernet(tuple(settings.CONTACT_KEYS)).encrypt(data)


def unseal(sealed: bytes | memoryview) -> str:
    """Decrypt a text. The stages that call it record who looks.

    Raises:
        Unreadable: no key opens it.
    """
    return unseal_file(sealed).decode()


def unseal_file(sealed: bytes | memoryview) -> bytes:
    """Decrypt a file's bytes.

    Raises:
        Unreadable: no key opens it.
    """
    try:
        return _fernet(tuple(settings.CONTACT_KEYS)).decrypt(bytes(sealed))
    except InvalidToken:
        raise Unreadable("None of the keys in CONTACT_KEYS opens this.") from None
