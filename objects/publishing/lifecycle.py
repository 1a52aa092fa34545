"""The steps between an object's states: submit, send back, approve, publish, identify, withdraw.

Each step is one transaction: it locks the row, checks and changes its state, and writes the audit entry. An
approved object is published at once, at its time, or with its campaign. Its requirements are checked again
then, because a hash list may have been imported since.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from objects import stores
from objects.locking import lock_in_state, required_reason
from objects.models import Campaign, TraceObject
from objects.publishing import purging
from objects.publishing.checks import require_all_checked, require_ready, require_seen
from objects.publishing.closing import keep_proposal
from objects.steps import ObjectStep
from traceobject.audit import trail
from traceobject.errors import StepRefused
from traceobject.outbox import queue
from traceobject.staff.authority import Actor, authorise, name_of
from traceobject.staff.models import User

State = TraceObject.State


def submit(trace_object: TraceObject, *, by: User, checked: set[str], seen: str) -> None:
    """Submit a finished draft for approval by a second analyst.

    Args:
        checked: keys of ``CHECKLIST`` that the author confirms. All are needed.
        seen: :func:`objects.publishing.fingerprint` of the object as the author saw it.

    Raises:
        StepRefused: it is not a draft, something is missing, the declaration is incomplete, or it has
            changed since it was seen.
    """
    authorise(by, "objects.change_traceobject")
    with transaction.atomic():
        found = lock_in_state(trace_object, State.DRAFT)
        require_seen(found, seen)
        require_all_checked(checked)
        require_ready(found)
        found.state = State.SUBMITTED
        found.author = by
        found.approver = found.approved_at = None
        found.hold_reason = ""
        found.save()
        trail.record("object.submitted", found, by=by, declared=sorted(checked))


def send_back(trace_object: TraceObject, *, by: Actor, reason: str) -> None:
    """Return a submitted object to its author, with a reason. Cancel its approval.

    Raises:
        StepRefused: it is not submitted, or the reason is empty.
    """
    authorise(by, "objects.publish_traceobject")
    with transaction.atomic():
        found = lock_in_state(trace_object, State.SUBMITTED)
        found.state = State.DRAFT
        found.approver = found.approved_at = None
        found.hold_reason = ""
        found.save()
        trail.record("object.sent_back", found, by=by, reason=required_reason(reason))


def approve(
    trace_object: TraceObject,
    *,
    by: User,
    checked: set[str],
    seen: str,
    now: datetime | None = None,
) -> None:
    """Approve a submitted object. It is published at once, at its time, or with its campaign.

    Args:
        checked: keys of ``CHECKLIST`` that the approver confirms. All are needed.
        seen: :func:`objects.publishing.fingerprint` of the object as the approver saw it.

    Raises:
        StepRefused: it is not submitted, something is missing, it is already approved, the approver is the
            author, the declaration is incomplete, or it has changed since it was seen.
    """
    authorise(by, "objects.publish_traceobject")
    now = now or timezone.now()
    with transaction.atomic():
        found = lock_in_state(trace_object, State.SUBMITTED)
        if found.author == by:
            raise StepRefused("The author cannot approve their own object. Ask another analyst.")
        if found.approved_at:
            raise StepRefused(f"{found.reference} has already been approved.")
        require_seen(found, seen)
        require_all_checked(checked)
        require_ready(found)
        found.approver, found.approved_at = by, now
        found.save()
        trail.record(
            "object.approved",
            found,
            by=by,
            author=name_of(found.author) if found.author else "",
            declared=sorted(checked),
            seen=seen,
        )
        if found.campaign is None and (found.publish_at is None or found.publish_at <= now):
            publish_locked(found, by=by, now=now)


def publish_now(trace_object: TraceObject, *, by: Actor) -> None:
    """Publish an approved object now, whatever its time. Remove it from its campaign.

    Raises:
        StepRefused: it is not approved, or something is missing.
    """
    authorise(by, "objects.publish_traceobject")
    with transaction.atomic():
        found = lock_approved(trace_object)
        found.campaign = None
        require_ready(found)
        publish_locked(found, by=by, now=timezone.now())


def launch(campaign: Campaign, *, by: Actor, now: datetime | None = None) -> None:
    """Publish all objects of a campaign in one transaction.

    Raises:
        StepRefused: it has been launched, is empty, or an object is not ready. None is published.
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
            member = lock_approved(each)
            require_ready(member)
            publish_locked(member, by=by, now=now)
        found.launched_at, found.hold_reason = now, ""
        found.save()
        trail.record(
            "campaign.launched", found, by=by, objects=[each.reference for each in waiting]
        )


def identify(trace_object: TraceObject, *, by: Actor, words: dict[str, str] | None = None) -> None:
    """Close an object as recognised. The public reads a fixed sentence at once.

    Args:
        words: closing words by language code. They are public once a second analyst has read them
            (:func:`objects.publishing.publish_words`).

    Raises:
        StepRefused: it is not published.
    """
    authorise(by, "objects.publish_traceobject")
    with transaction.atomic():
        found = lock_in_state(trace_object, State.PUBLISHED)
        found.state = State.IDENTIFIED
        keep_proposal(found, by=by, words=words or {})
        found.save()
        purging.request_purge(found, "identified")
        trail.record("object.identified", found, by=by)


def withdraw(trace_object: TraceObject, *, by: Actor, reason: str) -> None:
    """Withdraw an object at once, in any state but draft.

    After the commit, no view serves its pages or pictures. Then the public copies are removed and the caches
    in front of the site are purged. If the process dies in between, a background step does it.

    Raises:
        StepRefused: it is a draft or already withdrawn, or the reason is empty.
    """
    authorise(by, "objects.publish_traceobject")
    with transaction.atomic():
        found = lock_in_state(trace_object, State.SUBMITTED, State.PUBLISHED, State.IDENTIFIED)
        was_public = found.is_public
        found.state = State.WITHDRAWN
        found.hold_reason = ""
        found.save()
        if was_public:
            purging.request_purge(found, "withdrawn")
            queue.put(ObjectStep.REMOVE_PUBLIC_COPIES, found.pk)
            names = stores.rendition_names(found)
            transaction.on_commit(lambda: stores.remove_public_copies(names), robust=True)
        trail.record("object.withdrawn", found, by=by, reason=required_reason(reason))


def remove_public_copies(object_pk: int) -> None:
    """Remove the public copies of a withdrawn object, if its withdrawal could not."""
    for trace_object in TraceObject.objects.filter(pk=object_pk):
        stores.remove_public_copies(stores.rendition_names(trace_object))


def publish_locked(found: TraceObject, *, by: Actor, now: datetime) -> None:
    """Publish a locked object: copy its files, change its state, and record it.

    Raises:
        StepRefused: a file is missing, or a store fails.
    """
    try:
        stores.copy_to_public(found)
    except OSError as error:
        raise StepRefused(f"{found.reference} cannot be published: {error}") from error
    found.state = State.PUBLISHED
    found.published_at = now
    found.hold_reason = ""
    found.save()
    purging.request_purge(found, "published")
    trail.record("object.published", found, by=by)


def lock_approved(trace_object: TraceObject) -> TraceObject:
    """Lock an approved object and return it. Raise StepRefused if it is not approved."""
    found = lock_in_state(trace_object, State.SUBMITTED)
    if not found.approved_at:
        raise StepRefused(f"{found.reference} is not approved yet.")
    return found
