"""File storage in folders or buckets: each file is written whole or not at all, with one error for all faults.

Django's and django-storages' classes write a file straight to its final name, and pass on any error of the
system or a library. Ours (:mod:`.folder`, :mod:`.bucket`) write to a temporary name or verify what arrived,
and raise either FileNotFoundError or :class:`StoreUnavailable`. Both are OSErrors with messages that staff
may read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from django.core.files.storage import storages

from traceobject.errors import Unreachable

if TYPE_CHECKING:
    from traceobject.storage.bucket import BucketStorage
    from traceobject.storage.folder import FolderStorage

FULL = "The store for pictures is full."
FAILING = "The store for pictures is not working right now."
MISSING = "The file is not in the store for pictures."


class StoreUnavailable(Unreachable):
    """A store fails or is full. The message is ``FULL`` or ``FAILING``."""


def store(name: Literal["private", "public"]) -> FolderStorage | BucketStorage:
    """Return one of the two stores, as configured in the settings."""
    return cast("FolderStorage | BucketStorage", storages[name])


def refuse_writing(mode: str) -> None:
    """Raise ValueError unless the mode is for reading. Only ``save`` writes, so that files are whole."""
    if mode != "rb":
        raise ValueError("Files of a store are opened with mode 'rb' and written by save().")
