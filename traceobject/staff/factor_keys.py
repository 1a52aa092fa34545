"""Key rotation of the second factors' secrets, which django-allauth keeps in a JSON column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.db import transaction

from traceobject.crypto import rotation, sealing
from traceobject.crypto.sealing import Purpose
from traceobject.staff.mfa_adapter import sealed_part

NOT_ENCRYPTED = "not encrypted"
_SECRETS = ("secret", "seed")  # of TOTP, and of recovery codes


def _secrets(data: dict[str, Any]) -> Iterator[str]:
    yield from (data[name] for name in _SECRETS if name in data)
    yield from data.get("migrated_codes", ())


def _key_of(stored: str) -> str:
    token = sealed_part(stored)
    if token is None:
        return NOT_ENCRYPTED
    return sealing.key_of(token, Purpose.FACTORS) or rotation.UNKNOWN


def count_by_key() -> Counter[str]:
    """Return how many secrets each key opens."""
    stored = Authenticator.objects.values_list("data", flat=True)
    return Counter(_key_of(secret) for data in stored for secret in _secrets(data))


def outdated() -> Iterator[int]:
    """Return the factors with a secret that the newest key does not open, or that is not encrypted."""
    newest = sealing.newest_key()
    for pk, data in Authenticator.objects.order_by("pk").values_list("pk", "data"):
        if any(_key_of(secret) != newest for secret in _secrets(data)):
            yield pk


def reseal(pk: int) -> None:
    """Encrypt the secrets of one factor with the newest key.

    Raises:
        Unreadable: no key opens one of them. None is changed.
    """
    adapter = get_adapter()

    def again(stored: str) -> str:
        return adapter.encrypt(adapter.decrypt(stored))

    with transaction.atomic():
        factor = Authenticator.objects.select_for_update().filter(pk=pk).first()
        if factor is None:
            return
        data = factor.data
        data |= {name: again(data[name]) for name in _SECRETS if name in data}
        if "migrated_codes" in data:
            data["migrated_codes"] = [again(code) for code in data["migrated_codes"]]
        Authenticator.objects.filter(pk=pk).update(data=data)


def register() -> None:
    """Register the secrets for rotation (``AppConfig.ready`` calls this)."""
    rotation.register(rotation.Kind("second factors", count_by_key, outdated, reseal))
