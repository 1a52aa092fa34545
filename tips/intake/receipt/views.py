"""The receipt page. It uses no cookie and no session: each of its forms contains the code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tips.intake import limits, receipt_codes
from tips.intake.pages import no_store, retry_message, set_retry_after
from tips.intake.receipt import follow_up
from tips.intake.receipt.add import Added, WrongCode, add_to, open_receipt
from tips.intake.receipt.forms import AddForm, ReceiptForm
from tips.intake.refusals import Invalid, RateLimited
from tips.intake.unsaved import keep_text_on_failure
from tips.intake.uploads import form_pictures
from tips.models import Tip


@dataclass(frozen=True)
class Visit:
    """A request with the code of a tip."""

    request: HttpRequest
    tip: Tip
    code: str
    sender: str
    now: datetime


@csrf_exempt
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@keep_text_on_failure
def receipt(request: HttpRequest) -> HttpResponse:
    """Show the status of a tip to whoever has its code, and nothing to anybody else.

    The code is in a hidden field. The field ``do`` of a form says what it asks for.
    """
    form = ReceiptForm(request.POST if request.method == "POST" else None)
    now = timezone.now()
    if not form.is_bound:
        return _ask_for_code(request, form, status=200)
    sender = limits.sender_hash(request, now)
    if minutes := limits.minutes_to_wait(limits.WRONG_CODES, sender, now):
        form.add_error(
            "code",
            ngettext(
                "Too many wrong codes came from your connection. Try again in %(minutes)s minute.",
                "Too many wrong codes came from your connection. Try again in %(minutes)s minutes.",
                minutes,
            )
            % {"minutes": minutes},
        )
        return set_retry_after(_ask_for_code(request, form, status=429), minutes)
    if not form.is_valid():
        return _ask_for_code(request, form, status=422)
    code = form.cleaned_data["code"]
    result = open_receipt(code, sender, now)
    if isinstance(result, WrongCode):
        form.add_error(
            "code", _("We cannot find a tip with this code. Check each letter and digit.")
        )
        return _ask_for_code(request, form, status=422)
    return _handle(Visit(request, result.tip, receipt_codes.normalise(code), sender, now))


def _ask_for_code(request: HttpRequest, form: ReceiptForm, status: int) -> HttpResponse:
    context = {"form": form, "leaves_through": True}
    return no_store(render(request, "tips/receipt.html", context, status=status))


def _handle(visit: Visit) -> HttpResponse:
    action = visit.request.POST.get("do", "")
    if action == "withdraw":
        follow_up.delete_contact(visit.tip)
        return _status(visit, done="withdrawn")
    if action == "add":
        return _add(visit)
    return _status(visit)


def _add(visit: Visit) -> HttpResponse:
    form = AddForm(visit.request.POST, visit.request.FILES)
    form_pictures.restore_kept(form, visit.request.POST.getlist("kept"))
    form_pictures.check_size(visit.request, form)
    result = add_to(visit.tip, form, visit.sender, visit.now)
    if isinstance(result, Added):
        return _status(visit, done="added")
    if isinstance(result, Invalid):
        return _status(visit, form=form, status=422)
    if isinstance(result, RateLimited):
        form.add_error("text", retry_message(result.minutes))
        return set_retry_after(_status(visit, form=form, status=429), result.minutes)
    form.reject_pictures()
    return _status(visit, form=form, status=503)


def _status(
    visit: Visit, *, form: AddForm | None = None, done: str = "", status: int = 200
) -> HttpResponse:
    form = form or AddForm()
    form.add_aria_attributes()
    context = {
        "read": follow_up.is_read(visit.tip),
        "question": follow_up.open_question(visit.tip),
        "has_contact": follow_up.has_contact(visit.tip),
        "code": visit.code,
        "form": form,
        "done": done,
        "retention_days": settings.CONTACT_RETENTION.days,
        "leaves_through": True,
        **form_pictures.context(visit.request, form, visit.sender, visit.now),
    }
    return no_store(render(visit.request, "tips/status.html", context, status=status))
