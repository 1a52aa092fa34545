"""The analysts' pages: drafts, pictures, and the steps to publication and back."""

from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from objects import publishing
from objects.models import Category, Picture, TraceObject
from objects.pictures.sanitise import Refusal, decode
from traceobject.audit import trail
from traceobject.staff.roles import requires

State = TraceObject.State


class TraceObjectForm(forms.ModelForm):
    """An object's words, and a picture to add to it."""

    new_picture = forms.FileField(
        required=False,
        label="Add a picture",
        help_text="Already cropped to the object. Only its pixels are kept: it is written anew, "
        "without place, camera or date.",
    )
    new_alt = forms.CharField(
        required=False, max_length=300, label="Alternative text", help_text="What is to be seen."
    )

    class Meta:
        model = TraceObject
        fields = [
            *("reference", "title", "question", "category", "priority"),
            *("known", "excluded", "case_reference"),
        ]

    def clean(self) -> dict[str, object]:
        values = super().clean()
        upload = values.get("new_picture")
        if upload and not values.get("new_alt"):
            self.add_error("new_alt", "A picture needs words for those who cannot see it.")
        if upload:
            data = upload.read()
            try:
                decode(data)
            except Refusal as refusal:
                self.add_error("new_picture", str(refusal))
            values["picture_data"] = data
        return values


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    prepopulated_fields = {"slug": ["name"]}


@admin.register(TraceObject)
class TraceObjectAdmin(admin.ModelAdmin):
    form = TraceObjectForm
    list_display = [
        "reference",
        "thumbnail",
        "title",
        "state",
        "category",
        "priority",
        "published_at",
    ]
    list_display_links = ["reference", "title"]
    list_filter = ["state", "category", "priority"]
    search_fields = ["reference", "title", "question", "case_reference"]
    list_select_related = ["category"]
    change_form_template = "admin/objects/change_form.html"
    fieldsets = [
        (None, {"fields": ["reference", "title", "question", "category", "priority"]}),
        ("For volunteers", {"fields": ["known", "excluded"]}),
        ("Internal", {"fields": ["case_reference"]}),
        ("Picture", {"fields": ["new_picture", "new_alt"]}),
    ]

    def get_queryset(self, request: HttpRequest):
        return super().get_queryset(request).prefetch_related("pictures__renditions")

    @admin.display(description="picture")
    def thumbnail(self, trace_object: TraceObject) -> str:
        picture = next(iter(trace_object.pictures.all()), None)
        if picture is None:
            return "none yet"
        return format_html(
            '<img class="thumbnail" src="{}" alt="{}">',
            reverse("admin:objects_picture_file", args=[picture.pk]),
            picture.alt,
        )

    def has_change_permission(self, request: HttpRequest, obj: TraceObject | None = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or obj.state == State.DRAFT)

    def has_delete_permission(self, request: HttpRequest, obj: TraceObject | None = None) -> bool:
        return False

    def get_fieldsets(self, request: HttpRequest, obj: TraceObject | None = None):
        sets = super().get_fieldsets(request, obj)
        if obj is not None and not self.has_change_permission(request, obj):
            return sets[:-1]
        if not request.user.has_perm("objects.add_traceobject"):
            return sets[:2]
        return sets

    @transaction.atomic
    def save_model(self, request, obj, form, change) -> None:
        if not change:
            obj.author = request.user
        super().save_model(request, obj, form, change)
        trail.record("object.changed" if change else "object.drafted", obj, by=request.user)

    def save_related(self, request, form, formsets, change) -> None:
        super().save_related(request, form, formsets, change)
        data = form.cleaned_data.get("picture_data")
        if data:
            publishing.add_picture(
                form.instance, data, alt=form.cleaned_data["new_alt"], by=request.user
            )

    def change_view(self, request, object_id, form_url="", extra_context=None):
        trace_object = self.get_object(request, object_id)
        extra = {
            "checklist": publishing.CHECKLIST,
            "may_publish": request.user.has_perm("objects.publish_traceobject"),
            "is_author": trace_object is not None and trace_object.author_id == request.user.pk,
        }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **extra})

    def get_urls(self):
        own = [
            path(
                "<int:pk>/steps/<str:step>/",
                self.admin_site.admin_view(require_POST(self.take_step)),
                name="objects_step",
            ),
            path(
                "pictures/<int:pk>/",
                self.admin_site.admin_view(require_safe(picture_preview)),
                name="objects_picture_file",
            ),
            path(
                "pictures/<int:pk>/remove/",
                self.admin_site.admin_view(require_POST(remove_picture)),
                name="objects_picture_remove",
            ),
        ]
        return own + super().get_urls()

    def take_step(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        """Submit, send back, publish, identify or withdraw; a refusal is shown on the object's page."""
        if not request.user.has_perm("objects.publish_traceobject"):
            raise PermissionDenied
        trace_object = get_object_or_404(TraceObject, pk=pk)
        checked = set(request.POST.getlist("checked"))
        words = request.POST.get("words", "")
        steps = {
            "submit": lambda: publishing.submit(trace_object, by=request.user, checked=checked),
            "send_back": lambda: publishing.send_back(trace_object, by=request.user, reason=words),
            "publish": lambda: publishing.publish(trace_object, by=request.user, checked=checked),
            "identify": lambda: publishing.identify(trace_object, by=request.user, words=words),
            "withdraw": lambda: publishing.withdraw(trace_object, by=request.user, reason=words),
        }
        if step not in steps:
            raise Http404
        try:
            steps[step]()
        except publishing.NotNow as refusal:
            messages.error(request, str(refusal))
        else:
            trace_object.refresh_from_db()
            messages.success(
                request, f"{trace_object.reference}: {trace_object.get_state_display().lower()}."
            )
        return redirect("admin:objects_traceobject_change", pk)


@requires("objects.view_traceobject")
def picture_preview(request: HttpRequest, pk: int) -> FileResponse:
    """Show a picture of any object to staff, from the private store."""
    picture = get_object_or_404(Picture, pk=pk)
    return FileResponse(storages["private"].open(picture.master), content_type="image/png")


@requires("objects.delete_picture")
def remove_picture(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a picture out of a draft."""
    picture = get_object_or_404(Picture, pk=pk, object__state=State.DRAFT)
    with transaction.atomic():
        trail.record("object.picture_removed", picture.object, by=request.user, picture=pk)
        owner = picture.object_id
        picture.delete()
    messages.success(request, "The picture is removed.")
    return redirect("admin:objects_traceobject_change", owner)
