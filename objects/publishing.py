"""The way of an object: draft, submitted, published, identified or withdrawn.

Each step is one transaction: the row is locked, its state checked and changed, the audit entry
written. An approved object goes out at once, at its time, or with its campaign; what it needs is
looked at again then (:func:`missing_requirements`), because a hash list may have come since.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from objects import known, purging, stores
from objects.inspection import locked, obstacles, required_reason
from objects.models import Campaign, TraceObject
from objects.steps import ObjectStep
from traceobject.audit import trail
from traceobject.errors import StepRefused
from traceobject.outbox import queue
from traceobject.staff.authority import Actor, System, authorise, name_of
from traceobject.staff.models import User

__all__ = [
    *("CHECKLIST", "approve", "identify", "launch", "publish_due", "publish_now"),
    *("send_back", "submit", "withdraw"),
]

State = TraceObject.State

CHECKLIST = {
    "no_person": "No part of a person, not even a hand or hair",
    "no_reflection": "Nobody reflected in glass, metal or a screen",
    "no_name": "No name, address, number plate or document",
    "not_unique": "Nothing that only the offender could place",
}


def missing_requirements(
    trace_object: TraceObject, alike: dict[int, list[known.Match]] | None = None
) -> list[str]:
    """Say what an object still needs before it may go out; [] is ready.

    Args:
        alike: for each picture's primary key what :func:`objects.known.matches` gives, where the
            caller has it already.

    Title and question in English and, for each further language it has words in, both of them there
    too; a picture, cleared by all checks; and its alternative text in each of the languages.
    """
    wordings = {each.language_code: each for each in trace_object.translations.all()}
    missing = []
    for language in ("en", *sorted(set(wordings) - {"en"})):
        for name in ("title", "question"):
            if not getattr(wordings.get(language), name, "").strip():
                missing.append(f"{name} ({language})")
    pictures = list(trace_object.pictures.prefetch_related("translations"))
    if not pictures:
        missing.append("a picture")
    for number, picture in enumerate(pictures, start=1):
        described = {each.language_code for each in picture.translations.all() if each.alt.strip()}
        for language in ("en", *sorted(set(wordings) - {"en"})):
            if language not in described:
                missing.append(f"alternative text of picture {number} ({language})")
        missing += [
            f"picture {number}: {why}" for why in obstacles(picture, (alike or {}).get(picture.pk))
        ]
    return missing


def submit(trace_object: TraceObject, *, by: User, checked: set[str]) -> None:
    """Hand a finished draft to a second analyst.

    Args:
        checked: keys of ``CHECKLIST`` that the author declares to be so; all are needed.

    Raises:
        StepRefused: it is not a draft, something is missing, or the declaration is incomplete.
    """
    authorise(by, "objects.change_traceobject")
    _all_checked(checked)
    with transaction.atomic():
        found = locked(trace_object, State.DRAFT)
        _ready(found)
        found.state = State.SUBMITTED
        found.author = by
        found.approver = found.approved_at = None
        found.held_because = ""
        found.save()
        trail.record("object.submitted", found, by=by, declared=sorted(checked))


def send_back(trace_object: TraceObject, *, by: Actor, reason: str) -> None:
    """Return a submitted object to its author, saying why; an approval given is void."""
    authorise(by, "objects.publish_traceobject")
    with transaction.atomic():
        found = locked(trace_object, State.SUBMITTED)
        found.state = State.DRAFT
        found.approver = found.approved_at = None
        found.held_because = ""
        found.save()
        trail.record("object.sent_back", found, by=by, reason=required_reason(reason))


def approve(
    trace_object: TraceObject, *, by: User, checked: set[str], now: datetime | None = None
) -> None:
    """Approve a submitted object: it goes out at once, at its time, or with its campaign.

    Raises:
        StepRefused: it is not submitted, something is missing, it is already approved, the approver is the
            author, or the declaration is incomplete.
    """
    authorise(by, "objects.publish_traceobject")
    _all_checked(checked)
    now = now or timezone.now()
    with transaction.atomic():
        found = locked(trace_object, State.SUBMITTED)
        if found.author == by:
            raise StepRefused("The author cannot approve their own object. Ask another analyst.")
        if found.approved_at:
            raise StepRefused(f"{found.reference} has already been approved.")
        _ready(found)
        found.approver, found.approved_at = by, now
        found.save()
        trail.record(
            "object.approved",
            found,
            by=by,
            author=name_of(found.author) if found.author else "",
            declared=sorted(checked),
        )
        if found.campaign is None and (found.publish_at is None or found.publish_at <= now):
            _go_public(found, by=by, now=now)


def publish_now(trace_object: TraceObject, *, by: Actor) -> None:
    """Publish an approved object without waiting for its time or its campaign, which it leaves.

    Raises:
        StepRefused: it is not approved, or something is missing.
    """
    authorise(by, "objects.publish_traceobject")
    with transaction.atomic():
        found = _approved(trace_object)
        found.campaign = None
        _ready(found)
        _go_public(found, by=by, now=timezone.now())


def launch(campaign: Campaign, *, by: Actor, now: datetime | None = None) -> None:
    """Publish all objects of a campaign in one transaction.

    Raises:
        StepRefused: it has been launched, is empty, or one of its objects is not ready; then none is published.
    """
    authorise(by, "objects.publish_traceobject")
    now = now or timezone.now()
    with transaction.atomic():
        found = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if found.launched_at:
            raise StepRefused(f"{found} has already been launched.")
        batch = list(found.trace_objects.exclude(state=State.WITHDRAWN).order_by("pk"))
        waiting = [each for each in batch if not each.is_public]
        if not waiting:
            raise StepRefused(f"{found} has no objects to publish.")
        not_ready = [each.reference for each in waiting if not each.is_approved]
        if not_ready:
            raise StepRefused(
                f"Not approved yet: {', '.join(not_ready)}. A campaign is published as a whole."
            )
        for each in waiting:
            member = _approved(each)
            _ready(member)
            _go_public(member, by=by, now=now)
        found.launched_at, found.held_because = now, ""
        found.save()
        trail.record(
            "campaign.launched", found, by=by, objects=[each.reference for each in waiting]
        )


def publish_due(now: datetime | None = None) -> int:
    """Publish what is approved and whose time has come: single objects, and whole campaigns.

    What cannot go out stays where it is, and its page says why.

    Returns:
        How many objects went out.
    """
    now = now or timezone.now()
    due = TraceObject.objects.filter(
        state=State.SUBMITTED, approved_at__isnull=False, publish_at__lte=now, campaign__isnull=True
    )
    out = 0
    for trace_object in due:
        try:
            with transaction.atomic():
                found = _approved(trace_object)
                _ready(found)
                _go_public(found, by=System.SCHEDULE, now=now)
        except StepRefused as why:
            _hold(trace_object, str(why))
        else:
            out += 1
    for campaign in Campaign.objects.filter(launched_at__isnull=True, publish_at__lte=now):
        before = TraceObject.objects.public().count()
        try:
            launch(campaign, by=System.SCHEDULE, now=now)
        except StepRefused as why:
            _hold(campaign, str(why))
        else:
            out += TraceObject.objects.public().count() - before
    return out


def identify(trace_object: TraceObject, *, by: Actor, words: str | dict[str, str] = "") -> None:
    """Close the question: the object is recognised.

    Args:
        words: what the public may read of it, in English or by language code.
    """
    authorise(by, "objects.publish_traceobject")
    with transaction.atomic():
        found = locked(trace_object, State.PUBLISHED)
        found.state = State.IDENTIFIED
        found.save()
        for language, text in (words if isinstance(words, dict) else {"en": words}).items():
            found.translations.filter(language_code=language).update(closing_words=text.strip())
        purging.announce(found, "identified")
        trail.record("object.identified", found, by=by)


def withdraw(trace_object: TraceObject, *, by: Actor, reason: str) -> None:
    """Take an object off the site at once, at any state but draft.

    From the commit on no view serves its pages or pictures. Then the public copies are removed, and
    the caches in front of the site are told; a process that dies in between leaves a step for the next.
    """
    authorise(by, "objects.publish_traceobject")
    with transaction.atomic():
        found = locked(trace_object, State.SUBMITTED, State.PUBLISHED, State.IDENTIFIED)
        was_public = found.is_public
        found.state = State.WITHDRAWN
        found.held_because = ""
        found.save()
        if was_public:
            purging.announce(found, "withdrawn")
            queue.put(ObjectStep.TAKE_BACK, found.pk)
            names = stores.names_of(found)
            transaction.on_commit(lambda: stores.take_back(names), robust=True)
        trail.record("object.withdrawn", found, by=by, reason=required_reason(reason))


def take_back(object_pk: int) -> None:
    """Remove the public copies of a withdrawn object, where its withdrawal could not."""
    for trace_object in TraceObject.objects.filter(pk=object_pk):
        stores.take_back(stores.names_of(trace_object))


def _go_public(found: TraceObject, *, by: Actor, now: datetime) -> None:
    try:
        stores.copy_out(found)
    except OSError as error:
        raise StepRefused(f"{found.reference} cannot be published: {error}") from error
    found.state = State.PUBLISHED
    found.published_at = now
    found.held_because = ""
    found.save()
    purging.announce(found, "published")
    trail.record("object.published", found, by=by)


def _approved(trace_object: TraceObject) -> TraceObject:
    found = locked(trace_object, State.SUBMITTED)
    if not found.approved_at:
        raise StepRefused(f"{found.reference} is not approved yet.")
    return found


def _ready(found: TraceObject) -> None:
    if missing := missing_requirements(found):
        raise StepRefused(f"{found.reference} is not ready. Missing: {'; '.join(missing)}")


def _hold(held: TraceObject | Campaign, why: str) -> None:
    """Note why something did not go out at its time, once for each new reason."""
    why = why[:400]
    with transaction.atomic():
        changed = type(held).objects.filter(pk=held.pk).exclude(held_because=why)
        if changed.update(held_because=why):
            name = "campaign" if isinstance(held, Campaign) else "object"
            trail.record(f"{name}.held", held, by=System.SCHEDULE, why=why)


def _all_checked(checked: set[str]) -> None:
    missing = [words for key, words in CHECKLIST.items() if key not in checked]
    if missing:
        raise StepRefused(f"Not confirmed: {'; '.join(missing)}.")
