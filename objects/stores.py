"""The private and the public store, and what keeps them in step with the database.

The database decides what is public; the public store follows. Files are copied there inside the
publishing transaction and taken back right after the commit of a withdrawal. Whatever dies in between,
:func:`sweep` puts right: it removes what no public object bears and restores what is missing or harmed;
and :func:`delete_orphans` clears the private store of files that no row names.

That a name exists says nothing: a file is there if its bytes match its name, the first 40 hexadecimal
digits of their SHA-256. Nothing else is published, served or left in the public store.

Publishing holds a shared lock, taking back and sweeping an exclusive one, so that a sweep never
removes what a publication is just putting there.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import connection, transaction
from django.utils import timezone

from objects.models import Picture, Rendition, TraceObject
from objects.pictures import structure
from objects.pictures.hashes import sha256
from objects.steps import ObjectStep
from traceobject.errors import ErrorForStaff
from traceobject.outbox import queue
from traceobject.storage import store

log = logging.getLogger(__name__)


class FileMissing(ErrorForStaff, OSError):
    """A file is not in its store, or is not what it was; the message says which, for staff."""


_LOCK = 0x73746F72  # 'stor'
ORPHANED_AFTER = timedelta(hours=1)  # a picture being added has its files before its row
SWEEP_SECONDS = 20  # seconds: other work of the lane waits for it
REPAIR_INTERVAL = 60  # seconds

# The public files that this process has read and found whole, each with its mark of then.
_verified: dict[str, str] = {}
# When this process last asked for the repair of a rendition (its primary key), by the monotonic clock.
_repair_requested_at: dict[int, float] = {}


def store_master(picture: Picture, data: bytes) -> str:
    """Put the clean original of a picture into the private store and give its name there."""
    return store("private").save(f"pictures/{picture.pk}.png", ContentFile(data))


def read_master(picture: Picture) -> bytes:
    """Return the clean original of a picture (PNG).

    Raises:
        FileMissing: it is not there, or not what it was.
        StoreUnavailable: the private store does not work.
    """
    data = _read(store("private"), picture.master)
    if data is None or picture.master_sha256 not in ("", sha256(data)):
        raise FileMissing(
            "The original of a picture is missing in the private store, or was changed."
        )
    return data


def read_rendition(name: str) -> bytes:
    """Return a size of a picture from the private store.

    Raises:
        FileMissing: it is not there, or not what it was.
        StoreUnavailable: the private store does not work.
    """
    return _read_verified(store("private"), f"renditions/{name}")


def read_public(name: str) -> bytes:
    """Return a public file, never one whose bytes do not match its name.

    Raises:
        FileMissing: it is not there, or not what it was.
        StoreUnavailable: the public store does not work.
    """
    return _read_verified(store("public"), name)


def store_renditions(files: Iterable[tuple[str, bytes]]) -> None:
    """Put the sizes of a picture into the private store, under the hash of their bytes."""
    for name, data in files:
        store("private").save(f"renditions/{name}", ContentFile(data))


def has_all_renditions(picture: Picture) -> bool:
    """Return whether the private store has each size of a picture whole."""
    return all(
        _is_intact(store("private"), f"renditions/{each.name}") for each in picture.renditions.all()
    )


def copy_to_public(trace_object: TraceObject) -> None:
    """Copy all sizes of an object's pictures into the public store, in the publishing transaction.

    Raises:
        FileMissing: one cannot be copied, or an original is not there.
        StoreUnavailable: a store is full or does not work.
    """
    _lock(shared=True)
    for picture in trace_object.pictures.all():
        read_master(picture)
    for name in rendition_names(trace_object):
        if not _repair_file(name):
            raise FileMissing(
                f"The file {name} is missing in the private store, or was changed there."
            )


def remove_public_copies(names: Iterable[str]) -> None:
    """Remove files from the public store, except those that another public object bears as well."""
    with transaction.atomic():
        _lock(shared=False)
        for name in set(names) - _public_names():
            store("public").delete(name)


def rendition_names(trace_object: TraceObject) -> list[str]:
    """Return the file names of all sizes of an object's pictures."""
    return list(
        Rendition.objects.filter(picture__object=trace_object).values_list("name", flat=True)
    )


@dataclass(frozen=True)
class SweepResult:
    """What a sweep of the public store found: numbers of files.

    ``lost`` ones are whole in neither store; ``failed`` ones wait for a store that works.
    """

    removed: int
    restored: int
    lost: int = 0
    failed: int = 0


def sweep() -> SweepResult:
    """Bring the public store in step with the database.

    Raises:
        StoreUnavailable: the public store does not work at all.
    """
    public = store("public")
    harmed = _damaged()  # read before the lock is taken, which holds up publications
    with transaction.atomic():
        _lock(shared=False)
        wanted, there = _public_names(), set(public.fingerprints(""))
        for name in there - wanted:
            public.delete(name)
        outcomes = [_restore(name) for name in sorted((wanted - there) | (wanted & harmed))]
    found = SweepResult(
        removed=len(there - wanted),
        restored=outcomes.count("restored"),
        lost=outcomes.count("lost"),
        failed=outcomes.count("failed"),
    )
    if found != SweepResult(0, 0):
        log.warning("the public store was out of step and is put right: %s", found)
    if found.lost:
        log.error("%s public pictures are whole in neither store", found.lost)
    if found.failed:
        log.error(
            "%s public pictures could not be restored: a store is full or fails", found.failed
        )
    return found


def request_repair(rendition_pk: int) -> None:
    """Have a worker look at a public file, found missing or harmed, before the next sweep does.

    However many visitors ask for the file, a process asks once in ``REPAIR_INTERVAL``.
    """
    now = time.monotonic()
    if now - _repair_requested_at.get(rendition_pk, -REPAIR_INTERVAL) >= REPAIR_INTERVAL:
        _repair_requested_at[rendition_pk] = now
        queue.put(ObjectStep.REPAIR, rendition_pk)


def repair(rendition_pk: int) -> None:
    """Put one public file right, whatever an earlier sweep found.

    Raises:
        StoreUnavailable: a store is full or does not work; it is tried again.
    """
    name = Rendition.objects.filter(pk=rendition_pk).values_list("name", flat=True).first()
    with transaction.atomic():
        _lock(shared=False)
        if name in _public_names() and not _repair_file(name):
            log.error("a public picture is whole in neither store")


def delete_orphans(now: datetime | None = None) -> int:
    """Remove from the private store what no row has named for ``ORPHANED_AFTER``; return how many files.

    What writers that died left in either store goes after the same time.
    """
    now = now or timezone.now()
    private = store("private")
    for each in (private, store("public")):
        each.delete_unfinished(now - ORPHANED_AFTER)
    masters = {f"pictures/{name}" for name in private.fingerprints("pictures")}
    renditions = {f"renditions/{name}" for name in private.fingerprints("renditions")}
    named = set(Picture.objects.values_list("master", flat=True))
    named |= {f"renditions/{name}" for name in Rendition.objects.values_list("name", flat=True)}
    cleared = 0
    for name in (masters | renditions) - named:
        if now - private.get_modified_time(name) > ORPHANED_AFTER:
            private.delete(name)
            cleared += 1
    return cleared


def _public_names() -> set[str]:
    return set(
        Rendition.objects.filter(picture__object__in=TraceObject.objects.public()).values_list(
            "name", flat=True
        )
    )


def _damaged() -> set[str]:
    """Return public files whose bytes do not match their names, or cannot be read.

    Only what is new, or was changed since this process found it whole, is read, and for
    ``SWEEP_SECONDS`` at most: the next sweep goes on from there.
    """
    until = time.monotonic() + SWEEP_SECONDS
    public, wanted, harmed = store("public"), _public_names(), set()
    marks = {name: mark for name, mark in public.fingerprints("").items() if name in wanted}
    for name in _verified.keys() - marks:
        del _verified[name]
    for name, mark in marks.items():
        if _verified.get(name) == mark:
            continue
        if time.monotonic() > until:
            break
        try:
            is_whole = _is_intact(public, name)
        except OSError:
            is_whole = False
        if is_whole:
            _verified[name] = mark
        else:
            harmed.add(name)
    return harmed


def _restore(name: str) -> str:
    try:
        return "restored" if _repair_file(name) else "lost"
    except OSError:  # one file that cannot be had must not keep the others from being restored
        return "failed"


def _repair_file(name: str) -> bool:
    """Make the public store hold a file whole; where there is no good copy, hold none, and return False."""
    public = store("public")
    try:
        _read_verified(public, name)
    except FileMissing:
        public.delete(name)  # a stump is worse than nothing, and takes room
        return _copy(name)
    return True


def _copy(name: str) -> bool:
    try:
        data = read_rendition(name)
        structure.check(data)
    except (FileMissing, structure.Impure):
        return False
    store("public").save(name, ContentFile(data))
    return True


def _is_intact(store: Storage, name: str) -> bool:
    try:
        _read_verified(store, name)
    except FileMissing:
        return False
    return True


def _read_verified(store: Storage, name: str) -> bytes:
    data = _read(store, name)
    if data is None or sha256(data)[:40] != name.rpartition("/")[2].partition(".")[0]:
        raise FileMissing(f"The file {name} is missing, or was changed.")
    return data


def _read(store: Storage, name: str) -> bytes | None:
    try:
        with store.open(name) as file:
            return file.read()
    except FileNotFoundError:
        return None


def _lock(*, shared: bool) -> None:
    suffix = "_shared" if shared else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock{suffix}(%s)", [_LOCK])
