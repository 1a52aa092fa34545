"""Keep the private and the public store in step with the database.

The database decides which files are public, and the public store follows. Publishing copies files inside its
transaction. A withdrawal removes them right after its commit. :func:`sweep` repairs what a dead process left:
it removes files without a public object and restores missing or damaged ones. :func:`delete_orphans` deletes
files in the private store that no row names.

A file counts as present only if its bytes match its name, which is the first 40 hexadecimal digits of their
SHA-256. No other file is published, served or left in the public store.

Publishing holds a shared lock; removal and sweeps hold an exclusive one. So a sweep never removes a file that
is just being published.
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
    """A file is missing in its store, or was changed. The message says which, for staff."""


_LOCK = 0x73746F72  # 'stor'
# A new picture has its files before its row. At least one hour, because files' times are cut to the hour.
ORPHANED_AFTER = timedelta(hours=2)
SWEEP_SECONDS = 20  # for reading; other steps of the lane wait for it
REPAIR_INTERVAL = 60  # seconds

# Public files that this process has verified, each with its fingerprint at that time.
_verified: dict[str, str] = {}
# When this process last requested the repair of a rendition (by primary key), in monotonic seconds.
_repair_requested_at: dict[int, float] = {}


def store_master(picture: Picture, data: bytes) -> str:
    """Store the clean original of a picture in the private store. Return its name there."""
    return store("private").save(f"pictures/{picture.pk}.png", ContentFile(data))


def read_master(picture: Picture) -> bytes:
    """Return the clean original of a picture (PNG).

    Raises:
        FileMissing: it is missing, or was changed.
        StoreUnavailable: the private store fails.
    """
    data = _read(store("private"), picture.master)
    if data is None or picture.master_sha256 not in ("", sha256(data)):
        raise FileMissing(
            "The original of a picture is missing in the private store, or was changed."
        )
    return data


def read_rendition(name: str) -> bytes:
    """Return a rendition from the private store.

    Raises:
        FileMissing: it is missing, or was changed.
        StoreUnavailable: the private store fails.
    """
    return _read_verified(store("private"), f"renditions/{name}")


def read_public(name: str) -> bytes:
    """Return a file from the public store, after comparing its bytes with its name.

    Raises:
        FileMissing: it is missing, or was changed.
        StoreUnavailable: the public store fails.
    """
    return _read_verified(store("public"), name)


def store_renditions(files: Iterable[tuple[str, bytes]]) -> None:
    """Store a picture's renditions (name and bytes) in the private store."""
    for name, data in files:
        store("private").save(f"renditions/{name}", ContentFile(data))


def has_all_renditions(picture: Picture) -> bool:
    """Return whether the private store has all renditions of a picture, undamaged."""
    return all(
        _is_intact(store("private"), f"renditions/{each.name}") for each in picture.renditions.all()
    )


def copy_to_public(trace_object: TraceObject) -> None:
    """Copy all renditions of an object to the public store, in the publishing transaction.

    Raises:
        FileMissing: a rendition or an original is missing or damaged.
        StoreUnavailable: a store is full or fails.
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
    """Delete files from the public store, except those that another public object also has."""
    with transaction.atomic():
        _lock(shared=False)
        for name in set(names) - _public_names():
            store("public").delete(name)


def rendition_names(trace_object: TraceObject) -> list[str]:
    """Return the file names of all renditions of an object."""
    return list(
        Rendition.objects.filter(picture__object=trace_object).values_list("name", flat=True)
    )


@dataclass(frozen=True)
class SweepResult:
    """The result of a sweep, in numbers of files.

    ``lost`` files are undamaged in neither store. ``failed`` files wait for a store that works.
    """

    removed: int
    restored: int
    lost: int = 0
    failed: int = 0


def sweep() -> SweepResult:
    """Repair the public store, so that it holds exactly what the database says is public.

    Raises:
        StoreUnavailable: the public store fails.
    """
    public = store("public")
    damaged = _damaged()  # read before the lock, which delays publications
    with transaction.atomic():
        _lock(shared=False)
        wanted, there = _public_names(), set(public.fingerprints(""))
        for name in there - wanted:
            public.delete(name)
        outcomes = [_restore(name) for name in sorted((wanted - there) | (wanted & damaged))]
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
    """Queue the repair of a missing or damaged public file, instead of waiting for the next sweep.

    A process queues it once in ``REPAIR_INTERVAL``, however many visitors ask for the file.
    """
    now = time.monotonic()
    if now - _repair_requested_at.get(rendition_pk, -REPAIR_INTERVAL) >= REPAIR_INTERVAL:
        _repair_requested_at[rendition_pk] = now
        queue.put(ObjectStep.REPAIR, rendition_pk)


def repair(rendition_pk: int) -> None:
    """Repair one public file.

    Raises:
        StoreUnavailable: a store is full or fails; the step is retried.
    """
    name = Rendition.objects.filter(pk=rendition_pk).values_list("name", flat=True).first()
    with transaction.atomic():
        _lock(shared=False)
        if name in _public_names() and not _repair_file(name):
            log.error("a public picture is whole in neither store")


def delete_orphans(now: datetime | None = None) -> int:
    """Delete files from the private store that no row names and that are older than ``ORPHANED_AFTER``.

    Also delete temporary files of that age from both stores. Return how many orphans were deleted.
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
    """Return the names of public files that cannot be read or do not match their names.

    It reads only files that are new or changed since this process verified them, for ``SWEEP_SECONDS`` at
    most. The next sweep continues from there.
    """
    until = time.monotonic() + SWEEP_SECONDS
    public, wanted, damaged = store("public"), _public_names(), set()
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
            damaged.add(name)
    return damaged


def _restore(name: str) -> str:
    try:
        return "restored" if _repair_file(name) else "lost"
    except OSError:  # one file that cannot be read must not stop the others
        return "failed"


def _repair_file(name: str) -> bool:
    """Restore a public file if it is missing or damaged. Delete it and return False if there is no copy."""
    public = store("public")
    try:
        _read_verified(public, name)
    except FileMissing:
        public.delete(name)  # a truncated file is worse than none, and takes space
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
