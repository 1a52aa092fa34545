"""Pictures with a tip: encrypted on arrival, stored for the form or its retry, attached to the tip.

A file is encrypted before it is written, and only its first bytes are read here. The worker decodes
it in a process of its own (:mod:`tips.intake.uploads.inspect_upload`).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from objects.pictures.hashes import sha256
from tips.models import Attachment, Tip
from tips.steps import TipStep
from traceobject.crypto import sealing
from traceobject.outbox import queue
from traceobject.storage import StoreUnavailable, store

MAX_PICTURES = 5
MAX_BYTES = 15 * 1024 * 1024
MAX_BYTES_TOGETHER = 40 * 1024 * 1024
KEEP_UNCLAIMED = timedelta(hours=3)  # at least two hours, because times are cut to the hour
# For the whole site. Beyond, pictures of a form with errors have to be chosen again.
MAX_UNCLAIMED = 2_000
# The limit for files that wait for inspection or for their form. A flood of pictures must not fill
# the disk that tips are written to.
MAX_WAITING_BYTES = 8 * 1024**3
_signer = signing.Signer(salt="tips.intake.attachments")


def validation_error(file: UploadedFile) -> str:
    """Return what is wrong with a file, judged by its size and first bytes; '' for a good one."""
    if not file.size:
        return _("This file is empty.")
    if file.size > MAX_BYTES:
        return _("This file is larger than 15 MB. Choose a smaller one.")
    head = file.read(32)
    file.seek(0)
    if not _looks_like_a_picture(head):
        return _("We cannot read this file as a picture. Use JPEG, PNG, WebP, HEIC or GIF.")
    return ""


def _looks_like_a_picture(head: bytes) -> bool:
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"II*\x00", b"MM\x00*")):
        return True
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return True
    brands = (b"heic", b"heix", b"heif", b"mif1", b"msf1", b"avif", b"hevc")
    return head[4:8] == b"ftyp" and any(brand in head[8:32] for brand in brands)


def store_files(files: Iterable[UploadedFile], now: datetime) -> list[Attachment]:
    """Encrypt and store files until a tip claims them. Either all are stored or none.

    Raises:
        StoreUnavailable: the store is full or does not work. No file is stored.
    """
    kept: list[Attachment] = []
    try:
        for file in files:
            kept.append(_store_file(file.read(), now))
    except StoreUnavailable:
        for each in kept:
            _delete(each)
        raise
    return kept


def has_room_for_unsent(files: Iterable[UploadedFile]) -> bool:
    """Return whether there is room for the files of a form that comes back with errors."""
    unclaimed = Attachment.objects.filter(tip__isnull=True).count()
    return unclaimed < MAX_UNCLAIMED and has_room(files)


def has_room(files: Iterable[UploadedFile]) -> bool:
    """Return whether there is room for these files beside those that wait."""
    size = sum(file.size or 0 for file in files)
    if not size:
        return True
    waiting = Attachment.objects.filter(Q(tip__isnull=True) | Q(state=Attachment.State.RECEIVED))
    return size + (waiting.aggregate(sum=Sum("size"))["sum"] or 0) <= MAX_WAITING_BYTES


def _store_file(data: bytes, now: datetime) -> Attachment:
    name = store("private").save(
        f"uploads/{secrets.token_hex(16)}", ContentFile(sealing.seal_file(data))
    )
    return Attachment.objects.create(
        original=name,
        sealed_with=sealing.newest_key(),
        size=len(data),
        sha256=sha256(data),
        received_at=_hour(now),
    )


def _delete(attachment: Attachment) -> None:
    attachment.delete()
    with suppress(OSError):  # delete_unclaimed deletes files without a row
        store("private").delete(attachment.original)


def ticket(attachment: Attachment) -> str:
    """Return a signed reference with which a form gets back a stored file."""
    return _signer.sign(str(attachment.pk))


@dataclass(frozen=True)
class Redeemed:
    """The stored files of a form's tickets.

    Attributes:
        unclaimed: files that belong to no tip.
        hashes: SHA-256 of all files that exist, claimed or not.
        has_expired: a file has been deleted and has to be chosen again.
    """

    unclaimed: list[Attachment]
    hashes: list[str]
    has_expired: bool


def redeem(tickets: Iterable[str]) -> Redeemed:
    """Return the stored files of these tickets. Forged tickets are ignored."""
    numbers = []
    for each in list(tickets)[: 2 * MAX_PICTURES]:
        try:
            numbers.append(int(_signer.unsign(each)))
        except (signing.BadSignature, ValueError):
            continue
    found = list(Attachment.objects.filter(pk__in=numbers)) if numbers else []
    return Redeemed(
        unclaimed=[each for each in found if each.tip_id is None][:MAX_PICTURES],
        hashes=[each.sha256 for each in found],
        has_expired=len(found) < len(set(numbers)),
    )


class PicturesGone(Exception):
    """Some stored pictures are not there any more, or belong to another tip by now."""


def attach_to_tip(attachments: Iterable[Attachment], tip: Tip, *, location_allowed: bool) -> None:
    """Attach stored files to a tip, in its transaction, and queue their inspection.

    Raises:
        PicturesGone: one of them has been deleted or used meanwhile. Nothing is stored.
    """
    numbers = [each.pk for each in attachments]
    attached = Attachment.objects.filter(pk__in=numbers, tip__isnull=True).update(
        tip=tip, location_allowed=location_allowed
    )
    if attached != len(numbers):
        raise PicturesGone
    queue.put(TipStep.INSPECT_UPLOAD, *numbers)


def delete_unclaimed(now: datetime) -> int:
    """Delete files that no tip claimed in two hours, and files without a row; return how many."""
    private = store("private")
    old = Attachment.objects.filter(tip__isnull=True, received_at__lt=now - KEEP_UNCLAIMED)
    forgotten = 0
    for number in list(old.values_list("pk", flat=True)):
        with transaction.atomic():
            found = (
                Attachment.objects.select_for_update(skip_locked=True)
                .filter(pk=number, tip__isnull=True)
                .first()
            )
            if found is not None:
                found.delete()
                forgotten += 1
                transaction.on_commit(partial(private.delete, found.original))
    named = set(Attachment.objects.values_list("original", flat=True))
    named |= set(Attachment.objects.values_list("view", flat=True))
    for name in {f"uploads/{name}" for name in private.fingerprints("uploads")} - named:
        if now - private.get_modified_time(name) > KEEP_UNCLAIMED:
            private.delete(name)
            forgotten += 1
    return forgotten


def _hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)
