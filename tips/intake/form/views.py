"""The public's side: send a tip, come back with the receipt. No cookie, no session, no address."""

from __future__ import annotations

import json
import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import conditional_page, require_http_methods, require_safe

from objects.caching import public
from objects.models import TraceObject
from tips.intake import countries, limits, receipt_codes
from tips.intake.accept import accept, add, code_for
from tips.intake.form import nonces, proof
from tips.intake.form.forms import AddForm, PublicForm, ReceiptForm, TipForm
from tips.intake.receipt import follow_up
from tips.intake.unsaved import gives_words_back
from tips.intake.uploads import attachments
from tips.models import Hotline, Tip
from traceobject.storage import StoreUnavailable


def _unstored(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response


def _held_up(response: HttpResponse, minutes: int) -> HttpResponse:
    response.headers["Retry-After"] = str(minutes * 60)
    return response


def _try_again(minutes: int) -> str:
    return _(
        "Many messages came from your connection in a short time. Your text is still "
        "here: please send it again in %(minutes)s minutes."
    ) % {"minutes": minutes}


# --- the tip form -------------------------------------------------------------------------------


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
        return _form(request, found, form, now, status=413)
    if found is None:
        return _unstored(
            render(request, "tips/closed.html", {"text": sent and sent.get("text")}, status=404)
        )
    if sent is None:
        return _form(request, found, TipForm(), now)
    form = TipForm(sent, request.FILES)
    form.kept = attachments.redeem(sent.getlist("kept"))
    _check_size(request, form)
    _check_room(form)
    if not form.is_valid():
        return _form(request, found, form, now, status=422)
    values = form.cleaned_data
    is_proven = proof.proven(sent.get("altcha", ""), values["nonce"])
    trust = form.trust(is_proven=is_proven, age=nonces.age(values["nonce"], now))
    limit = limits.TIPS if trust == Tip.Trust.PROVEN else limits.UNPROVEN_TIPS
    if minutes := limits.wait(limit, request, now):
        form.add_error("text", _try_again(minutes))
        return _held_up(_form(request, found, form, now, status=429), minutes)
    nonce = values["nonce"] or secrets.token_urlsafe(16)
    said = {name: values[name] for name in _SAID}
    receipt = receipt_codes.stored(code_for(found, nonce, list(said.values())))
    if is_proven:
        try:
            proof.use_up(nonce, receipt)
        except proof.Replayed:
            form.add_error(
                "text",
                _(
                    "This form has been used for a message before. Your text is still here: please "
                    "send it once more."
                ),
            )
            form.data["nonce"] = nonces.make()
            return _form(request, found, form, now, status=409)
    if not _keep_new(form, now):
        proof.give_back(nonce, receipt)
        return _form(request, found, form, now, status=503)
    language = values["language"] or get_language() or ""
    code = accept(
        found,
        **said,
        language="" if language == "other" else language,
        nonce=nonce,
        now=now,
        trust=trust,
        sender=limits.sender(request, now),
        pictures=form.kept,
        place_wanted=values["place_wanted"],
    )
    limits.count(limit, request, now)
    proof.count(now)
    page = _thanks(request, found, left_contact=bool(values["contact"]))
    return _unstored(HttpResponse(page.replace(_HERE_THE_CODE, receipt_codes.spelled(code))))


_HERE_THE_CODE = "0000-0000-0000-0000-0000"
_thanked: dict[tuple[str, str, bool], str] = {}


def _thanks(request: HttpRequest, found: TraceObject, *, left_contact: bool) -> str:
    """Give the thank-you page with a code to be replaced: in a flood of tips, it is rendered once."""
    key = (get_language() or "en", found.reference, left_contact)
    if key not in _thanked:
        if len(_thanked) > 2000:
            _thanked.clear()
        context = {
            "object": found,
            "code": _HERE_THE_CODE,
            "left_contact": left_contact,
            "leaves_through": True,
        }
        _thanked[key] = render_to_string("tips/thanks.html", context, request)
    return _thanked[key]


_SAID = ("text", "country", "url", "contact", "place", "seen_when", "sureness", "why")


def _check_size(request: HttpRequest, form: PublicForm) -> None:
    """Say so where a request was too large for its files to be read at all."""
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return
    if length > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
        form.add_error(
            "pictures", _("These pictures are larger than 40 MB together. Leave some out.")
        )


def _check_room(form: PublicForm) -> None:
    """Say so where pictures cannot be taken now; the words can."""
    if form.is_valid() and not attachments.has_room(form.cleaned_data["pictures"]):
        form.add_error(
            "pictures",
            _(
                "Too many pictures have come in just now. Send your message without pictures, and add "
                "them later with your receipt."
            ),
        )


def _keep_new(form: PublicForm, now: datetime) -> bool:
    """Keep the new pictures of a form that is about to be accepted.

    Returns:
        False where the store takes none; the form then says so, and nothing may be accepted.
    """
    try:
        form.kept += attachments.keep(form.cleaned_data["pictures"], now)
    except StoreUnavailable:
        form.refuse_pictures()
        return False
    return True


def _keep_chosen(request: HttpRequest, form: PublicForm, now: datetime) -> bool:
    """Keep the good pictures of a form that comes back, so that nobody chooses them twice.

    Returns:
        Whether there were some that could not be kept, and have to be chosen again.
    """
    room = attachments.MOST - len(form.kept)
    chosen = [file for file in request.FILES.getlist("pictures") if not attachments.refusal(file)]
    chosen = chosen[: max(0, room)]
    if not chosen:
        return False
    if limits.wait(limits.PICTURES, request, now) or not attachments.has_room_for_unsent(chosen):
        return True
    try:
        form.kept += attachments.keep(chosen, now)
    except StoreUnavailable:
        return True
    limits.count(limits.PICTURES, request, now, len(chosen))
    return False


def _pictures(request: HttpRequest, form: PublicForm, now: datetime) -> dict[str, Any]:
    lost = form.is_bound and not form.pictures_refused and _keep_chosen(request, form, now)
    return {
        "kept": [(attachments.ticket(each), number) for number, each in enumerate(form.kept, 1)],
        "lost_pictures": lost,
    }


def _form(
    request: HttpRequest,
    found: TraceObject | None,
    form: TipForm,
    now: datetime,
    status: int = 200,
) -> HttpResponse:
    if found is None:
        return _unstored(render(request, "tips/closed.html", {}, status=404))
    form.describe()
    found = TraceObject.objects.with_pictures().get(pk=found.pk)
    if form.is_bound and "country" not in form.errors and form.data.get("country"):
        form.data["country"] = countries.name_of(form.cleaned_data["country"])
    return _unstored(
        render(
            request,
            "tips/form.html",
            {
                "object": found,
                "form": form,
                "countries": countries.names(get_language() or "en"),
                "challenge": json.dumps(proof.challenge(form["nonce"].value() or "", now)),
                "leaves_through": True,
                **_pictures(request, form, now),
            },
            status=status,
        )
    )


# --- the receipt --------------------------------------------------------------------------------


@csrf_exempt
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@gives_words_back
def receipt(request: HttpRequest) -> HttpResponse:
    """Say in plain words what became of a tip, to whoever holds its code, and nothing to others.

    With the code in a hidden field, each of the page's forms says in ``do`` what it wants.
    """
    form = ReceiptForm(request.POST if request.method == "POST" else None)
    now = timezone.now()
    if form.is_bound and (minutes := limits.wait(limits.WRONG_CODES, request, now)):
        form.add_error(
            "code",
            _("Too many wrong codes came from your connection. Try again in %(minutes)s minutes.")
            % {"minutes": minutes},
        )
        answer = _ask_for_code(request, form, status=429)
        return _held_up(answer, minutes)
    if form.is_bound and form.is_valid():
        code = form.cleaned_data["code"]
        found = follow_up.find(code)
        if found is not None:
            return _opened(request, found, receipt_codes.normal(code), now)
        limits.count(limits.WRONG_CODES, request, now)
        form.add_error("code", _("We know no message with this code. Check each letter and digit."))
    return _ask_for_code(request, form, status=422 if form.is_bound else 200)


def _ask_for_code(request: HttpRequest, form: ReceiptForm, status: int) -> HttpResponse:
    context = {"form": form, "leaves_through": True}
    return _unstored(render(request, "tips/receipt.html", context, status=status))


def _opened(request: HttpRequest, found: Tip, code: str, now: datetime) -> HttpResponse:
    wish = request.POST.get("do", "")
    if wish == "withdraw":
        follow_up.withdraw_contact(found)
        return _status(request, found, code, now, done="withdrawn")
    if wish == "add":
        return _add(request, found, code, now)
    return _status(request, found, code, now)


def _add(request: HttpRequest, found: Tip, code: str, now: datetime) -> HttpResponse:
    form = AddForm(request.POST, request.FILES)
    form.kept = attachments.redeem(request.POST.getlist("kept"))
    _check_size(request, form)
    _check_room(form)
    if not form.is_valid():
        return _status(request, found, code, now, form=form, status=422)
    if minutes := limits.wait(limits.UNPROVEN_TIPS, request, now):
        form.add_error("text", _try_again(minutes))
        answer = _status(request, found, code, now, form=form, status=429)
        return _held_up(answer, minutes)
    if not _keep_new(form, now):
        return _status(request, found, code, now, form=form, status=503)
    values = form.cleaned_data
    add(
        found,
        text=values["text"],
        language=get_language() or "",
        question=follow_up.open_question(found),
        now=now,
        pictures=form.kept,
        place_wanted=values["place_wanted"],
    )
    limits.count(limits.UNPROVEN_TIPS, request, now)
    return _status(request, found, code, now, done="added")


def _status(
    request: HttpRequest,
    found: Tip,
    code: str,
    now: datetime,
    *,
    form: AddForm | None = None,
    done: str = "",
    status: int = 200,
) -> HttpResponse:
    form = form or AddForm()
    form.describe()
    question = follow_up.open_question(found)
    return _unstored(
        render(
            request,
            "tips/status.html",
            {
                "read": follow_up.is_read(found),
                "question": question,
                "has_contact": follow_up.has_contact(found),
                "code": code,
                "form": form,
                "done": done,
                "leaves_through": True,
                **_pictures(request, form, now),
            },
            status=status,
        )
    )


@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """Leave for the neutral site, and have the browser forget what it kept of this one."""
    answer = HttpResponseRedirect(settings.LEAVE_URL)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return _unstored(answer)


# --- where pictures of abuse are reported ---------------------------------------------------------


@require_safe
@conditional_page
def hotlines(request: HttpRequest) -> HttpResponse:
    """List where pictures of abuse are reported, country by country."""
    named = sorted(
        (
            (countries.name_of(str(each.country)) if each.country else "", each)
            for each in Hotline.objects.all()
        ),
        key=lambda row: (row[0] == "", row[0], row[1].name),
    )
    return public(render(request, "tips/hotlines.html", {"hotlines": named}))
