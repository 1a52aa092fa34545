"""Admin pages of objects: drafts, and the steps to publication and withdrawal."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.widgets import FilteredSelectMultiple
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST

from objects import publishing
from objects.admin import pictures, wordings
from objects.locking import lock_in_state
from objects.models import Campaign, Picture, TraceObject
from objects.screening import hash_lists, obstacles, overridable
from traceobject.audit import trail
from traceobject.audit.models import Entry
from traceobject.errors import StepRefused
from traceobject.staff.authority import user_of

State = TraceObject.State


# What a step has done, in words, where the object's new state does not say it.
DONE = {
    "send_back": "sent back to its author.",
    "propose_words": "the words wait for another analyst.",
    "publish_words": "the closing words are public.",
    "decline_words": "the proposed words have been discarded.",
}


class TraceObjectForm(wordings.WordingForm):
    """A form for an object's wordings, its public facts and its internal fields."""

    regions = forms.MultipleChoiceField(
        choices=TraceObject.Region.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Where it may come from. Public.",
    )

    class Meta:
        model = TraceObject
        fields = [
            *("reference", "category", "priority", "made", "regions", "excluded_countries"),
            *("case_reference", "campaign", "publish_at"),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        countries = self.fields.get("excluded_countries")
        if isinstance(countries, forms.MultipleChoiceField):
            choices = countries.choices
            countries.widget = FilteredSelectMultiple("countries", is_stacked=False)
            countries.widget.choices = choices
        campaign = self.fields.get("campaign")
        if isinstance(campaign, forms.ModelChoiceField):
            campaign.queryset = Campaign.objects.filter(launched_at__isnull=True)


@admin.register(TraceObject)
class TraceObjectAdmin(admin.ModelAdmin):
    """Edit drafts, and take the steps of an object."""

    form = TraceObjectForm
    list_display = [
        "reference",
        "thumbnail",
        "name",
        "progress",
        "priority",
        "published",
    ]
    list_display_links = ["reference", "name"]
    list_filter = ["state", "category", "priority", "campaign"]
    search_fields = ["reference", "translations__title", "translations__question"]
    list_select_related = ["category", "campaign"]
    change_form_template = "admin/objects/change_form.html"
    add_form_template = "admin/objects/change_form.html"
    view_on_site = False  # the page links to what is public
    fieldsets: ClassVar[Any] = [
        (None, {"fields": ["reference", "category", "priority", "shown"]}),
        *wordings.FIELDSETS,
        ("Facts for the public", {"fields": ["made", "regions", "excluded_countries"]}),
        ("Publication", {"fields": ["publish_at", "campaign"]}),
        ("Internal", {"fields": ["case_reference"]}),
    ]

    class Media:
        js = ["js/language-tabs.js", "js/await-inspection.js", "js/unsaved.js"]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Search in the case reference only for those who see it."""
        own = ["case_reference"] if request.user.has_perm("objects.add_traceobject") else []
        return [*self.search_fields, *own]

    def get_queryset(self, request: HttpRequest):
        return (
            super()
            .get_queryset(request)
            .prefetch_related("translations", "pictures__translations", "pictures__renditions")
        )

    @admin.display(description="picture")
    def thumbnail(self, trace_object: TraceObject) -> str:
        picture = next(iter(trace_object.pictures.all()), None)
        if picture is None:
            return "none"
        return format_html(
            '<img class="thumbnail" src="{}?small" alt="{}">',
            reverse("admin:objects_picture_file", args=[picture.pk]),
            picture.safe_translation_getter("alt", any_language=True) or "",
        )

    @admin.display(description="title", ordering="reference")
    def name(self, trace_object: TraceObject) -> str:
        return trace_object.safe_translation_getter("title", any_language=True) or "(no title)"

    @admin.display(description="published", ordering="published_at")
    def published(self, trace_object: TraceObject) -> str:
        at = trace_object.published_at
        return f"{localtime(at):%-d %b %Y}" if at else ""

    @admin.display(description="state", ordering="state")
    def progress(self, trace_object: TraceObject) -> str:
        if trace_object.hold_reason:
            return f"On hold: {trace_object.hold_reason}"
        if trace_object.is_approved:
            if trace_object.campaign:
                return f"Approved, waiting for {trace_object.campaign}"
            return f"Approved for {localtime(trace_object.publish_at):%-d %B %Y, %H:%M %Z}"
        return trace_object.get_state_display()

    def has_change_permission(self, request: HttpRequest, obj: TraceObject | None = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or obj.state == State.DRAFT)

    def has_delete_permission(self, request: HttpRequest, obj: TraceObject | None = None) -> bool:
        return False

    def get_fieldsets(self, request: HttpRequest, obj: TraceObject | None = None):
        if obj is not None and not self.has_change_permission(request, obj):
            plain = [
                each for each in self.fieldsets if "language" not in each[1].get("classes", [])
            ]
            if not request.user.has_perm("objects.add_traceobject"):
                plain = [each for each in plain if each[0] not in ("Internal", "Publication")]
            return plain
        return self.fieldsets

    @transaction.atomic
    def save_model(self, request, obj, form, change) -> None:
        if change:  # keep what a colleague changed since the page was loaded
            stored = lock_in_state(obj, State.DRAFT)
            request._saw_all = request.POST.get("seen", "") == publishing.fingerprint(stored)
            columns = {field.name for field in obj._meta.concrete_fields}
            obj.save(update_fields=[*sorted(columns & set(form.changed_data)), "updated_at"])
        else:
            obj.author = user_of(request)
            super().save_model(request, obj, form, change)
        form.save_wordings()
        trail.record("object.changed" if change else "object.drafted", obj, by=user_of(request))

    def response_add(self, request, obj, post_url_continue=None):
        """Stay on the new draft, because it needs a picture next."""
        if "_addanother" in request.POST:
            return super().response_add(request, obj, post_url_continue)
        messages.success(request, f"{obj.reference} has been created. Now add a picture.")
        return redirect("admin:objects_traceobject_change", obj.pk)

    def response_change(self, request, obj):
        if "_addanother" in request.POST:
            return super().response_change(request, obj)
        if "_submit" in request.POST:
            return self._submit(request, obj)
        messages.success(request, f"{obj.reference} has been saved.")
        return redirect("admin:objects_traceobject_change", obj.pk)

    def _submit(self, request: HttpRequest, obj: TraceObject) -> HttpResponse:
        """Submit what has just been saved, so that no edit is left behind."""
        checked = set(request.POST.getlist("checked"))
        try:
            stored = TraceObject.objects.get(pk=obj.pk)
            # What the page showed, and what has just been typed into it.
            seen = publishing.fingerprint(stored) if getattr(request, "_saw_all", False) else ""
            publishing.submit(obj, checked=checked, by=user_of(request), seen=seen)
        except StepRefused as refusal:
            messages.error(request, f"Saved, but not submitted. {refusal}")
        else:
            messages.success(request, f"{obj.reference}: saved and submitted for approval.")
        return redirect("admin:objects_traceobject_change", obj.pk)

    def get_object(self, request, object_id, from_field=None):
        """Return the object of the page, read once a request."""
        found = getattr(request, "_shown_object", None)
        if found is None or str(found.pk) != str(object_id):
            found = request._shown_object = super().get_object(request, object_id, from_field)
        return found

    def change_view(self, request, object_id, form_url="", extra_context=None):
        trace_object = self.get_object(request, object_id)
        extra = _page_context(trace_object, request) if trace_object else {}
        return super().change_view(request, object_id, form_url, {**extra, **(extra_context or {})})

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = [
            path(
                "<int:pk>/steps/<str:step>/",
                wrap(require_POST(self.run_step)),
                name="objects_step",
            ),
            path("<int:pk>/preview/<str:language>/", wrap(preview), name="objects_preview"),
            path("<int:pk>/crop/", wrap(pictures.crop), name="objects_crop"),
            path("pictures/<int:pk>/", wrap(pictures.preview), name="objects_picture_file"),
            path("pictures/<int:pk>/state/", wrap(pictures.state), name="objects_picture_state"),
            path("pictures/<int:pk>/remove/", wrap(pictures.remove), name="objects_picture_remove"),
            path(
                "pictures/<int:pk>/override/",
                wrap(pictures.override),
                name="objects_picture_override",
            ),
            path(
                "pictures/<int:pk>/describe/",
                wrap(pictures.describe),
                name="objects_picture_describe",
            ),
        ]
        return own + super().get_urls()

    def run_step(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        """Take a step of an object. Show a refusal as a message, with what was typed."""
        if not request.user.has_perm("objects.publish_traceobject"):
            raise PermissionDenied
        trace_object = get_object_or_404(TraceObject, pk=pk)
        by = user_of(request)
        checked = set(request.POST.getlist("checked"))
        reason = request.POST.get("words", "")
        closing = {code: request.POST.get(f"words_{code}", "") for code, _ in settings.LANGUAGES}
        steps = {
            "send_back": lambda: publishing.send_back(trace_object, reason=reason, by=by),
            "approve": lambda: publishing.approve(
                trace_object, checked=checked, by=by, seen=request.POST.get("seen", "")
            ),
            "publish_now": lambda: publishing.publish_now(trace_object, by=by),
            "identify": lambda: publishing.identify(trace_object, words=closing, by=by),
            "propose_words": lambda: publishing.propose_words(trace_object, words=closing, by=by),
            "publish_words": lambda: publishing.publish_words(
                trace_object, by=by, seen=request.POST.get("seen", "")
            ),
            "decline_words": lambda: publishing.decline_words(trace_object, reason=reason, by=by),
            "withdraw": lambda: publishing.withdraw(trace_object, reason=reason, by=by),
        }
        if step not in steps:
            raise Http404
        try:
            steps[step]()
        except StepRefused as refusal:
            messages.error(request, str(refusal))
            request.method = "GET"  # the page, with what was typed
            typed = {"typed": {step: reason}, "checked": checked}
            return self.change_view(request, str(pk), extra_context=typed)
        else:
            trace_object = self.get_queryset(request).get(pk=pk)
            done = DONE.get(step) or f"It is now {self.progress(trace_object).lower()}."
            messages.success(request, f"{trace_object.reference}: {done}")
        return redirect("admin:objects_traceobject_change", pk)


def preview(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """Show an object that is not public as the public will see it, in a language."""
    if not request.user.has_perm("objects.view_traceobject"):
        raise PermissionDenied
    if language not in dict(settings.LANGUAGES):
        raise Http404
    with translation.override(language):  # an object speaks the language in which it is read
        found = get_object_or_404(TraceObject, pk=pk)
        return render(
            request,
            "admin/objects/preview.html",
            {
                "object": found,
                "words": [each.language for each in publishing.public_words(found)],
                "language": language,
            },
        )


def _page_context(trace_object: TraceObject, request: HttpRequest) -> dict[str, object]:
    """Return the context above the form: pictures, obstacles and possible steps."""
    shown = list(trace_object.pictures.all())
    undecided = trace_object.state in (State.DRAFT, State.SUBMITTED)
    known_matches = {each.pk: hash_lists.matches(each) for each in shown} if undecided else {}
    is_draft = trace_object.state == State.DRAFT
    return {
        "checklist": publishing.CHECKLIST,
        "may_publish": request.user.has_perm("objects.publish_traceobject"),
        "is_author": trace_object.author_id == request.user.pk,
        "missing": publishing.missing_requirements(trace_object, known_matches) if is_draft else [],
        "pictures": [_picture_context(each, known_matches.get(each.pk), request) for each in shown],
        "languages": pictures.languages_of(trace_object),
        "public_words": publishing.public_words(trace_object),
        "seen": publishing.fingerprint(trace_object) if undecided else "",
        "checked": request.POST.getlist("checked"),
        "closing": _closing_context(trace_object, request),
        "returned": _unless_followed(
            trace_object, "object.sent_back", "object.submitted", "object.drafted"
        )
        if is_draft
        else None,
        "purges": trace_object.purges.all()[:3],
    }


def _unless_followed(trace_object: TraceObject, action: str, *later: str) -> Entry | None:
    """Return the last entry of an action, unless one of others has come after it."""
    last = trail.latest(trace_object, action, *later)
    return last if last is not None and last.action == action else None


def _closing_context(trace_object: TraceObject, request: HttpRequest) -> dict[str, object]:
    """Return the context of the closing words: the public ones, the proposed ones, and who may act."""
    names = dict(settings.LANGUAGES)
    public = {each.language_code: each.closing_words for each in trace_object.translations.all()}
    declined = _unless_followed(
        trace_object, "object.words_declined", "object.words_proposed", "object.words_published"
    )
    kept = declined.detail.get("words", {}) if declined else {}
    return {
        "declined": declined,
        "public": [(code, names.get(code, code), text) for code, text in public.items() if text],
        "proposed": [
            (code, names.get(code, code), text)
            for code, text in trace_object.closing_proposal.items()
        ],
        "fields": [
            (
                code,
                language_name,
                request.POST.get(f"words_{code}")
                or trace_object.closing_proposal.get(code)
                or kept.get(code)
                or public.get(code, ""),
            )
            for code, language_name in pictures.languages_of(trace_object)
        ],
        "seen": publishing.words_fingerprint(trace_object),
        "is_author": trace_object.closing_proposed_by_id == request.user.pk,
    }


def _picture_context(
    picture: Picture, known_matches: list[hash_lists.Match] | None, request: HttpRequest
) -> dict[str, object]:
    """Return the context of one picture. ``known_matches`` is None if the object is already decided."""
    texts = {each.language_code: each.alt for each in picture.translations.all()}
    overrides = list(picture.overrides.select_related("analyst"))
    held_by = [] if known_matches is None else obstacles(picture, known_matches)
    about = overridable(picture, known_matches or []) if picture.inspected_at else {}
    overridden = {each.about for each in overrides if each.analyst_id == request.user.pk}
    return {
        "row": picture,
        "held_by": held_by,
        "overrides": overrides,
        "overridable": bool(about) and bool(held_by),
        "overridden_by_user": set(about) <= overridden,
        "texts": [
            (code, language_name, texts.get(code, ""))
            for code, language_name in pictures.languages_of(picture.object)
        ],
    }
