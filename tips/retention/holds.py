"""Legal holds: one person proposes one, another with another role confirms it; the same to lift it."""

from __future__ import annotations

import hashlib
import json

from django.db import transaction
from django.utils import timezone

from objects.models import TraceObject
from tips.models import LegalHold, Tip
from tips.retention import erasing
from tips.triage.quotations import require_own_words
from traceobject.audit import trail
from traceobject.errors import StepRefused
from traceobject.staff.authority import authorise
from traceobject.staff.models import User
from traceobject.staff.roles import PERMISSIONS, Role, roles_of

PERMISSION = "tips.decide_legalhold"


def propose(target: Tip | TraceObject, *, by: User, reason: str) -> LegalHold:
    """Propose a legal hold on a tip or an object. It stops erasures for seven days at once.

    Raises:
        StepRefused: the reason is empty or too long, or this person has already proposed one that waits.
    """
    authorise(by, PERMISSION)
    reason = _checked(reason)
    if isinstance(target, Tip):
        require_own_words(reason, [target])
    on = {"tip": target} if isinstance(target, Tip) else {"object": target}
    with transaction.atomic():
        erasing.wait_for_erasures()
        # Else one person could stop erasures for ever, by proposing and taking back.
        mine = LegalHold.objects.filter(**on, proposed_by=by, confirmed_at__isnull=True).first()
        if mine is not None and mine.taken_back_at is not None:
            raise StepRefused(
                f"You took back legal hold {mine.pk} on this. Another person can propose one."
            )
        if mine is not None:
            raise StepRefused(
                f"You have already proposed legal hold {mine.pk} on this. Another person has to confirm it."
            )
        hold = LegalHold.objects.create(
            **on, reason=reason, proposed_by=by, proposed_at=timezone.now()
        )
        trail.record("hold.proposed", hold, by=by, on=_on(hold), reason=reason)
    return hold


def confirm(hold: LegalHold, *, by: User) -> None:
    """Confirm a proposed hold, also one that has lapsed. It stays in force until it is lifted.

    Raises:
        StepRefused: the same person, or somebody with the same roles, proposed it, or it has been confirmed.
    """
    authorise(by, PERMISSION)
    with transaction.atomic():
        erasing.wait_for_erasures()
        locked = _locked(hold)
        if locked.confirmed_at is not None:
            raise StepRefused(f"Legal hold {locked.pk} has already been confirmed.")
        if locked.taken_back_at is not None:
            raise StepRefused(f"Legal hold {locked.pk} has been taken back. Propose a new one.")
        if locked.proposed_by_id == by.pk:
            raise StepRefused("You proposed this hold. Another person has to confirm it.")
        _require_another_role(by, locked.proposed_by)
        locked.confirmed_by, locked.confirmed_at = by, timezone.now()
        locked.save(update_fields=["confirmed_by", "confirmed_at"])
        trail.record("hold.confirmed", locked, by=by, on=_on(locked))


def take_back(hold: LegalHold, *, by: User) -> None:
    """Take back one's own proposal of a hold that nobody has confirmed. It stops no more erasures.

    Raises:
        StepRefused: somebody else proposed it, or it has been confirmed or taken back.
    """
    authorise(by, PERMISSION)
    with transaction.atomic():
        locked = _locked(hold)
        if locked.confirmed_at is not None or locked.taken_back_at is not None:
            raise StepRefused(f"Legal hold {locked.pk} is {locked.state}.")
        if locked.proposed_by_id != by.pk:
            raise StepRefused(
                "Only the person who proposed it can take it back. It lapses by itself."
            )
        locked.taken_back_at = timezone.now()
        locked.save(update_fields=["taken_back_at"])
        trail.record("hold.taken_back", locked, by=by, on=_on(locked))


def decline_lifting(hold: LegalHold, *, by: User, reason: str) -> None:
    """Decline to lift a hold, or take back one's own proposal to. It stays in force.

    Raises:
        StepRefused: its lifting is not proposed, or the reason is empty.
    """
    authorise(by, PERMISSION)
    reason = _checked(reason)
    with transaction.atomic():
        locked = _locked(hold)
        if locked.lifted_at is not None or locked.lift_proposed_by_id is None:
            raise StepRefused(f"Legal hold {locked.pk} is {locked.state}.")
        _require_own_words(reason, locked)
        proposed = locked.lift_reason
        locked.lift_proposed_by, locked.lift_reason = None, ""
        locked.save(update_fields=["lift_proposed_by", "lift_reason"])
        trail.record(
            "hold.lifting_declined",
            locked,
            by=by,
            on=_on(locked),
            reason=reason,
            proposed_because=proposed,
        )


def propose_lifting(hold: LegalHold, *, by: User, reason: str) -> None:
    """Propose to lift a hold. It stays in force until another person agrees.

    Raises:
        StepRefused: it is not in force, its lifting has been proposed, or the reason is empty.
    """
    authorise(by, PERMISSION)
    reason = _checked(reason)
    with transaction.atomic():
        locked = _locked(hold)
        if locked.state != "in force":
            raise StepRefused(f"Legal hold {locked.pk} is {locked.state}.")
        _require_own_words(reason, locked)
        locked.lift_proposed_by, locked.lift_reason = by, reason
        locked.save(update_fields=["lift_proposed_by", "lift_reason"])
        trail.record("hold.lifting_proposed", locked, by=by, on=_on(locked), reason=reason)


def lifting_fingerprint(hold: LegalHold) -> str:
    """Return a SHA-256 digest of a proposal to lift a hold: who made it, and why."""
    content = [hold.pk, hold.lift_proposed_by_id, hold.lift_reason]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def lift(hold: LegalHold, *, by: User, seen: str) -> None:
    """Lift a hold whose lifting another person proposed.

    Args:
        seen: :func:`lifting_fingerprint` as the person saw it.

    Raises:
        StepRefused: its lifting has not been proposed, or was proposed anew since; or the same person, or
            somebody with no other role that decides about holds, proposed it.
    """
    authorise(by, PERMISSION)
    with transaction.atomic():
        locked = _locked(hold)
        if locked.lifted_at is not None or locked.lift_proposed_by_id is None:
            raise StepRefused(f"Legal hold {locked.pk} is {locked.state}.")
        if locked.lift_proposed_by_id == by.pk:
            raise StepRefused("You proposed to lift this hold. Another person has to agree.")
        if seen != lifting_fingerprint(locked):
            raise StepRefused("The proposal has changed since you opened the page. Read it again.")
        _require_another_role(by, locked.lift_proposed_by)
        locked.lifted_by, locked.lifted_at = by, timezone.now()
        locked.save(update_fields=["lifted_by", "lifted_at"])
        trail.record("hold.lifted", locked, by=by, on=_on(locked))


def _require_another_role(by: User, proposer: User | None) -> None:
    if proposer is not None and _deciding_roles(by) <= _deciding_roles(proposer):
        raise StepRefused(
            "Somebody with another role has to agree. A moderator's proposal needs an administrator, and an"
            " administrator's needs a moderator."
        )


def _require_own_words(reason: str, hold: LegalHold) -> None:
    if hold.tip is not None:
        require_own_words(reason, [hold.tip])


def _deciding_roles(user: User) -> set[str]:
    return {role for role in roles_of(user) if PERMISSION in PERMISSIONS[Role(role)]}


def _locked(hold: LegalHold) -> LegalHold:
    return LegalHold.objects.select_for_update(of=("self",)).get(pk=hold.pk)


def _on(hold: LegalHold) -> str:
    return f"tip {hold.tip_id}" if hold.object is None else hold.object.audit_name


def _checked(reason: str) -> str:
    reason = reason.replace("\x00", "").strip()
    if not reason:
        raise StepRefused("Give a reason. It is recorded.")
    if len(reason) > 500:
        raise StepRefused("The reason is longer than 500 characters.")
    return reason
