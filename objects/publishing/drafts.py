"""Add, describe and remove the pictures of a draft."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max

from objects import stores
from objects.locking import lock_in_state
from objects.models import Picture, TraceObject
from objects.pictures import isolated
from objects.pictures.hashes import sha256
from objects.steps import ObjectStep
from traceobject.audit import trail
from traceobject.outbox import queue
from traceobject.staff.authority import Actor, authorise

State = TraceObject.State


def add_picture(
    trace_object: TraceObject, data: bytes, *, alt: str | dict[str, str], by: Actor
) -> Picture:
    """Sanitise a picture, store it in the private store, and queue its inspection.

    Args:
        data: the uploaded file's bytes, which are not stored.
        alt: alternative text, in English or by language code.

    Raises:
        Refusal: the sanitiser refuses it.
        StepRefused: the object is no longer a draft.
        StoreUnavailable: the private store is full or fails. Nothing is stored.
    """
    authorise(by, "objects.add_picture")
    master = isolated.sanitise(data, output="PNG")
    with transaction.atomic():
        owner = lock_in_state(trace_object, State.DRAFT)
        last = owner.pictures.aggregate(last=Max("position"))["last"]
        picture = Picture(
            object=owner,
            master="",
            width=master.width,
            height=master.height,
            position=0 if last is None else last + 1,
            upload_sha256=sha256(data),
            master_sha256=sha256(master.data),
        )
        picture.save()
        picture.master = stores.store_master(picture, master.data)
        picture.save(update_fields=["master"])
        _write_texts(picture, alt if isinstance(alt, dict) else {"en": alt})
        trail.record("object.picture_added", owner, by=by, picture=picture.pk)
        queue.put(ObjectStep.INSPECT_PICTURE, picture.pk)
    return picture


def describe_picture(picture: Picture, texts: dict[str, str], *, by: Actor) -> None:
    """Change the alternative texts of a draft's picture, by language code. Delete empty ones.

    Raises:
        StepRefused: the object is no longer a draft.
    """
    authorise(by, "objects.change_picture")
    with transaction.atomic():
        owner = lock_in_state(picture.object, State.DRAFT)
        _write_texts(picture, texts)
        trail.record(
            "object.picture_described", owner, by=by, picture=picture.pk, languages=sorted(texts)
        )


def _write_texts(picture: Picture, texts: dict[str, str]) -> None:
    for language, text in texts.items():
        if text.strip():
            picture.translations.update_or_create(
                language_code=language, defaults={"alt": text.strip()}
            )
        else:
            picture.translations.filter(language_code=language).delete()


def remove_picture(picture: Picture, *, by: Actor) -> None:
    """Remove a picture from a draft. ``stores.delete_orphans`` deletes its files later.

    Raises:
        StepRefused: the object is no longer a draft.
    """
    authorise(by, "objects.delete_picture")
    with transaction.atomic():
        owner = lock_in_state(picture.object, State.DRAFT)
        number = picture.pk
        picture.delete()
        trail.record("object.picture_removed", owner, by=by, picture=number)
