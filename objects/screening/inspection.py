"""Inspect pictures: make their sizes, hash them, and run the person gate.

A missing result of the inspection is an obstacle (:mod:`.overrides`). So if the gate cannot run, nothing is
published.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from objects import stores
from objects.models import Override, Picture, Rendition, TraceObject
from objects.pictures import isolated, persongate
from objects.pictures.derivatives import ENDINGS
from objects.pictures.hashes import sha256
from objects.steps import ObjectStep
from traceobject.audit import trail
from traceobject.outbox import queue
from traceobject.staff.authority import System
from traceobject.storage import StoreUnavailable

State = TraceObject.State


def inspect(picture_pk: int) -> None:
    """Make a picture's sizes, hash it and run the person gate.

    An error is stored on the picture, and the step is retried.

    Raises:
        Unavailable: the isolated process or the gate's model cannot run.
        FileMissing: the original is missing or was changed.
        StoreUnavailable: the private store is full or fails.
    """
    try:
        _inspect(picture_pk)
    except (isolated.Unavailable, stores.FileMissing, StoreUnavailable) as why:
        Picture.objects.filter(pk=picture_pk).update(inspection_error=str(why)[:400])
        raise


def _inspect(picture_pk: int) -> None:
    picture = Picture.objects.filter(pk=picture_pk).select_related("object").first()
    if picture is None:
        return
    master = stores.read_master(picture)
    made, placeholder, hashes = isolated.derive(master)
    findings = isolated.detect_people(master)
    with transaction.atomic():
        picture = Picture.objects.select_for_update(of=("self",)).filter(pk=picture_pk).first()
        if picture is None:
            return
        has_avif = picture.renditions.filter(kind=ENDINGS["AVIF"]).exists()
        if not has_avif or not stores.has_all_renditions(picture):
            stores.store_renditions((each.name, each.picture.data) for each in made)
            picture.renditions.all().delete()
            Rendition.objects.bulk_create(
                Rendition(
                    picture=picture,
                    name=each.name,
                    kind=ENDINGS[each.picture.format],
                    width=each.picture.width,
                    height=each.picture.height,
                )
                for each in made
            )
        seen = [vars(finding) for finding in findings]
        if picture.findings != seen:
            picture.overrides.filter(about=Override.GATE).delete()  # for other findings
        Picture.objects.filter(pk=picture.pk).update(
            placeholder=placeholder,
            master_sha256=sha256(master),
            pdq=hashes.hashes[0],
            pdq_turned=list(hashes.hashes),
            pdq_quality=hashes.quality,
            findings=seen,
            gate_version=persongate.VERSION,
            inspected_at=timezone.now(),
            inspection_error="",
        )
        if picture.object.is_public:  # published before these checks existed
            stores.copy_to_public(picture.object)
        trail.record(
            "picture.inspected",
            picture.object,
            by=System.PERSON_GATE,
            picture=picture.pk,
            version=persongate.VERSION,
            findings=[[finding.label, finding.score] for finding in findings],
        )


def reinspect_outdated() -> int:
    """Queue an inspection of unpublished pictures that an older gate checked. Return how many."""
    outdated = (
        Picture.objects.filter(object__state__in=[State.DRAFT, State.SUBMITTED])
        .exclude(gate_version=persongate.VERSION)
        .values_list("pk", flat=True)
    )
    with transaction.atomic():
        queue.put(ObjectStep.INSPECT_PICTURE, *outdated)
    return len(outdated)
