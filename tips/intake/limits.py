"""Rate limits for senders, without storing who a sender is.

A sender is the keyed hash of a network address (of its /64 for IPv6). The salt changes every day
and is kept only in memory (:mod:`tips.intake.salt`). Nothing is on disk, and the hashes of two days
cannot be compared.

Visitors of an onion service all come from this machine, so they have no address of their own. They
are not limited, and nobody is while the cache is down: a tip is worth more than a limit.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from tips.intake.salt import salt_of_day
from traceobject.cache import CacheUnavailable, memory


@dataclass(frozen=True)
class Limit:
    """At most ``max_count`` times in a window of ``seconds``.

    Windows begin at multiples of ``seconds``.
    """

    name: str
    max_count: int
    seconds: int


TIPS = Limit("tips", max_count=30, seconds=3600)  # with proof of work
UNPROVEN_TIPS = Limit("unproven", max_count=12, seconds=3600)
PICTURES = Limit("pictures", max_count=40, seconds=3600)  # stored for forms with errors
WRONG_CODES = Limit("codes", max_count=20, seconds=3600)


def minutes_to_wait(limit: Limit, sender: str, now: datetime) -> int:
    """Return after how many minutes a sender may try again; 0 means now."""
    key = _key(limit, sender, now)
    try:
        if key is None or memory().get(key, 0) < limit.max_count:
            return 0
    except CacheUnavailable:
        return 0
    return _minutes_left(limit, now)


def count(limit: Limit, sender: str, now: datetime, times: int = 1) -> None:
    """Record that a sender did something once more."""
    key = _key(limit, sender, now)
    if key is None:
        return
    with contextlib.suppress(CacheUnavailable):
        memory().count(key, times, limit.seconds)


def acquire(limit: Limit, sender: str, now: datetime) -> int:
    """Count a sender once more unless the limit is reached; return as :func:`minutes_to_wait` does.

    One cache operation, so two requests at the same moment cannot both be the last that fits.
    """
    key = _key(limit, sender, now)
    if key is None:
        return 0
    with contextlib.suppress(CacheUnavailable):
        if memory().count(key, 1, limit.seconds) > limit.max_count:
            return _minutes_left(limit, now)
    return 0


def release(limit: Limit, sender: str, now: datetime) -> None:
    """Undo :func:`acquire`, because nothing was accepted."""
    count(limit, sender, now, -1)


def _minutes_left(limit: Limit, now: datetime) -> int:
    left = limit.seconds - now.timestamp() % limit.seconds
    return max(1, -int(-left // 60))


def sender_hash(request: HttpRequest, now: datetime) -> str:
    """Return the sender's hash of the day.

    Returns '' without an address of their own, without a cache, or if the cache writes to a disk.
    """
    network = _network(request)
    if network is None:
        return ""
    try:
        salt = salt_of_day(now)
    except CacheUnavailable:
        return ""
    return hmac.digest(salt.encode(), network.encode(), hashlib.sha256).hex()[:32]


def _key(limit: Limit, sender: str, now: datetime) -> str | None:
    """Return the cache key of a sender's count, or None for an unknown sender."""
    if not sender:
        return None
    return f"limit:{limit.name}:{int(now.timestamp() // limit.seconds)}:{sender}"


def _network(request: HttpRequest) -> str | None:
    """Return the sender's network, an IPv6 address cut to its /64; None for a shared address.

    Behind proxies, it is the address that the outermost of ``settings.ALLAUTH_TRUSTED_PROXY_COUNT``
    proxies saw.
    """
    address = request.META.get("REMOTE_ADDR", "")
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if proxies:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        address = hops[-proxies] if len(hops) >= proxies else ""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    if parsed.is_loopback or parsed.is_unspecified:
        return None
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
