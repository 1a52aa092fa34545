"""Proof of work: a second of computing for a visitor's browser, hours for a flooder's machine.

ALTCHA, second protocol (altcha.org): the browser looks for a counter for which PBKDF2 returns a key
with a given prefix. A challenge is signed, bound to one form and valid for one tip. The difficulty
rises with the number of tips in the last minutes. A tip without a proof is accepted, at lower
trust.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import threading
import time
from datetime import datetime, timedelta
from typing import Any

from altcha.v2 import create_challenge, verify_solution
from django.conf import settings

from traceobject.cache import CacheUnavailable, memory

LIFETIME = timedelta(hours=3)  # people interrupt writing to look for details
MAX_LENGTH = 4000

# (tips to the whole site in a minute, PBKDF2 rounds, prefix of the key), the hardest first.
DIFFICULTY = (
    (600, 4000, "000"),  # about 4 s on a desktop of 2020
    (120, 4000, "00"),
    (0, 1000, "00"),  # about 0.1 s
)


class Replayed(ValueError):
    """The proof is valid, but has been used for another tip."""


def _secret() -> str:
    return hashlib.sha256(f"proof of work\x00{settings.SECRET_KEY}".encode()).hexdigest()


def challenge(nonce: str, now: datetime) -> dict[str, Any]:
    """Return a challenge for a form, as ALTCHA's worker takes it."""
    tips = recent_tips(now)
    cost, prefix = next((cost, prefix) for least, cost, prefix in DIFFICULTY if tips >= least)
    made = create_challenge(
        "PBKDF2/SHA-256",
        cost,
        key_prefix=prefix,
        expires_at=now + LIFETIME,
        data={"form": _hash(nonce)},
        hmac_secret=_secret(),
    )
    return made.to_dict()


def verify(payload: str, nonce: str) -> bool:
    """Return whether a form has a valid proof for its own challenge that has not expired."""
    if not payload or len(payload) > MAX_LENGTH:
        return False
    try:
        given = json.loads(base64.b64decode(payload, validate=True))
        if given["challenge"]["parameters"]["data"]["form"] != _hash(nonce):
            return False
        if given["challenge"]["parameters"]["cost"] > DIFFICULTY[0][1]:
            return False  # not our challenge, so do not compute it
        return bool(verify_solution(payload, _secret()).verified)
    except Exception:  # a malformed proof is no proof, whatever it breaks
        return False


def mark_used(nonce: str, receipt: str) -> None:
    """Record that the form's proof was used for the tip of a receipt. Doing so twice is no replay.

    Raises:
        Replayed: it has been used for another tip.
    """
    key = f"proof:{_hash(nonce)}"
    with contextlib.suppress(CacheUnavailable):  # accepting the tip is more important
        if memory().add(key, receipt, LIFETIME.total_seconds()):
            return
        if memory().get(key) != receipt:
            raise Replayed


def mark_unused(nonce: str, receipt: str) -> None:
    """Make the proof that was used for a receipt valid again, because its tip was not accepted."""
    key = f"proof:{_hash(nonce)}"
    with contextlib.suppress(CacheUnavailable):
        if memory().get(key) == receipt:
            memory().delete(key)


_uncounted = 0
_counted_at = 0.0
_counting = threading.Lock()
COUNT_INTERVAL = 0.25  # seconds; in a flood, several tips are counted with one cache operation


def count_tip(now: datetime) -> None:
    """Count one more tip."""
    global _uncounted, _counted_at
    with _counting:
        _uncounted += 1
        if time.monotonic() - _counted_at < COUNT_INTERVAL:
            return
        number, _uncounted, _counted_at = _uncounted, 0, time.monotonic()
    key = _minute(now)
    with contextlib.suppress(CacheUnavailable):
        memory().count(key, number, 180)


def recent_tips(now: datetime) -> int:
    """Return the number of tips in this minute or the last, whichever is larger.

    Returns 0 without a cache.
    """
    keys = [_minute(now), _minute(now - timedelta(minutes=1))]
    try:
        return max(memory().get_many(keys).values(), default=0)
    except CacheUnavailable:
        return 0


def _minute(now: datetime) -> str:
    return f"tips:{now:%Y%m%d%H%M}"


def _hash(nonce: str) -> str:
    return hashlib.sha256(nonce.encode()).hexdigest()[:32]
