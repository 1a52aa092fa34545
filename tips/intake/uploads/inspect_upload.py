"""Inspect an uploaded picture in the worker: sanitise and hash it, or lock it if it is listed.

The file is decoded in a process of its own (:mod:`objects.pictures.isolated`). If it is clean,
staff get an encrypted copy of its pixels, and the original is deleted with all metadata. If it is
on a hash list, it stays encrypted as evidence, no copy is made, the tip is flagged, and those who
may see such files are alerted.
"""

from __future__ import annotations

import json
import time

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q

from objects.pictures import isolated
from objects.pictures.hashes import PDQ_QUALITY
from objects.pictures.sanitise import Refusal
from objects.screening import hash_lists
from tips.models import Attachment, Tip
from tips.steps import TipStep
from traceobject.audit import trail
from traceobject.crypto import sealing
from traceobject.outbox import queue
from traceobject.staff.authority import System
from traceobject.storage import store

State = Attachment.State


def inspect(attachment_pk: int) -> None:
    """Inspect one uploaded picture. A second call does nothing.

    Raises:
        Unavailable: the process for pictures cannot run. The step is retried.
    """
    found = Attachment.objects.filter(pk=attachment_pk, state=State.RECEIVED).first()
    if found is None:
        return
    private = store("private")
    with private.open(found.original) as file:
        data = sealing.unseal_file(file.read())
    if matches := hash_lists.listed([found.sha256], []):
        _lock(found, matches)  # without decoding it
        return
    try:
        received = isolated.receive(data, place=found.location_allowed)
    except Refusal as why:
        _record_result(found, state=State.REFUSED, refusal=str(why)[:300])
        return
    hashes = received.hashes
    if matches := hash_lists.listed([], hashes.hashes if hashes.is_reliable else []):
        _lock(found, matches)
        return
    view = received.view
    # The name depends on the row, so a repeated step overwrites its own file.
    name = private.save(f"uploads/view-{found.pk}", ContentFile(sealing.seal_file(view.data)))
    is_ours = _record_result(
        found,
        state=State.CLEAN,
        original="",
        view=name,
        sealed_with=sealing.newest_key(),
        blurred=received.blurred,
        width=view.width,
        height=view.height,
        pdq=hashes.hashes[0],
        pdq_turned=list(hashes.hashes),
        pdq_quality=hashes.quality,
        taken=sealing.seal(json.dumps(received.taken)) if received.taken else None,
    )
    if is_ours:
        private.delete(found.original)
        return
    # Another run was faster, and may have locked the file: the original is its evidence then.
    if not Attachment.objects.filter(Q(view=name) | Q(original=name), pk=found.pk).exists():
        private.delete(name)


def recheck(attachment_pk: int) -> None:
    """Compare a clean picture again: a list may have arrived while it was being inspected."""
    found = Attachment.objects.filter(pk=attachment_pk, state=State.CLEAN).first()
    if found is not None and (
        matches := hash_lists.listed([found.sha256], _reliable_hashes(found))
    ):
        _lock(found, matches)


CHUNK_SECONDS = 20


def compare_with_list(hash_list_pk: int, cursor: int) -> int | None:
    """Lock older pictures that a new list contains, in chunks.

    The copy that staff had is kept, encrypted, as the evidence.

    Args:
        cursor: the number of the last picture compared; 0 begins.

    Returns:
        The next cursor, or None when all are compared.
    """
    until = time.monotonic() + CHUNK_SECONDS
    rest = Attachment.objects.filter(state=State.CLEAN, pk__gt=cursor).order_by("pk")
    for found in rest.iterator(chunk_size=200):
        if matches := hash_lists.listed(
            [found.sha256], _reliable_hashes(found), hash_list=hash_list_pk
        ):
            _lock(found, matches)
        if time.monotonic() >= until:
            return found.pk
    return None


def _reliable_hashes(attachment: Attachment) -> list[str]:
    return attachment.pdq_turned if (attachment.pdq_quality or 0) >= PDQ_QUALITY else []


def _record_result(attachment: Attachment, **values: object) -> bool:
    """Store the result of an inspection, unless there is one. Return whether it was stored."""
    with transaction.atomic():
        done = Attachment.objects.filter(pk=attachment.pk, state=State.RECEIVED).update(**values)
        if done:
            trail.record(
                f"attachment.{values['state']}",
                attachment,
                by=System.INTAKE,
                tip=attachment.tip_id,
            )
            if values["state"] == State.CLEAN:
                queue.put(TipStep.MATCH_PICTURE, attachment.pk)
                queue.put(TipStep.RECHECK_UPLOAD, attachment.pk)
    return bool(done)


def _lock(attachment: Attachment, matches: list[hash_lists.Match]) -> None:
    with transaction.atomic():
        found = Attachment.objects.select_for_update().get(pk=attachment.pk)
        if found.state not in (State.RECEIVED, State.CLEAN):
            return
        found.state, found.matches = State.LOCKED, [str(match) for match in matches]
        found.original = found.original or found.view
        found.view = found.blurred = ""
        found.save()
        if found.tip_id is not None:
            Tip.objects.filter(pk=found.tip_id).update(is_flagged=True)
        trail.record(
            "attachment.locked",
            found,
            by=System.INTAKE,
            tip=found.tip_id,
            matches=found.matches,
        )
        queue.put(TipStep.ALERT, found.pk)
