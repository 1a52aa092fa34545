"""The external ID of an erased tip: it names nothing, but the same import does not add the tip again."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings

PREFIX = "erased:"


def erased_form(external_id: str) -> str:
    """Return a keyed hash of an external ID. That of an erased tip stays as it is."""
    if external_id.startswith(PREFIX):
        return external_id
    key, body = settings.RECEIPT_KEY.encode(), b"external ID\x00" + external_id.encode()
    return PREFIX + hmac.digest(key, body, hashlib.sha256).hex()
