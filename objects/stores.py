"""The private and the public store, and what keeps them in step with the database.

The database decides what is public; the public store follows. Files are copied there inside the
publishing transaction and taken back right after the commit of a withdrawal. Whatever dies in between,
:func:`sweep` puts right: it removes what no public object bears and restores what is missing; and
:func:`clear_leavings` clears the private store of files that no row names.

Publishing holds a shared lock, taking back and sweeping an exclusive one, so that a sweep never
removes what a publication is just putting there.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import connection, transaction
from django.utils import timezone

from objects.models import Picture, Rendition, TraceObject
from objects.pictures import structure
from objects.pictures.hashes import sha256

log = logging.getLogger(__name__)


class Missing(OSError):
    """A file that is to be public is not in the private store, or is not what it was."""


_LOCK = 0x73746F72  # 'stor'
UNNAMED_FOR = timedelta(hours=1)  # a picture being added has its files before its row


def keep_master(picture: Picture, data: bytes) -> str:
    """Put the clean original of a picture into the private store and give its name there."""
    return storages["private"].save(f"pictures/{picture.pk}.png", ContentFile(data))


def read_master(picture: Picture) -> bytes:
    """Read the clean original of a picture (PNG)."""
    with storages["private"].open(picture.master) as file:
        return file.read()


def keep_renditions(files: Iterable[tuple[str, bytes]]) -> None:
    """Put the sizes of a picture into the private store, under the hash of their bytes."""
    for name, data in files:
        storages["private"].save(f"renditions/{name}", ContentFile(data))


def copy_out(trace_object: TraceObject) -> None:
    """Copy all sizes of an object's pictures into the public store, in the publishing transaction.

    Raises:
        Missing: one cannot be copied.
    """
    _lock(shared=True)
    for name in names_of(trace_object):
        if not _copy(name):
            raise Missing(f"The file {name} is missing in the private store, or was changed there.")


def take_back(names: Iterable[str]) -> None:
    """Remove files from the public store, except those that another public object bears as well."""
    with transaction.atomic():
        _lock(shared=False)
        for name in set(names) - _wanted():
            storages["public"].delete(name)


def names_of(trace_object: TraceObject) -> list[str]:
    """Give the file names of all sizes of an object's pictures."""
    return list(
        Rendition.objects.filter(picture__object=trace_object).values_list("name", flat=True)
    )


@dataclass(frozen=True)
class Swept:
    """What a sweep of the public store had to put right: numbers of files."""

    removed: int
    restored: int


def sweep() -> Swept:
    """Bring the public store in step with the database.

    Returns:
        How many files were removed from it and restored to it.
    """
    with transaction.atomic():
        _lock(shared=False)
        wanted, there = _wanted(), set(list_files(storages["public"], ""))
        for name in there - wanted:
            storages["public"].delete(name)
        missing = wanted - there
        restored = sum(_copy(name) for name in missing)
    found = Swept(len(there - wanted), restored)
    if found != Swept(0, 0):
        log.warning("the public store was out of step and is put right: %s", found)
    if restored < len(missing):
        log.error("%s public pictures are in neither store", len(missing) - restored)
    return found


def clear_leavings(now: datetime | None = None) -> int:
    """Remove from the private store what no row has named for ``UNNAMED_FOR``; gives how many files."""
    now = now or timezone.now()
    private = storages["private"]
    masters = {f"pictures/{name}" for name in list_files(private, "pictures")}
    renditions = {f"renditions/{name}" for name in list_files(private, "renditions")}
    named = set(Picture.objects.values_list("master", flat=True))
    named |= {f"renditions/{name}" for name in Rendition.objects.values_list("name", flat=True)}
    cleared = 0
    for name in (masters | renditions) - named:
        if now - private.get_modified_time(name) > UNNAMED_FOR:
            private.delete(name)
            cleared += 1
    return cleared


def _wanted() -> set[str]:
    return set(
        Rendition.objects.filter(picture__object__in=TraceObject.objects.public()).values_list(
            "name", flat=True
        )
    )


def _copy(name: str) -> bool:
    private, public = storages["private"], storages["public"]
    if public.exists(name):
        return True
    if not private.exists(f"renditions/{name}"):
        return False
    with private.open(f"renditions/{name}") as file:
        data = file.read()
    try:
        structure.check(data)
    except structure.Impure:
        return False
    if not name.startswith(sha256(data)[:40]):
        return False
    public.save(name, ContentFile(data))
    return True


def list_files(store: Storage, folder: str) -> list[str]:
    """Return the names of the files in a folder of a store; none where there is no such folder."""
    try:
        return store.listdir(folder)[1]
    except FileNotFoundError:
        return []


def _lock(*, shared: bool) -> None:
    suffix = "_shared" if shared else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock{suffix}(%s)", [_LOCK])
