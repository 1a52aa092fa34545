"""The salt of the day, which is in memory alone: in the cache, and for half a minute in a process.

With the salt of a day, the network addresses behind that day's hashes can be found by trying them all. So a
cache that writes to a disk gets no salt: the site does not start with one, and if it begins to write later,
there are no hashes and no limits by sender until it stops.
"""

from __future__ import annotations

import logging
import secrets
import threading
from datetime import datetime

from django.conf import settings
from django.core import checks

from traceobject.cache import CacheUnavailable, memory

log = logging.getLogger(__name__)

_SALT_SECONDS = 30  # the time in which all processes agree on a salt after a restart of the cache
_cached_salt = ("", "")  # the cache key, and the salt


class CacheOnDisk(CacheUnavailable):
    """The cache writes what it holds to a disk."""


def salt_of_day(now: datetime) -> str:
    """Return the salt of a day. A process keeps it for half a minute.

    Raises:
        CacheUnavailable: the cache did not answer, or writes to a disk.
    """
    global _cached_salt
    name = f"salt:{now:%Y-%m-%d}"
    key = memory().make_key(name)
    cached_key, salt = _cached_salt
    if cached_key != key:
        if how := memory().persistence():
            memory().delete(name)
            log.error("no limits by sender: the cache writes %s to a disk", how)
            raise CacheOnDisk(how)
        salt = str(memory().get_or_set(name, lambda: secrets.token_hex(32), 26 * 3600))
        _cached_salt = (key, salt)
        timer = threading.Timer(_SALT_SECONDS, _clear_salt)
        timer.daemon = True
        timer.start()
    return salt


def _clear_salt() -> None:
    global _cached_salt
    _cached_salt = ("", "")


@checks.register(checks.Tags.caches)
def cache_is_in_memory(**_: object) -> list[checks.CheckMessage]:
    """Check that the server of REDIS_URL writes nothing to a disk. One that does not answer passes."""
    if settings.EMBEDDED_BROKER:
        return []  # we start it without any file
    try:
        how = memory().persistence()
    except CacheUnavailable:
        return []
    if not how:
        return []
    return [
        checks.Error(
            f"The server of REDIS_URL writes {how} to a disk, and with them the salt that hides senders.",
            hint='Switch that off: save "" and appendonly no in its configuration, and remove the old files.',
            id="intake.E001",
        )
    ]
