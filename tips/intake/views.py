"""The public's side: send a tip, come back with the receipt. No cookie, no session, no address."""

from __future__ import annotations

import secrets

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from objects.models import TraceObject
from tips.intake import limits, receipts
from tips.intake.accept import accept
from tips.intake.forms import ReceiptForm, TipForm
from tips.models import Claim, Tip


def _unstored(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response


def _held_up(response: HttpResponse, minutes: int) -> HttpResponse:
    response.headers["Retry-After"] = str(minutes * 60)
    return response


# No cross-site token: there is no session that a foreign page could ride on, and a token would need
# a cookie. Sending a tip from elsewhere gains nobody anything that typing it here would not.
@csrf_exempt
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def tip(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the tip form, and accept what it sends."""
    found = TraceObject.objects.filter(
        reference=reference.upper(), state=TraceObject.State.PUBLISHED
    ).first()
    try:
        sent = request.POST if request.method == "POST" else None
    except RequestDataTooBig:
        form = TipForm({"text": ""})
        form.errors["text"] = [
            _("Your message is far too large to be taken. Please send a shorter one.")
        ]
        return _form(request, found, form, status=413)
    if found is None:
        return _unstored(
            render(request, "tips/closed.html", {"text": sent and sent.get("text")}, status=404)
        )
    if sent is None:
        return _form(request, found, TipForm())
    form = TipForm(sent)
    if not form.is_valid():
        return _form(request, found, form, status=422)
    now = timezone.now()
    if minutes := limits.wait(limits.TIPS, request, now):
        form.add_error(
            "text",
            _(
                "Many messages came from your connection in a short time. Your text is still "
                "here: please send it again in %(minutes)s minutes."
            )
            % {"minutes": minutes},
        )
        return _held_up(_form(request, found, form, status=429), minutes)
    values = form.cleaned_data
    code = accept(
        found,
        text=values["text"],
        country=values["country"],
        url=values["url"],
        contact=values["contact"],
        language=get_language() or "",
        nonce=values["nonce"] or secrets.token_urlsafe(16),
        now=now,
    )
    limits.count(limits.TIPS, request, now)
    return _unstored(
        render(
            request,
            "tips/thanks.html",
            {
                "object": found,
                "code": receipts.spelled(code),
                "left_contact": bool(values["contact"]),
            },
        )
    )


def _form(
    request: HttpRequest, found: TraceObject | None, form: TipForm, status: int = 200
) -> HttpResponse:
    if found is None:
        return _unstored(render(request, "tips/closed.html", {}, status=404))
    return _unstored(
        render(request, "tips/form.html", {"object": found, "form": form}, status=status)
    )


@csrf_exempt
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest) -> HttpResponse:
    """Say in plain words what became of a tip, to whoever holds its code, and nothing to others."""
    form = ReceiptForm(request.POST if request.method == "POST" else None)
    read = None
    now = timezone.now()
    if form.is_bound and (minutes := limits.wait(limits.WRONG_CODES, request, now)):
        form.add_error(
            "code",
            _("Too many wrong codes came from your connection. Try again in %(minutes)s minutes.")
            % {"minutes": minutes},
        )
        answer = render(request, "tips/receipt.html", {"form": form}, status=429)
        return _held_up(_unstored(answer), minutes)
    if form.is_bound and form.is_valid():
        found = (
            Tip.objects.filter(receipt=receipts.stored(form.cleaned_data["code"]))
            .select_related("claim")
            .first()
        )
        if found is None:
            limits.count(limits.WRONG_CODES, request, now)
            form.add_error(
                "code", _("We know no message with this code. Check each letter and digit.")
            )
        else:
            read = found.claim is not None and found.claim.state != Claim.State.OPEN
            return _unstored(render(request, "tips/status.html", {"read": read}))
    status = 422 if form.is_bound else 200
    return _unstored(render(request, "tips/receipt.html", {"form": form}, status=status))
