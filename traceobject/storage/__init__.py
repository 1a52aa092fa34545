"""Where files are kept, in folders or in buckets: each file whole or not at all, and one error for all trouble.

A storage of Django's or of django-storages writes a file straight to its final name and lets through
whatever the system or a library raises. These two (:mod:`.folder`, :mod:`.bucket`) write beside it, or
verify what arrived, and raise either FileNotFoundError or :class:`StoreUnavailable`. Both are OSErrors
with messages that quote nothing, so that staff may read them.
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
    """A store cannot do what was asked of it; the message is ``FULL`` or ``FAILING``."""


def store(name: Literal["private", "public"]) -> FolderStorage | BucketStorage:
    """Return one of the two stores, as the settings say where it is."""
    return cast("FolderStorage | BucketStorage", storages[name])


def refuse_writing(mode: str) -> None:
    """Raise ValueError unless a file is opened to be read: ``save`` alone writes files whole."""
    if mode != "rb":
        raise ValueError("Files of a store are opened with mode 'rb' and written by save().")
