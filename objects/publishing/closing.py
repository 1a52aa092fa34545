"""The closing words of an identified object: one analyst proposes them, another publishes them.

An object can be closed as identified by one person, because that shows a fixed sentence. What is written
about the case in free words is read by a second analyst first, as every other public text is.
"""

from __future__ import annotations

import hashlib
import json

from django.db import transaction

from objects.locking import lock_in_state, required_reason
from objects.models import TraceObject
from objects.publishing import purging
from traceobject.audit import trail
from traceobject.errors import StepRefused
from traceobject.staff.authority import Actor, authorise
from traceobject.staff.models import User

State = TraceObject.State
LONGEST = 600  # characters of a text


def propose_words(trace_object: TraceObject, *, by: User, words: dict[str, str]) -> None:
    """Propose closing words by language code. They replace a proposal that waits.

    Raises:
        StepRefused: the object is not identified, or there are no words.
    """
    authorise(by, "objects.publish_traceobject")
    with transaction.atomic():
        found = lock_in_state(trace_object, State.IDENTIFIED)
        if not keep_proposal(found, by=by, words=words):
            raise StepRefused("Write at least one text.")
        found.save()


def keep_proposal(found: TraceObject, *, by: Actor, words: dict[str, str]) -> bool:
    """Store proposed words on a locked object, and return whether there are any. The caller saves it."""
    known = set(found.translations.values_list("language_code", flat=True))
    said = {code: text.strip() for code, text in words.items() if text.strip()}
    if not said:
        return False
    if strangers := set(said) - known:
        raise StepRefused(f"{found.reference} has no texts in: {', '.join(sorted(strangers))}.")
    if any(len(text) > LONGEST for text in said.values()):
        raise StepRefused(f"Closing words are longer than {LONGEST} characters.")
    if not isinstance(by, User):
        raise StepRefused("Only a person proposes closing words.")
    found.closing_proposal, found.closing_proposed_by = said, by
    trail.record("object.words_proposed", found, by=by, words=said)
    return True


def words_fingerprint(found: TraceObject) -> str:
    """Return a SHA-256 digest of the proposed words and of who proposed them."""
    content = [found.closing_proposal, found.closing_proposed_by_id]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def publish_words(trace_object: TraceObject, *, by: User, seen: str) -> None:
    """Publish the proposed closing words, as a second analyst.

    Args:
        seen: :func:`words_fingerprint` as the analyst saw it.

    Raises:
        StepRefused: nothing is proposed, it was proposed by the same person, or it has changed since.
    """
    authorise(by, "objects.publish_traceobject")
    with transaction.atomic():
        found = _lock_proposed(trace_object)
        if found.closing_proposed_by == by:
            raise StepRefused("You proposed these words. Another analyst has to publish them.")
        if seen != words_fingerprint(found):
            raise StepRefused("The words have changed since you opened the page. Read them again.")
        words = found.closing_proposal
        found.closing_author, found.closing_approver = found.closing_proposed_by, by
        found.closing_proposal, found.closing_proposed_by = {}, None
        found.save()
        for row in found.translations.all():
            row.closing_words = words.get(row.language_code, "")
            row.save(update_fields=["closing_words"])
        purging.request_purge(found, "identified")
        trail.record(
            "object.words_published", found, by=by, words=words, author=str(found.closing_author)
        )


def decline_words(trace_object: TraceObject, *, by: User, reason: str) -> None:
    """Discard the proposed closing words, with a reason.

    Raises:
        StepRefused: nothing is proposed, or the reason is empty.
    """
    authorise(by, "objects.publish_traceobject")
    with transaction.atomic():
        found = _lock_proposed(trace_object)
        words = found.closing_proposal
        found.closing_proposal, found.closing_proposed_by = {}, None
        found.save()
        trail.record(
            "object.words_declined", found, by=by, words=words, reason=required_reason(reason)
        )


def _lock_proposed(trace_object: TraceObject) -> TraceObject:
    found = lock_in_state(trace_object, State.IDENTIFIED)
    if not found.closing_proposal:
        raise StepRefused(f"No closing words are proposed for {found.reference}.")
    return found
