"""File storage in a folder. Files appear under their names whole, and survive a power cut."""

from __future__ import annotations

import errno
import logging
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

from traceobject.storage import FAILING, FULL, MISSING, StoreUnavailable, refuse_writing

log = logging.getLogger(__name__)

UNFINISHED = ".unfinished-"
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def _store_errors(action: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if isinstance(error, FileNotFoundError) and action != "write":
            raise FileNotFoundError(MISSING) from None
        reason = errno.errorcode.get(error.errno or 0, type(error).__name__)
        log.warning("a store cannot %s a file: %s", action, reason)
        raise StoreUnavailable(FULL if error.errno in _DISK_FULL else FAILING) from error


class FolderStorage(FileSystemStorage):
    """Store files in a folder. Each is written to a temporary name, flushed to the disk and renamed.

    A file of the same name is replaced atomically. A killed process leaves a temporary file, which
    :meth:`listdir` hides and :meth:`delete_unfinished` deletes.

    The modification times of files and folders are cut to the hour, so that no copy of the store reveals
    when a tip was sent.

    Raises:
        FileNotFoundError: the file to read, measure or date does not exist.
        StoreUnavailable: the disk is full, or the system refuses.
    """

    def _open(self, name: str, mode: str = "rb") -> File:
        refuse_writing(mode)
        with _store_errors("read"):
            return File(open(self.path(name), "rb"))

    def _save(self, name: str, content: File) -> str:
        final = self.path(name)
        with _store_errors("write"):
            self._make_folder(os.path.dirname(final))
            self._write(final, content)
        return os.path.relpath(final, self.location)

    def _make_folder(self, folder: str) -> None:
        if os.path.isdir(folder):
            return
        self._make_folder(os.path.dirname(folder))
        with suppress(FileExistsError):  # another process was first
            os.mkdir(folder, self.directory_permissions_mode or 0o777)
        _sync_folder(os.path.dirname(folder))

    def _write(self, final: str, content: File) -> None:
        folder = os.path.dirname(final)
        temporary = os.path.join(folder, UNFINISHED + secrets.token_hex(8))
        try:
            with open(
                os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
            ) as file:
                for chunk in content.chunks():
                    file.write(chunk)
                if self.file_permissions_mode is not None:
                    os.fchmod(file.fileno(), self.file_permissions_mode)
                file.flush()
                _cut_time(file.fileno())
                os.fsync(file.fileno())
            self._ensure_location_group_id(temporary)  # type: ignore[attr-defined]  # Django's, not in its stubs
            os.replace(temporary, final)
        except BaseException:
            with suppress(OSError):
                os.remove(temporary)
            raise
        _sync_folder(folder)

    def delete(self, name: str) -> None:
        with _store_errors("remove"):
            super().delete(name)
            with suppress(FileNotFoundError):
                _sync_folder(os.path.dirname(self.path(name)))

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        with _store_errors("list"):
            folders, files = super().listdir(path)
        return folders, [name for name in files if not name.startswith(UNFINISHED)]

    def size(self, name: str) -> int:
        with _store_errors("read"):
            return super().size(name)

    def get_modified_time(self, name: str) -> datetime:
        with _store_errors("read"):
            return super().get_modified_time(name)

    def fingerprints(self, folder: str) -> dict[str, str]:
        """Return the names of a folder's files, each with a fingerprint that changes with the file.

        Return {} for a folder that does not exist.
        """
        found = {}
        try:
            with _store_errors("list"), os.scandir(self.path(folder)) as entries:
                for entry in entries:
                    if not entry.name.startswith(UNFINISHED) and (mark := _fingerprint(entry)):
                        found[entry.name] = mark
        except FileNotFoundError:
            return {}
        return found

    def delete_unfinished(self, before: datetime) -> int:
        """Delete temporary files from before a moment. Return how many."""
        deleted = 0
        for folder, _, names in os.walk(self.location):
            for name in names:
                path = os.path.join(folder, name)
                with suppress(OSError):
                    if name.startswith(UNFINISHED) and os.stat(path).st_mtime < before.timestamp():
                        os.remove(path)
                        deleted += 1
        return deleted

    def round_times(self, folder: str, before: datetime) -> int:
        """Cut the modification times of a folder's files from before a moment to the day. Return how many."""
        rounded = 0
        with suppress(FileNotFoundError), _store_errors("list"):
            for entry in os.scandir(self.path(folder)):
                with suppress(OSError):  # deleted meanwhile
                    modified = entry.stat().st_mtime
                    if entry.is_file() and modified < before.timestamp() and modified % 86400:
                        day = int(modified) // 86400 * 86400
                        os.utime(entry.path, (day, day))
                        rounded += 1
        return rounded


def _fingerprint(entry: os.DirEntry[str]) -> str:
    """Return a text that changes with the file; '' for a folder or a file that is gone."""
    try:
        if not entry.is_file():
            return ""
        status = entry.stat()
    except FileNotFoundError:
        return ""
    return f"{status.st_dev}-{status.st_ino}-{status.st_size}-{status.st_mtime_ns}-{status.st_ctime_ns}"


def _sync_folder(folder: str) -> None:
    """Cut a folder's time and flush its entries to the disk, if its file system can."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        _cut_time(handle)
        os.fsync(handle)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some network file systems cannot
            raise
    finally:
        os.close(handle)


def _cut_time(handle: int) -> None:
    """Set the times of an open file or folder to the start of the hour."""
    hour = int(time.time()) // 3600 * 3600
    with suppress(OSError):  # a folder of another user, or a file system without times
        os.utime(handle, (hour, hour))
