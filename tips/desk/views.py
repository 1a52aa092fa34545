"""The officers' pages. Every query begins at ``referrals_for``."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from objects import stores
from tips.desk import outcomes
from tips.desk.access import referrals_for, uploads_of
from tips.models import Attachment, Referral
from tips.triage import evidence
from tips.triage.contact import reveal
from tips.triage.shown import ShownUpload, show
from traceobject.errors import StepRefused
from traceobject.staff.authority import user_of
from traceobject.staff.roles import countries_of, requires

PAGE = 50


@require_safe
@requires("tips.work_referral")
def desk(request: HttpRequest) -> HttpResponse:
    """List the officer's referrals, a state at a time: what is new first."""
    mine = referrals_for(user_of(request))
    counts = {
        state: mine.filter(state=state).count() for state in ("sent", "acknowledged", "closed")
    }
    state = request.GET.get("state", "")
    if state not in counts:
        state = "sent" if counts["sent"] else "acknowledged" if counts["acknowledged"] else "closed"
    page = Paginator(mine.filter(state=state), PAGE).get_page(request.GET.get("page"))
    tabs = [(value, Referral.State(value).label, count) for value, count in counts.items()]
    return render(
        request,
        "desk/desk.html",
        {
            "page": page,
            "tabs": tabs,
            "state": state,
            "countries": sorted(countries_of(user_of(request))),
        },
    )


@require_safe
@requires("tips.work_referral")
def referral(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one referral with its object, the summary and the tips behind it."""
    found = get_object_or_404(referrals_for(user_of(request)), pk=pk)
    return _page(request, found)


@require_POST
@requires("tips.work_referral")
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(referrals_for(user_of(request)), pk=pk)
    outcomes.acknowledge(found, by=user_of(request))
    messages.success(request, "You have acknowledged the referral.")
    return redirect("referral", pk)


@require_POST
@requires("tips.work_referral")
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the outcome; on a mistake the page comes back with what was typed."""
    found = get_object_or_404(referrals_for(user_of(request)), pk=pk)
    outcome, note = (
        request.POST.get("outcome", ""),
        request.POST.get("note", "").replace("\x00", ""),
    )
    is_released = "is_released" in request.POST
    try:
        outcomes.close(
            found, by=user_of(request), outcome=outcome, note=note, is_released=is_released
        )
    except StepRefused as refusal:
        return _page(
            request,
            found,
            error=str(refusal),
            outcome=outcome,
            note=note,
            is_released=is_released,
            status=422,
        )
    messages.success(request, "The outcome has been recorded.")
    return redirect("referral", pk)


@require_POST
@requires("tips.work_referral")
def contact(request: HttpRequest, pk: int, tip_pk: int) -> HttpResponse:
    """Show one sender's contact details, once, in the page that answers; the look is recorded."""
    found = get_object_or_404(referrals_for(user_of(request)), pk=pk)
    tip = found.lead.claim.tips.filter(pk=tip_pk).first()
    if tip is None:
        raise Http404
    return _page(request, found, revealed={tip.pk: reveal(tip, by=user_of(request))})


@require_safe
@requires("tips.work_referral")
def picture(request: HttpRequest, pk: int, picture_pk: int) -> HttpResponse:
    """Show the object's picture to an officer who has a referral about it, published or not."""
    found = get_object_or_404(referrals_for(user_of(request)), pk=pk)
    shown = get_object_or_404(found.lead.object.pictures, pk=picture_pk)
    return HttpResponse(stores.read_master(shown), content_type="image/png")


@require_POST
@requires("tips.work_referral")
def upload(request: HttpRequest, pk: int, upload_pk: int) -> HttpResponse:
    """Show a picture that came with a tip of the officer's own referral; the look is recorded."""
    found = get_object_or_404(referrals_for(user_of(request)), pk=pk)
    shown = evidence.view_picture(_upload(found, upload_pk), by=user_of(request))
    return HttpResponse(shown, content_type="image/jpeg")


@require_POST
@requires("tips.work_referral")
def place(request: HttpRequest, pk: int, upload_pk: int) -> HttpResponse:
    """Show where and when a picture was taken, once, in the page that answers; the look is recorded."""
    found = get_object_or_404(referrals_for(user_of(request)), pk=pk)
    seen = evidence.photo_place(_upload(found, upload_pk), by=user_of(request))
    return _page(request, found, places={upload_pk: seen})


def _upload(found: Referral, upload_pk: int) -> Attachment:
    return get_object_or_404(uploads_of(found), pk=upload_pk)


def _page(request: HttpRequest, found: Referral, status: int = 200, **more: Any) -> HttpResponse:
    revealed = more.pop("revealed", {})
    places = more.pop("places", {})
    tips = list(found.lead.claim.tips.order_by("id").prefetch_related("attachments")[:500])

    def upload(attachment: Attachment) -> ShownUpload:
        numbers = [found.pk, attachment.pk]
        return ShownUpload(
            attachment,
            view_url=reverse("referral_upload", args=numbers),
            place_url=reverse("referral_place", args=numbers) if attachment.taken else "",
            place=places.get(attachment.pk),
        )

    return render(
        request,
        "desk/referral.html",
        {
            "referral": found,
            "tips": [show(tip, upload, revealed.get(tip.pk)) for tip in tips],
            "relation": found.lead.countries.filter(country=found.country).first(),
            "outcomes": Referral.Outcome.choices,
            **more,
        },
        status=status,
    )
