"""Pictures of a draft: taken in, inspected, and cleared or held.

A picture comes in clean (:func:`add_picture`); a worker then makes its sizes, hashes it and asks the
person gate (:func:`inspect`). :func:`obstacles` is the one place that says whether it may go out; what
it needs and does not find is an obstacle, so a gate that cannot run holds everything back.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from objects import known, stores
from objects.models import Override, Picture, Rendition, TraceObject
from objects.models.rules import OVERRIDES_NEEDED
from objects.pictures import isolated, persongate
from objects.pictures.derivatives import ENDINGS
from objects.pictures.hashes import sha256
from objects.steps import ObjectStep
from traceobject.audit import trail
from traceobject.outbox import queue
from traceobject.storage import StoreUnavailable

State = TraceObject.State


class NotNow(ValueError):
    """The step does not fit the object's state or the person; the message says why."""


def locked(trace_object: TraceObject, *states: str) -> TraceObject:
    """Lock an object's row for the transaction, and make sure of its state.

    Raises:
        NotNow: it is in none of ``states``.
    """
    found = (
        TraceObject.objects.select_for_update(of=("self",))
        .select_related("author", "approver")
        .get(pk=trace_object.pk)
    )
    if found.state not in states:
        raise NotNow(f"{found.reference} is {found.get_state_display().lower()} by now.")
    return found


def needed(reason: str) -> str:
    """Give a reason without the space around it.

    Raises:
        NotNow: there is none.
    """
    if not reason.strip():
        raise NotNow("Say why.")
    return reason.strip()


def add_picture(
    trace_object: TraceObject, data: bytes, *, alt: str | dict[str, str], by: object
) -> Picture:
    """Sanitise a picture, keep it in the private store, and have it inspected.

    Args:
        data: the uploaded file's bytes; they are not kept.
        alt: alternative text, in English or by language code.

    Raises:
        Refusal: the sanitiser does not take it.
        NotNow: the object is no draft any more.
        StoreUnavailable: the private store is full or does not work; nothing is kept.
    """
    master = isolated.sanitise(data, output="PNG")
    with transaction.atomic():
        owner = locked(trace_object, State.DRAFT)
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
        picture.master = stores.keep_master(picture, master.data)
        picture.save(update_fields=["master"])
        _write_texts(picture, alt if isinstance(alt, dict) else {"en": alt})
        trail.record("object.picture_added", owner, by=by, picture=picture.pk)
        queue.put(ObjectStep.INSPECT_PICTURE, picture.pk)
    return picture


def describe(picture: Picture, texts: dict[str, str], *, by: object) -> None:
    """Change the alternative texts of a draft's picture, by language code; an empty one goes.

    Raises:
        NotNow: the object is no draft any more.
    """
    with transaction.atomic():
        owner = locked(picture.object, State.DRAFT)
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


def remove_picture(picture: Picture, *, by: object) -> None:
    """Take a picture out of a draft; the sweep clears its files.

    Raises:
        NotNow: the object is no draft any more.
    """
    with transaction.atomic():
        owner = locked(picture.object, State.DRAFT)
        number = picture.pk
        picture.delete()
        trail.record("object.picture_removed", owner, by=by, picture=number)


def inspect(picture_pk: int) -> None:
    """Make a picture's sizes, hash it and ask the person gate.

    Raises:
        Unavailable: something of this cannot run; it is noted on the picture, and tried again.
        Missing, StoreUnavailable: so is that the original is not there, or the store full or failing.
    """
    try:
        _inspect(picture_pk)
    except (isolated.Unavailable, stores.Missing, StoreUnavailable) as why:
        Picture.objects.filter(pk=picture_pk).update(inspection_error=str(why)[:400])
        raise


def _inspect(picture_pk: int) -> None:
    picture = Picture.objects.filter(pk=picture_pk).select_related("object").first()
    if picture is None:
        return
    master = stores.read_master(picture)
    made, placeholder, hashes = isolated.derive(master)
    findings = isolated.look_for_people(master)
    with transaction.atomic():
        picture = Picture.objects.select_for_update(of=("self",)).filter(pk=picture_pk).first()
        if picture is None:
            return
        has_avif = picture.renditions.filter(kind=ENDINGS["AVIF"]).exists()
        if not has_avif or not stores.has_all_sizes(picture):
            stores.keep_renditions((each.name, each.picture.data) for each in made)
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
            picture.overrides.filter(about=Override.GATE).delete()  # they were about others
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
        if picture.object.is_public:  # published before these checks were there
            stores.copy_out(picture.object)
        trail.record(
            "picture.inspected",
            picture.object,
            by="person gate",
            picture=picture.pk,
            version=persongate.VERSION,
            findings=[[finding.label, finding.score] for finding in findings],
        )


def override(picture: Picture, *, by: object, reason: str) -> None:
    """Note an analyst's word that what was found is no reason to hold a picture.

    Raises:
        NotNow: nothing holds it that people may override, the analyst has said so already, or gives
            no reason.
        PermissionDenied: it is not an analyst.
    """
    if not by.has_perm("objects.publish_traceobject"):
        raise PermissionDenied
    reason = needed(reason)
    with transaction.atomic():
        locked(picture.object, State.DRAFT)
        about = open_to_override(picture) if picture.inspected_at else {}
        said = picture.overrides.filter(analyst=by).values_list("about", flat=True)
        unsaid = sorted(set(about) - set(said))
        if not about:
            raise NotNow("There is nothing to override.")
        if not unsaid:
            raise NotNow("You have said so already; it takes somebody else as well.")
        Override.objects.bulk_create(
            Override(picture=picture, analyst=by, about=each, reason=reason[:400])
            for each in unsaid
        )
        trail.record(
            "picture.overridden",
            picture.object,
            by=by,
            picture=picture.pk,
            reason=reason,
            about=unsaid,
            findings=[[finding["label"], finding["score"]] for finding in picture.findings],
        )


def obstacles(picture: Picture, alike: list[known.Match] | None = None) -> list[str]:
    """Say what stands between a picture and its publication, in words for analysts; [] is cleared.

    Args:
        alike: what :func:`objects.known.matches` gives, where the caller has it already.

    A picture on an imported list stays held whatever people say. What the person gate found, and the
    nearness to a picture withdrawn before, two analysts may override.
    """
    if not picture.inspected_at:
        why = picture.inspection_error
        return [f"The checks could not run: {why}" if why else "The checks have not run yet."]
    found = []
    if picture.gate_version != persongate.VERSION:
        found.append("The person gate was renewed; the checks have to run again.")
    if alike is None:
        alike = known.matches(picture)
    found += [f"It is the same as a picture of {match}." for match in alike if match.listed]
    for about, why in open_to_override(picture, alike).items():
        said = picture.overrides.filter(about=about).values("analyst").distinct().count()
        if said < OVERRIDES_NEEDED:
            found.append(f"{why} {said} of {OVERRIDES_NEEDED} overrides.")
    return found


def open_to_override(picture: Picture, alike: list[known.Match] | None = None) -> dict[str, str]:
    """Give what two analysts may override in an inspected picture: what an override is about, and why."""
    found = {}
    if picture.findings:
        labels = ", ".join(dict.fromkeys(finding["label"] for finding in picture.findings))
        found[Override.GATE] = f"The person gate found: {labels}."
    for match in known.matches(picture) if alike is None else alike:
        if not match.listed:
            found[f"withdrawn {match.where}"] = f"It is the same as a picture of {match}."
    return found


def inspect_again() -> int:
    """Put all pictures that may still go out, and whose checks are not of today's gate, up for inspection."""
    outdated = (
        Picture.objects.filter(object__state__in=[State.DRAFT, State.SUBMITTED])
        .exclude(gate_version=persongate.VERSION)
        .values_list("pk", flat=True)
    )
    with transaction.atomic():
        queue.put(ObjectStep.INSPECT_PICTURE, *outdated)
    return len(outdated)
