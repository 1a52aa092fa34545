"""Re-encrypt everything with the newest of CONTACT_KEYS, so that the older keys can be removed.

Each app registers what it keeps encrypted, as a :class:`Kind`. Rotation works on one row at a time, while
the site runs, and skips what the newest key opens. So it can be interrupted at any moment and run again.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction

from traceobject.audit import trail
from traceobject.crypto import sealing
from traceobject.staff.authority import Actor, authorise

UNKNOWN = "no configured key"  # instead of a key's name


@dataclass(frozen=True)
class Kind:
    """One kind of encrypted values.

    Attributes:
        name: in reports, in the plural.
        count_by_key: returns how many values each key opens, by the key's name, or ``UNKNOWN``.
        outdated: returns the primary keys of rows that the newest key may not open.
        reseal: encrypts the values of one row with the newest key; repeating it changes nothing. It
            raises Unreadable if no key opens the value, and FileNotFoundError if its file is missing.
    """

    name: str
    count_by_key: Callable[[], Counter[str]]
    outdated: Callable[[], Iterator[int]]
    reseal: Callable[[int], None]


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Register a kind of encrypted values (``AppConfig.ready`` calls this)."""
    _kinds[kind.name] = kind


def register_column(name: str, model: type[models.Model], column: str) -> None:
    """Register a column of encrypted values (BinaryField)."""
    rows: Any = model._default_manager

    def sealed() -> Iterator[tuple[int, memoryview]]:
        found = rows.filter(**{f"{column}__isnull": False}).order_by("pk")
        return found.values_list("pk", column).iterator(chunk_size=2000)

    def count_by_key() -> Counter[str]:
        return Counter(sealing.key_of(value) or UNKNOWN for _, value in sealed())

    def outdated() -> Iterator[int]:
        return (pk for pk, value in sealed() if not sealing.is_current(value))

    def reseal(pk: int) -> None:
        # The value is compared when it is replaced, so no lock is needed and nothing waits for it.
        while True:
            value = rows.filter(pk=pk).values_list(column, flat=True).first()
            if value is None or sealing.is_current(value):
                return
            old = bytes(value)
            if rows.filter(pk=pk, **{column: old}).update(**{column: sealing.reseal(old)}):
                return

    register(Kind(name, count_by_key, outdated, reseal))


def report() -> dict[str, Counter[str]]:
    """Return how many values of each kind each key opens, by the key's name, or ``UNKNOWN``."""
    return {kind.name: kind.count_by_key() for kind in _kinds.values()}


def unopened() -> dict[str, int]:
    """Return how many values of each kind no configured key opens, without the kinds that have none."""
    found = {name: counts[UNKNOWN] for name, counts in report().items()}
    return {name: count for name, count in found.items() if count}


@dataclass
class Rotated:
    """The result of a rotation, in numbers of values.

    Attributes:
        resealed: encrypted with the newest key, by kind.
        unreadable: opened by no key, and left as they are, by kind.
        missing: with a file that is not in the store, by kind.
    """

    resealed: Counter[str] = field(default_factory=Counter)
    unreadable: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)


def rotate(*, by: Actor, progress: Callable[[str, int, int], None]) -> Rotated:
    """Encrypt everything with the newest key. What it already opens stays as it is.

    Args:
        progress: is called with the name of a kind, how many of it are done, and of how many.

    Raises:
        PermissionDenied: the actor may not rotate keys.
        StoreUnavailable: the private store fails. What is done stays done.
    """
    authorise(by, "crypto.rotate_keys")
    newest = sealing.newest_key()
    with transaction.atomic():
        trail.record("keys.rotation_started", f"key {newest}", by=by)
    done = Rotated()
    for kind in _kinds.values():
        numbers = list(kind.outdated())
        for number, pk in enumerate(numbers, 1):
            try:
                kind.reseal(pk)
                done.resealed[kind.name] += 1
            except sealing.Unreadable:
                done.unreadable[kind.name] += 1
            except FileNotFoundError:
                done.missing[kind.name] += 1
            progress(kind.name, number, len(numbers))
    with transaction.atomic():
        trail.record(
            "keys.rotated",
            f"key {newest}",
            by=by,
            resealed=done.resealed,
            unreadable=done.unreadable,
            missing=done.missing,
        )
    return done


# --- health -------------------------------------------------------------------------------------

CHECK_INTERVAL = 600  # seconds; it reads every contact detail

_last_check: tuple[float, bool] | None = None


def needs_absent_key() -> bool:
    """Return whether something is encrypted with a key that is not configured, as of ten minutes ago."""
    global _last_check
    now = time.monotonic()
    if _last_check is None or now - _last_check[0] >= CHECK_INTERVAL:
        _last_check = (now, bool(unopened()))
    return _last_check[1]


def forget_check() -> None:
    """Make the next :func:`needs_absent_key` look again; for tests."""
    global _last_check
    _last_check = None
