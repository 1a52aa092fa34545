"""The way of an object: draft, submitted, published, identified or withdrawn.

Each step is one transaction: the row is locked, its state checked and changed, the audit entry
written. Until the person gate stands between submission and approval, every publication carries the
names of two people who each declared that the picture shows no person (``CHECKLIST``).
"""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from objects.models import Picture, Rendition, TraceObject
from objects.pictures.derivatives import derive
from objects.pictures.sanitise import decode, encode
from traceobject.audit import trail

State = TraceObject.State

CHECKLIST = {
    "no_person": "No part of a person, not even a hand or hair",
    "no_reflection": "Nobody reflected in glass, metal or a screen",
    "no_name": "No name, address, number plate or document",
    "not_unique": "Nothing that only the offender could place",
}


class NotNow(ValueError):
    """The step does not fit the object's state or the person; the message says why."""


def add_picture(trace_object: TraceObject, data: bytes, *, alt: str, by: object) -> Picture:
    """Sanitise a picture and keep it, with all its sizes, in the private store.

    Args:
        data: the uploaded file's bytes; they are not kept.

    Raises:
        Refusal: the sanitiser does not take it.
        NotNow: the object is no draft any more.
    """
    image = decode(data)
    master = encode(image, "PNG")
    sizes = derive(image)
    private = storages["private"]
    with transaction.atomic():
        locked = _locked(trace_object, State.DRAFT)
        last = locked.pictures.aggregate(last=Max("position"))["last"]
        picture = Picture.objects.create(
            object=locked,
            alt=alt,
            master="",
            width=master.width,
            height=master.height,
            position=0 if last is None else last + 1,
        )
        picture.master = private.save(f"pictures/{picture.pk}.png", ContentFile(master.data))
        picture.save(update_fields=["master"])
        for size in sizes:
            private.save(f"renditions/{size.name}", ContentFile(size.picture.data))
        Rendition.objects.bulk_create(
            Rendition(
                picture=picture,
                name=size.name,
                width=size.picture.width,
                height=size.picture.height,
            )
            for size in sizes
        )
        trail.record("object.picture_added", locked, by=by, picture=picture.pk)
    return picture


def submit(trace_object: TraceObject, *, by: object, checked: set[str]) -> None:
    """Hand a finished draft to a second analyst.

    Args:
        checked: keys of ``CHECKLIST`` that the author declares to be so; all are needed.

    Raises:
        NotNow: it is no draft, lacks something, or the declaration is not whole.
    """
    _all_checked(checked)
    with transaction.atomic():
        locked = _locked(trace_object, State.DRAFT)
        lacks = [name for name in ("title", "question") if not getattr(locked, name).strip()]
        if not locked.pictures.exists():
            lacks.append("picture")
        if lacks:
            raise NotNow(f"{locked.reference} still lacks: {', '.join(lacks)}.")
        locked.state = State.SUBMITTED
        locked.author = by
        locked.save()
        trail.record("object.submitted", locked, by=by, declared=sorted(checked))


def send_back(trace_object: TraceObject, *, by: object, reason: str) -> None:
    """Return a submitted object to its author, saying why."""
    with transaction.atomic():
        locked = _locked(trace_object, State.SUBMITTED)
        locked.state = State.DRAFT
        locked.save()
        trail.record("object.sent_back", locked, by=by, reason=_needed(reason))


def publish(trace_object: TraceObject, *, by: object, checked: set[str]) -> None:
    """Approve and publish: the approver is not the author and declares the whole checklist.

    The public copies are written first and the state last, in one transaction. A crash in between
    leaves files that no page names and that the picture view refuses.

    Raises:
        NotNow: it is not submitted, the approver is the author, or the declaration is not whole.
    """
    _all_checked(checked)
    private, public = storages["private"], storages["public"]
    with transaction.atomic():
        locked = _locked(trace_object, State.SUBMITTED)
        if locked.author == by:
            raise NotNow("Somebody other than the author has to approve.")
        for name in _rendition_names(locked):
            if not public.exists(name):
                with private.open(f"renditions/{name}") as file:
                    public.save(name, ContentFile(file.read()))
        locked.state = State.PUBLISHED
        locked.approver = by
        locked.published_at = timezone.now()
        locked.save()
        trail.record(
            "object.published",
            locked,
            by=by,
            author=locked.author.get_username(),
            declared=sorted(checked),
        )


def identify(trace_object: TraceObject, *, by: object, words: str) -> None:
    """Close the question: the object is recognised. ``words`` is what the public may read."""
    with transaction.atomic():
        locked = _locked(trace_object, State.PUBLISHED)
        locked.state = State.IDENTIFIED
        locked.closing_words = words.strip()
        locked.save()
        trail.record("object.identified", locked, by=by)


def withdraw(trace_object: TraceObject, *, by: object, reason: str) -> None:
    """Take an object off the site at once, at any state but draft.

    The state goes first: from the commit on no view serves its pages or pictures. Then the public
    copies are removed.
    """
    with transaction.atomic():
        locked = _locked(trace_object, State.SUBMITTED, State.PUBLISHED, State.IDENTIFIED)
        locked.state = State.WITHDRAWN
        locked.save()
        trail.record("object.withdrawn", locked, by=by, reason=_needed(reason))
        transaction.on_commit(lambda: _remove_public_copies(locked))


def _remove_public_copies(trace_object: TraceObject) -> None:
    still_needed = set(
        Rendition.objects.filter(
            picture__object__state__in=[State.PUBLISHED, State.IDENTIFIED],
            name__in=_rendition_names(trace_object),
        ).values_list("name", flat=True)
    )
    for name in set(_rendition_names(trace_object)) - still_needed:
        storages["public"].delete(name)


def _rendition_names(trace_object: TraceObject) -> list[str]:
    return list(
        Rendition.objects.filter(picture__object=trace_object).values_list("name", flat=True)
    )


def _locked(trace_object: TraceObject, *states: str) -> TraceObject:
    locked = (
        TraceObject.objects.select_for_update(of=("self",))
        .select_related("author", "approver")
        .get(pk=trace_object.pk)
    )
    if locked.state not in states:
        raise NotNow(f"{locked.reference} is {locked.get_state_display().lower()} by now.")
    return locked


def _all_checked(checked: set[str]) -> None:
    missing = [words for key, words in CHECKLIST.items() if key not in checked]
    if missing:
        raise NotNow(f"Not confirmed: {'; '.join(missing)}.")


def _needed(reason: str) -> str:
    if not reason.strip():
        raise NotNow("Say why.")
    return reason.strip()
