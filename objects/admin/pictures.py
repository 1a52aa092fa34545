"""Admin pages of a draft's pictures: crop, preview, override, describe and remove."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_update
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from objects import publishing, screening, stores
from objects.models import Picture, TraceObject
from objects.pictures.isolated import Unavailable
from objects.pictures.sanitise import Refusal
from traceobject.errors import StepRefused
from traceobject.staff.authority import user_of
from traceobject.staff.models import User
from traceobject.staff.roles import requires
from traceobject.storage import StoreUnavailable

ACCEPTED_FILES = "JPEG, PNG, WebP, AVIF, HEIC, GIF or TIFF, up to 40 MB and 50 megapixels."


def languages_of(trace_object: TraceObject) -> list[tuple[str, str]]:
    """Return the code and own name of English and of each language that an object has a wording in."""
    has = set(trace_object.translations.values_list("language_code", flat=True)) | {"en"}
    return [(code, language_name) for code, language_name in settings.LANGUAGES if code in has]


class PictureForm(forms.Form):
    """A form for a cropped picture and its alternative text in each of the object's languages."""

    picture = forms.FileField(
        label="Cropped picture",
        help_text=ACCEPTED_FILES,
        error_messages={"required": "Choose a picture of 40 MB or less."},
    )

    def __init__(self, *args: Any, trace_object: TraceObject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, language_name in languages_of(trace_object):
            self.fields[f"alt_{code}"] = forms.CharField(
                max_length=300,
                label=f"Alternative text, {language_name}",
                widget=forms.TextInput(attrs={"lang": code, "dir": "auto", "class": "vTextField"}),
                error_messages={
                    "required": "Enter an alternative text in each of the object's languages."
                },
            )

    @property
    def alternative_texts(self) -> dict[str, str]:
        return {
            name.removeprefix("alt_"): text
            for name, text in self.cleaned_data.items()
            if name.startswith("alt_")
        }


@csp_update({"img-src": ["blob:"]})  # the browser shows the analyst their own file
@requires("objects.publish_traceobject")
def crop(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the page on which an analyst crops a picture, and add the result to the draft."""
    trace_object = get_object_or_404(TraceObject, pk=pk)
    if request.method != "POST" and trace_object.state != TraceObject.State.DRAFT:
        return redirect("admin:objects_traceobject_change", pk)
    is_sent = request.method == "POST"
    data = (request.POST, request.FILES) if is_sent else (None, None)
    form = PictureForm(*data, trace_object=trace_object)
    if request.method == "POST" and not _wants_json(request) and "cropped" not in request.POST:
        form.add_error("picture", "Confirm that the file is already cropped. It is sent as it is.")
    status = 422
    if request.method == "POST" and form.is_valid():
        try:
            publishing.add_picture(
                trace_object,
                form.cleaned_data["picture"].read(),
                alt=form.alternative_texts,
                by=user_of(request),
            )
        except (Refusal, Unavailable, StepRefused) as why:
            form.add_error("picture", str(why))
        except StoreUnavailable as why:
            status = 503
            form.add_error(
                "picture", f"{why} The picture was not saved. Tell the operator of the site."
            )
        else:
            where = reverse("admin:objects_traceobject_change", args=[pk])
            if _wants_json(request):
                return JsonResponse({"location": where})
            return redirect(where)
    if request.method == "POST" and _wants_json(request):
        return JsonResponse({"errors": form.errors}, status=status)
    return render(
        request,
        "admin/objects/crop.html",
        {
            "object": trace_object,
            "form": form,
            "title": f"Add a picture to {trace_object.reference}",
        },
        status=status if form.errors else 200,
    )


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"


@require_safe
@requires("objects.view_traceobject")
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Serve a picture of any object to staff, from the private store. ``?small`` is a size for lists."""
    picture = get_object_or_404(Picture.objects.prefetch_related("renditions"), pk=pk)
    small = next((each for each in picture.renditions.all() if each.kind == "jpg"), None)
    try:
        if "small" in request.GET and small:
            return HttpResponse(stores.read_rendition(small.name), content_type="image/jpeg")
        return HttpResponse(stores.read_master(picture), content_type="image/png")
    except (stores.FileMissing, StoreUnavailable) as why:
        return HttpResponse(str(why), content_type="text/plain", status=503)


@require_safe
@requires("objects.view_traceobject")
def state(request: HttpRequest, pk: int) -> JsonResponse:
    """Return whether a picture's checks have run or failed, for the page that waits for them."""
    picture = get_object_or_404(Picture, pk=pk)
    return JsonResponse({"done": bool(picture.inspected_at or picture.inspection_error)})


@require_POST
@requires("objects.delete_picture")
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a picture from a draft."""
    return _run_step(request, pk, publishing.remove_picture, "The picture has been removed.")


@require_POST
@requires("objects.publish_traceobject")
def override(request: HttpRequest, pk: int) -> HttpResponse:
    """Override the findings in a picture."""

    def work(picture: Picture, *, by: User) -> None:
        screening.override(picture, by=by, reason=request.POST.get("reason", ""))

    return _run_step(request, pk, work, "Your override has been recorded.")


@require_POST
@requires("objects.change_picture")
def describe(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the alternative texts of a draft's picture."""

    def work(picture: Picture, *, by: User) -> None:
        texts = {
            code: request.POST.get(f"alt_{code}", "")[:300]
            for code, _ in languages_of(picture.object)
        }
        publishing.describe_picture(picture, texts, by=by)

    return _run_step(request, pk, work, "The alternative texts have been saved.")


def _run_step(request: HttpRequest, pk: int, work, done: str) -> HttpResponse:
    picture = get_object_or_404(Picture.objects.select_related("object"), pk=pk)
    try:
        work(picture, by=user_of(request))
    except StepRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("admin:objects_traceobject_change", picture.object_id)
