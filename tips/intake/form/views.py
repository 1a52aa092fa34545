"""The tip form's page. No cookie, no session, no address."""

from __future__ import annotations

import json
from datetime import datetime

from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
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
from tips.intake.form.submit import Accepted, Replayed, find_published, submit
from tips.intake.pages import no_store, retry_message, set_retry_after
from tips.intake.refusals import Invalid, RateLimited
from tips.intake.unsaved import keep_text_on_failure
from tips.intake.uploads import form_pictures

THANKS_SECONDS = 3600
_CODE_PLACEHOLDER = "0000-0000-0000-0000-0000"


# No CSRF token: it would need a cookie, and there is no session to protect. Sending a tip from
# another site gains nothing that typing it here would not.
@csrf_exempt
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@keep_text_on_failure
def tip(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the tip form and accept the tip that it sends."""
    found = find_published(reference)
    now = timezone.now()
    try:
        sent = request.POST if request.method == "POST" else None
    except RequestDataTooBig:
        form = TipForm({"text": ""})
        form.errors["text"] = form.error_class([_("Your text is too long. Send a shorter one.")])
        return _page(request, found, form, now, status=413)
    if found is None:
        return _closed(request, str(sent.get("text", "")) if sent else "")
    if sent is None:
        return _page(request, found, TipForm(), now)
    sender = limits.sender_hash(request, now)
    form = TipForm(sent, request.FILES)
    form_pictures.restore_kept(form, sent.getlist("kept"))
    form_pictures.check_size(request, form)
    result = submit(found, form, sender, now)
    if isinstance(result, Accepted):
        return _thanks(request, found, result)
    if isinstance(result, Invalid):
        return _page(request, found, form, now, sender, status=422)
    if isinstance(result, RateLimited):
        form.add_error("text", retry_message(result.minutes))
        answer = _page(request, found, form, now, sender, status=429)
        return set_retry_after(answer, result.minutes)
    if isinstance(result, Replayed):
        form.add_error(
            "text",
            _(
                "This form has already been used to send a tip. Your text is still here. Send it again."
            ),
        )
        form.replace("nonce", nonces.create())
        return _page(request, found, form, now, sender, status=409)
    form.reject_pictures()
    return _page(request, found, form, now, sender, status=503)


def _thanks(request: HttpRequest, found: TraceObject, accepted: Accepted) -> HttpResponse:
    """Return the page with the receipt code. The rest of the page is cached for an hour.

    Rendering it each time would be the largest cost in a flood of tips.
    """
    key = f"thanks:{request.path}:{accepted.left_contact}"
    page = caches["pages"].get(key)
    if page is None:
        context = {
            "object": found,
            "code": _CODE_PLACEHOLDER,
            "left_contact": accepted.left_contact,
            "retention_days": settings.CONTACT_RETENTION.days,
            "leaves_through": True,
        }
        page = render_to_string("tips/thanks.html", context, request)
        caches["pages"].set(key, page, THANKS_SECONDS)
    code = receipt_codes.format_code(accepted.code)
    return no_store(HttpResponse(page.replace(_CODE_PLACEHOLDER, code)))


def _closed(request: HttpRequest, text: str | None = None) -> HttpResponse:
    return no_store(render(request, "tips/closed.html", {"text": text}, status=404))


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
    form.add_aria_attributes()
    found = TraceObject.objects.with_pictures().get(pk=found.pk)
    if form.is_bound and "country" not in form.errors and form.data.get("country"):
        form.replace("country", countries.name_of(form.cleaned_data["country"]))
    return no_store(
        render(
            request,
            "tips/form.html",
            {
                "object": found,
                "form": form,
                "countries": countries.names(get_language() or "en"),
                "challenge": json.dumps(proof.challenge(form["nonce"].value() or "", now)),
                "leaves_through": True,
                **form_pictures.context(request, form, sender, now),
            },
            status=status,
        )
    )
