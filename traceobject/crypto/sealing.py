"""Encrypt contact details, uploaded pictures, the places of photos and second factors at rest.

The newest of CONTACT_KEYS encrypts (Fernet: AES-128-CBC and HMAC-SHA256). Older keys still decrypt, so
that keys can be rotated (:mod:`traceobject.crypto.rotation`).

A Fernet token starts with the second at which it was made, unencrypted. Ours all state the same one: a
thief of the database or the store does not learn from them when a tip was sent.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from traceobject.errors import ErrorForStaff

NO_TIME = 0  # seconds since 1970: the time that each token states


class Unreadable(ErrorForStaff, ValueError):
    """None of the keys in CONTACT_KEYS decrypts a value."""


class Purpose(StrEnum):
    """What a value is for. Each purpose but the first has a key of its own, derived from CONTACT_KEYS."""

    SENDERS = ""  # what belongs to a tip: contact details, pictures, places
    FACTORS = "second factors of staff"


@dataclass(frozen=True)
class Key:
    """One of CONTACT_KEYS, as it encrypts for one purpose.

    Attributes:
        name: identifies the key in reports and rows, without revealing it: 8 hexadecimal digits.
    """

    name: str
    fernet: Fernet


@lru_cache(maxsize=16)
def _derive(key: str, purpose: Purpose) -> Key:
    name = hashlib.sha256(b"traceobject key name " + key.encode()).hexdigest()[:8]
    if not purpose:
        return Key(name, Fernet(key))
    # RFC 5869; the key is random already, so no salt is needed.
    derived = HKDF(SHA256(), length=32, salt=None, info=f"traceobject {purpose}".encode())
    secret = base64.urlsafe_b64encode(derived.derive(base64.urlsafe_b64decode(key)))
    return Key(name, Fernet(secret))


def configured_keys(purpose: Purpose = Purpose.SENDERS) -> list[Key]:
    """Return the configured keys for a purpose, newest first."""
    return [_derive(key, purpose) for key in settings.CONTACT_KEYS]


def newest_key() -> str:
    """Return the name of the key that encrypts."""
    return configured_keys()[0].name


def seal(text: str) -> bytes | None:
    """Encrypt a text. Return None for an empty one."""
    return seal_file(text.encode()) if text else None


def seal_file(data: bytes, purpose: Purpose = Purpose.SENDERS) -> bytes:
    """Encrypt a file's bytes."""
    return configured_keys(purpose)[0].fernet.encrypt_at_time(data, NO_TIME)


def unseal(sealed: bytes | memoryview) -> str:
    """Decrypt a text. Callers record the access in the audit trail.

    Raises:
        Unreadable: no key decrypts it.
    """
    return unseal_file(sealed).decode()


def unseal_file(sealed: bytes | memoryview, purpose: Purpose = Purpose.SENDERS) -> bytes:
    """Decrypt a file's bytes.

    Raises:
        Unreadable: no key decrypts it.
    """
    token = bytes(sealed)
    for key in configured_keys(purpose):
        try:
            return key.fernet.decrypt(token)
        except InvalidToken:
            continue
    raise Unreadable("None of the keys in CONTACT_KEYS opens this. Ask whoever runs the site.")


def key_of(sealed: bytes | memoryview, purpose: Purpose = Purpose.SENDERS) -> str | None:
    """Return the name of the key that opens a value, or None if no configured key does.

    The value is authenticated, but not decrypted.
    """
    return _opening(bytes(sealed), purpose)[0]


def is_current(sealed: bytes | memoryview, purpose: Purpose = Purpose.SENDERS) -> bool:
    """Return whether the newest key opens a value, and the value states no time."""
    return _opening(bytes(sealed), purpose) == (newest_key(), NO_TIME)


def reseal(sealed: bytes | memoryview, purpose: Purpose = Purpose.SENDERS) -> bytes:
    """Return a value encrypted with the newest key.

    MultiFernet.rotate would keep the time that an older token states; this does not.

    Raises:
        Unreadable: no key decrypts it.
    """
    return seal_file(unseal_file(sealed, purpose), purpose)


def _opening(token: bytes, purpose: Purpose) -> tuple[str | None, int]:
    for key in configured_keys(purpose):
        try:
            return key.name, key.fernet.extract_timestamp(token)
        except InvalidToken:
            continue
    return None, NO_TIME
