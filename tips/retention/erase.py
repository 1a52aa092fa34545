"""Erase the content of tips. Each leaves a row without content, in its claim.

Everything made from the content goes with it: pictures, index keys, embeddings, proposals, background
steps, and what other rows quote.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import UTC, datetime
from functools import partial

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import TruncDay
from django.utils import timezone

from objects.models import TraceObject
from tips.claims import index, membership, vectors
from tips.intake import external_ids
from tips.models import (
    Attachment,
    Claim,
    Lead,
    LegalHold,
    Proposal,
    Question,
    Referral,
    Tip,
    TipEmbedding,
)
from tips.retention import erasing
from tips.steps import TipStep
from tips.triage.quotations import quotes
from traceobject.audit import trail
from traceobject.errors import StepRefused
from traceobject.outbox.models import Step
from traceobject.staff.authority import Actor, authorise
from traceobject.storage import store

PERMISSION = "tips.erase_tip"  # of the command line alone
ERASED = "[Erased]"  # in place of what staff wrote about an erased tip
_OF_TIPS = (TipStep.MATCH, TipStep.PROPOSE)
_OF_ATTACHMENTS = (
    *(TipStep.INSPECT_UPLOAD, TipStep.RECHECK_UPLOAD, TipStep.MATCH_PICTURE),
    TipStep.ALERT,
)


def erase_tip(tip: Tip, *, by: Actor, reason: str) -> Counter[str]:
    """Erase a tip and what its sender added to it, as somebody asked. Return what was erased, by kind.

    Repeating it erases what has come in since.

    Args:
        reason: is recorded. It must not name a person.

    Raises:
        PermissionDenied: the actor may not erase tips.
        StepRefused: the reason is empty, or something is on hold or locked as evidence. Nothing is erased.
    """
    authorise(by, PERMISSION)
    mine = Q(pk=tip.pk) | Q(follows=tip.pk)
    return _erase_on_request(tip, Tip.objects.filter(mine), by=by, reason=reason)


def erase_about(trace_object: TraceObject, *, by: Actor, reason: str) -> Counter[str]:
    """Erase all tips about an object, as somebody asked. See :func:`erase_tip`.

    The object and its pictures stay. Withdraw it first if no more tips should come.
    """
    authorise(by, PERMISSION)
    about = Tip.objects.filter(object=trace_object)
    return _erase_on_request(trace_object, about, by=by, reason=reason)


def _erase_on_request(
    target: Tip | TraceObject, tips: QuerySet[Tip], *, by: Actor, reason: str
) -> Counter[str]:
    reason = reason.replace("\x00", "").strip()
    if not reason:
        raise StepRefused("Give a reason. It is recorded.")
    with transaction.atomic():
        erasing.begin()
        index.lock_object(target.pk if isinstance(target, TraceObject) else target.object_id)
        numbers = list(tips.order_by("pk").values_list("pk", flat=True))
        if refusal := _refusal(target, numbers):
            raise StepRefused(refusal)
        done = erase_content(numbers, timezone.now())
        kind = "object" if isinstance(target, TraceObject) else "tip"
        trail.record(f"{kind}.erased", target, by=by, reason=reason[:500], erased=done)
    return done


def _refusal(target: Tip | TraceObject, numbers: list[int]) -> str:
    holds = LegalHold.objects.in_force()
    if isinstance(target, Tip):
        held = holds.about(target) | holds.filter(tip__in=numbers)
    else:
        held = holds.filter(Q(object=target) | Q(tip__in=numbers))
    if (hold := held.first()) is not None:
        return f"Nothing was erased: legal hold {hold.pk} is {hold.state}."
    locked = Attachment.objects.filter(tip__in=numbers, state=Attachment.State.LOCKED)
    if (evidence := locked.first()) is not None:
        return (
            f"Nothing was erased: a file of tip {evidence.tip_id} is locked as evidence."
            " The safeguarding role decides what becomes of it."
        )
    return ""


def erase_content(tips: Collection[int], now: datetime) -> Counter[str]:
    """Erase the content of tips in the caller's transaction. Return what was erased, by kind.

    The caller has checked that nothing is on hold. What has been erased before is left alone.
    """
    claims = Claim.objects.filter(tips__in=tips).order_by("pk").values_list("pk", flat=True)
    list(Claim.objects.select_for_update().filter(pk__in=set(claims)).order_by("pk"))
    wanted = Tip.objects.filter(pk__in=tips, erased_on__isnull=True)
    rows = list(wanted.select_for_update(of=("self",)).order_by("pk"))
    numbers = [tip.pk for tip in rows]
    done: Counter[str] = Counter()
    if not numbers:
        return done
    done["files"] = erase_files(Attachment.objects.filter(tip__in=numbers))
    done["index keys"] = _delete_index(numbers)
    pair = Q(tip__in=numbers) | Q(other__in=numbers)
    done["proposals"] = Proposal.objects.filter(pair).delete()[0]
    steps = Step.objects.filter(name__in=_OF_TIPS, subject__in=numbers)
    done["background steps"] = steps.delete()[0]
    asked = Question.objects.filter(tip__in=numbers).exclude(text=ERASED)
    done["questions"] = asked.update(text=ERASED)
    done["summaries and notes"] = _erase_quotations(rows)
    membership.forget_content(numbers, {tip.object_id for tip in rows})
    done["contact details"] = sum(tip.contact is not None for tip in rows)
    done["tips"] = _empty_rows(rows, now)
    return +done


def _empty_rows(rows: list[Tip], now: datetime) -> int:
    for tip in rows:
        if tip.external_id:  # importing the same file again must not bring the tip back
            tip.external_id = external_ids.erased_form(tip.external_id)
    Tip.objects.bulk_update([tip for tip in rows if tip.external_id], ["external_id"])
    numbers = [tip.pk for tip in rows]
    Tip.objects.filter(pk__in=numbers, state=Tip.State.RECEIVED).update(state=Tip.State.WITHDRAWN)
    nothing = dict.fromkeys(("text", "place", "url", "why", "seen_when", "sureness"), "")
    nothing |= dict.fromkeys(("country", "language", "sender"), "")
    return Tip.objects.filter(pk__in=numbers).update(
        **nothing,
        contact=None,
        receipt=None,
        received_at=TruncDay("received_at", tzinfo=UTC),
        erased_on=now.date(),
    )


def erase_files(attachments: QuerySet[Attachment]) -> int:
    """Erase uploaded files in the caller's transaction, with all that was read in them. Return how many.

    The files are deleted after the commit. If the process dies before, or the store fails, they belong to no row and are
    deleted later (:func:`tips.intake.uploads.attachments.delete_unclaimed`).
    """
    rows = list(
        attachments.select_for_update(of=("self",))
        .exclude(state__in=[Attachment.State.ERASED, Attachment.State.LOCKED])
        .order_by("pk")
    )
    private = store("private")
    for each in rows:
        for name in filter(None, (each.original, each.view)):
            transaction.on_commit(partial(private.delete, name), robust=True)
    numbers = [each.pk for each in rows]
    Step.objects.filter(name__in=_OF_ATTACHMENTS, subject__in=numbers).delete()
    nothing = dict.fromkeys(("original", "view", "blurred", "sealed_with", "sha256", "refusal"), "")
    return Attachment.objects.filter(pk__in=numbers).update(
        **nothing,
        **dict.fromkeys(("width", "height", "pdq", "pdq_quality", "taken")),
        state=Attachment.State.ERASED,
        size=0,
        pdq_turned=[],
        received_at=TruncDay("received_at", tzinfo=UTC),
    )


def _delete_index(numbers: list[int]) -> int:
    index.remove(numbers)
    if not vectors.table_exists():
        return 0
    return TipEmbedding.objects.filter(tip__in=numbers).delete()[0]


# --- what staff wrote -----------------------------------------------------------------------------


def _erase_quotations(rows: list[Tip]) -> int:
    """Erase reasons, summaries and notes that quote these tips, or whose claims have no other tips.

    Those of a claim with a tip on hold stay: they are about that tip, too.
    """
    by_claim: dict[int, list[Tip]] = {}
    for tip in rows:
        if tip.claim_id is not None:
            by_claim.setdefault(tip.claim_id, []).append(tip)
    erased = 0
    holds = LegalHold.objects.in_force()
    held = Claim.objects.filter(pk__in=by_claim).filter(
        Q(pk__in=holds.filter(tip__isnull=False).values("tip__claim"))
        | Q(object__in=holds.filter(object__isnull=False).values("object"))
    )
    for claim in Claim.objects.filter(pk__in=by_claim).exclude(pk__in=held):
        if claim.reason not in ("", ERASED) and _is_about(claim.reason, claim.pk, by_claim):
            erased += Claim.objects.filter(pk=claim.pk).update(reason=ERASED)
    leads = Lead.objects.filter(claim__in=by_claim).exclude(claim__in=held)
    for lead in leads.prefetch_related("referrals"):
        if lead.summary != ERASED and _is_about(lead.summary, lead.claim_id, by_claim):
            erased += Lead.objects.filter(pk=lead.pk).update(summary=ERASED)
        for referral in lead.referrals.all():
            note = referral.outcome_note
            if note not in ("", ERASED) and _is_about(note, lead.claim_id, by_claim):
                erased += Referral.objects.filter(pk=referral.pk).update(outcome_note=ERASED)
    return erased


def _is_about(text: str, claim: int, erased: dict[int, list[Tip]]) -> bool:
    """Return whether a text quotes what is erased of a claim, or the claim has no other tips."""
    gone = erased[claim]
    others = Tip.objects.filter(claim=claim, erased_on__isnull=True)
    return not others.exclude(pk__in=[tip.pk for tip in gone]).exists() or quotes(text, gone)
