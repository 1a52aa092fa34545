"""Pictures that come with a tip: sealed as they arrive, kept for a form that comes back, claimed by a tip.

A file is encrypted before it is written, and nothing of what is in it is read here but its first bytes:
the worker opens it, in a process of its own (:mod:`tips.intake.uploads.inspect_upload`).
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

MOST = 5
LARGEST = 15 * 1024 * 1024
LARGEST_TOGETHER = 40 * 1024 * 1024
UNCLAIMED_FOR = timedelta(hours=3)  # times are cut to the hour: two hours at least
MOST_UNCLAIMED = (
    2_000  # of the whole site: beyond, a form that comes back asks for its pictures again
)
# What waits to be looked at, or for its form, may take so many bytes of the private store: a flood of
# pictures must not fill the disk that tips are written to.
MOST_WAITING = 8 * 1024**3
_signer = signing.Signer(salt="tips.intake.attachments")


def refusal(file: UploadedFile) -> str:
    """Say at once what is wrong with a file, as far as its size and first bytes tell; '' where nothing is."""
    if not file.size:
        return _("This file is empty.")
    if file.size > LARGEST:
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


def keep(files: Iterable[UploadedFile], now: datetime) -> list[Attachment]:
    """Seal files and keep them until a tip claims them; all of them, whatever else waits.

    Raises:
        StoreUnavailable: the store is full or does not work; none of them is kept.
    """
    kept: list[Attachment] = []
    try:
        for file in files:
            kept.append(_keep(file.read(), now))
    except StoreUnavailable:
        for each in kept:
            _drop(each)
        raise
    return kept


def has_room_for_unsent(files: Iterable[UploadedFile]) -> bool:
    """Tell whether the site keeps these files for a form that comes back with a mistake, as well."""
    unclaimed = Attachment.objects.filter(tip__isnull=True).count()
    return unclaimed < MOST_UNCLAIMED and has_room(files)


def has_room(files: Iterable[UploadedFile]) -> bool:
    """Tell whether the store takes these files on top of those that wait."""
    size = sum(file.size or 0 for file in files)
    if not size:
        return True
    waiting = Attachment.objects.filter(Q(tip__isnull=True) | Q(state=Attachment.State.RECEIVED))
    return size + (waiting.aggregate(sum=Sum("size"))["sum"] or 0) <= MOST_WAITING


def _keep(data: bytes, now: datetime) -> Attachment:
    name = store("private").save(
        f"uploads/{secrets.token_hex(16)}", ContentFile(sealing.seal_file(data))
    )
    return Attachment.objects.create(
        original=name, size=len(data), sha256=sha256(data), received_at=_hour(now)
    )


def _drop(attachment: Attachment) -> None:
    attachment.delete()
    with suppress(OSError):  # what no row names is forgotten later
        store("private").delete(attachment.original)


def ticket(attachment: Attachment) -> str:
    """Give what a form shows to have a kept file again; nobody else can make one."""
    return _signer.sign(str(attachment.pk))


@dataclass(frozen=True)
class Redeemed:
    """What a form's tickets stand for.

    Attributes:
        free: kept files that no tip has claimed.
        hashes: SHA-256 of all files that are here, claimed or not.
        some_gone: a file was forgotten, and has to be chosen again.
    """

    free: list[Attachment]
    hashes: list[str]
    some_gone: bool


def redeem(tickets: Iterable[str]) -> Redeemed:
    """Find the kept files of these tickets; false tickets stand for nothing."""
    numbers = []
    for each in list(tickets)[: 2 * MOST]:
        try:
            numbers.append(int(_signer.unsign(each)))
        except (signing.BadSignature, ValueError):
            continue
    found = list(Attachment.objects.filter(pk__in=numbers)) if numbers else []
    return Redeemed(
        free=[each for each in found if each.tip_id is None][:MOST],
        hashes=[each.sha256 for each in found],
        some_gone=len(found) < len(set(numbers)),
    )


def claim(attachments: Iterable[Attachment], tip: Tip, *, place_wanted: bool) -> None:
    """Make kept files a tip's own, in its transaction, and have the worker look at them."""
    numbers = [each.pk for each in attachments]
    Attachment.objects.filter(pk__in=numbers, tip__isnull=True).update(
        tip=tip, place_wanted=place_wanted
    )
    queue.put(TipStep.INSPECT_UPLOAD, *numbers)


def forget_unclaimed(now: datetime) -> int:
    """Remove files that no tip claimed in two hours, and those that no row names; gives their number."""
    private = store("private")
    old = Attachment.objects.filter(tip__isnull=True, received_at__lt=now - UNCLAIMED_FOR)
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
        if now - private.get_modified_time(name) > UNCLAIMED_FOR:
            private.delete(name)
            forgotten += 1
    return forgotten


def _hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)
