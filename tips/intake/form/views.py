"""The tip form's page. No cookie, no session, no address."""

from __future__ import annotations

import json
from datetime import datetime

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
from tips.intake import countries, limits, receipt_codes
from tips.intake.form import nonces, proof
from tips.intake.form.forms import TipForm
from tips.intake.form.submit import Accepted, Replayed, submit
from tips.intake.pages import held_up, try_again, unstored
from tips.intake.refusals import HeldUp, Invalid
from tips.intake.unsaved import gives_words_back
from tips.intake.uploads import attachments, chosen


# No cross-site token: there is no session that a foreign page could ride on, and a token would need
# a cookie. Sending a tip from elsewhere gains nobody anything that typing it here would not.
@csrf_exempt
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@gives_words_back
def tip(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the tip form, and accept what it sends."""
    found = TraceObject.objects.filter(
        reference=reference.upper(), state=TraceObject.State.PUBLISHED
    ).first()
    now = timezone.now()
    try:
        sent = request.POST if request.method == "POST" else None
    except RequestDataTooBig:
        form = TipForm({"text": ""})
        form.errors["text"] = [
            _("Your message is far too large to be taken. Please send a shorter one.")
        ]
        return _page(request, found, form, now, status=413)
    if found is None:
        return _closed(request, sent and sent.get("text"))
    if sent is None:
        return _page(request, found, TipForm(), now)
    sender = limits.sender(request, now)
    form = TipForm(sent, request.FILES)
    form.kept = attachments.redeem(sent.getlist("kept"))
    chosen.check_size(request, form)
    result = submit(found, form, sender, now)
    if isinstance(result, Accepted):
        return _thanks(request, found, result)
    if isinstance(result, Invalid):
        return _page(request, found, form, now, sender, status=422)
    if isinstance(result, HeldUp):
        form.add_error("text", try_again(result.minutes))
        answer = _page(request, found, form, now, sender, status=429)
        return held_up(answer, result.minutes)
    if isinstance(result, Replayed):
        form.add_error(
            "text",
            _(
                "This form has been used for a message before. Your text is still here: please "
                "send it once more."
            ),
        )
        form.data["nonce"] = nonces.make()
        return _page(request, found, form, now, sender, status=409)
    form.refuse_pictures()
    return _page(request, found, form, now, sender, status=503)


def _thanks(request: HttpRequest, found: TraceObject, accepted: Accepted) -> HttpResponse:
    context = {
        "object": found,
        "code": receipt_codes.spelled(accepted.code),
        "left_contact": accepted.left_contact,
        "leaves_through": True,
    }
    return unstored(render(request, "tips/thanks.html", context))


def _closed(request: HttpRequest, text: str | None = None) -> HttpResponse:
    return unstored(render(request, "tips/closed.html", {"text": text}, status=404))


def _page(
    request: HttpRequest,
    found: TraceObject | None,
    form: TipForm,
    now: datetime,
    sender: str = "",
    status: int = 200,
) -> HttpResponse:
    if found is None:
        return _closed(request)
    form.describe()
    found = TraceObject.objects.with_pictures().get(pk=found.pk)
    if form.is_bound and "country" not in form.errors and form.data.get("country"):
        form.data["country"] = countries.name_of(form.cleaned_data["country"])
    return unstored(
        render(
            request,
            "tips/form.html",
            {
                "object": found,
                "form": form,
                "countries": countries.names(get_language() or "en"),
                "challenge": json.dumps(proof.challenge(form["nonce"].value() or "", now)),
                "leaves_through": True,
                **chosen.context(request, form, sender, now),
            },
            status=status,
        )
    )
