"""The tips one by one, and the hotlines, in the admin."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.views.decorators.http import require_POST

from objects.admin.filters import ObjectFilter
from tips.models import Attachment, Hotline, LegalHold, Tip
from tips.triage import questions, withdrawal
from tips.triage.contact import reveal
from tips.triage.shown import ShownUpload, show
from traceobject.audit import trail
from traceobject.errors import StepRefused
from traceobject.staff.authority import user_of
from traceobject.staff.read_only import ReadOnlyAdmin


def upload_for_moderators(attachment: Attachment) -> ShownUpload:
    """Return a picture with the address that shows it to a moderator."""
    return ShownUpload(attachment, reverse("admin:tips_upload", args=[attachment.pk]))


@admin.register(Tip)
class TipAdmin(ReadOnlyAdmin):
    """Every tip, readable, with the reason that tied it to its claim."""

    list_display = ["id", "object", "excerpt", "relation", "claim_link", "source", "received_at"]
    list_filter = ["state", "relation", "source", "trust", "is_flagged", "language", ObjectFilter]
    search_fields = ["text", "place", "why", "external_id"]
    list_select_related = ["object", "claim"]
    show_full_result_count = False
    change_form_template = "admin/tips/tip.html"
    fields = [
        *("object", "text", "country", "place", "url", "seen_when", "sureness", "why"),
        *("language", "received_at", "source", "external_id", "trust", "is_flagged"),
        "erased_on",
        *("state", "claim_link", "relation", "reasons_given", "countries", "follows_link"),
    ]
    readonly_fields = ["claim_link", "reasons_given", "follows_link"]

    class Media:
        js = ["js/unsaved.js"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tip]:
        return super().get_queryset(request).prefetch_related("object__translations")

    @admin.display(description="text")
    def excerpt(self, tip: Tip) -> str:
        return Truncator(tip.shown_text).chars(120)

    @admin.display(description="claim")
    def claim_link(self, tip: Tip) -> str:
        if tip.claim_id is None:
            return "not matched yet"
        return format_html(
            '<a href="{}">C-{}</a>',
            reverse("admin:tips_claim_change", args=[tip.claim_id]),
            tip.claim_id,
        )

    @admin.display(description="adds to")
    def follows_link(self, tip: Tip) -> str:
        if tip.follows_id is None:
            return "–"
        return format_html(
            '<a href="{}">tip {}</a>',
            reverse("admin:tips_tip_change", args=[tip.follows_id]),
            tip.follows_id,
        )

    @admin.display(description="reasons")
    def reasons_given(self, tip: Tip) -> str:
        return "; ".join(tip.reasons) or "not matched yet"

    def get_urls(self):
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/contact/", view(require_POST(self.contact)), name="tips_tip_contact"),
            path("<int:pk>/ask/", view(require_POST(self.ask)), name="tips_tip_ask"),
            path("<int:pk>/withdraw/", view(require_POST(self.withdraw)), name="tips_tip_withdraw"),
        ]
        return own + super().get_urls()

    def change_view(self, request, object_id, form_url="", extra_context=None) -> HttpResponse:
        tip = Tip.objects.filter(pk=object_id).first() if str(object_id).isdecimal() else None
        about = {}
        if tip is not None:
            about = {
                "uploads": show(tip, upload_for_moderators).uploads,
                "holds": LegalHold.objects.in_force().about(tip),
                "questions": tip.questions.select_related("asked_by", "answer"),
                "additions": tip.additions.order_by("id"),
                "may_withdraw": tip.state == Tip.State.MATCHED
                and request.user.has_perm("tips.vet_claim"),
                "may_ask": questions.reachable(tip)
                and request.user.has_perm("tips.vet_claim")
                and not tip.questions.filter(answer__isnull=True).exists(),
            }
        return super().change_view(
            request, object_id, form_url, {**about, "subtitle": None, **(extra_context or {})}
        )

    def ask(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask the sender a question; on an error, show the page again with the typed text."""
        text = request.POST.get("question", "")
        try:
            questions.ask(get_object_or_404(Tip, pk=pk), by=user_of(request), text=text)
        except StepRefused as refusal:
            request.method = "GET"
            extra = {"ask_error": str(refusal), "asked": text}
            return self.change_view(request, str(pk), extra_context=extra)
        messages.success(
            request, "Your question has been saved. The sender sees it if they come back."
        )
        return redirect("admin:tips_tip_change", pk)

    def withdraw(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Withdraw a tip from its claim."""
        tip = get_object_or_404(Tip, pk=pk)
        try:
            withdrawal.withdraw(tip, by=user_of(request), reason=request.POST.get("reason", ""))
        except StepRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"Tip {pk} has been withdrawn. It stays readable here.")
        return redirect("admin:tips_tip_change", pk)

    def contact(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the contact details in the page that answers; the look is recorded."""
        tip = get_object_or_404(Tip, pk=pk)
        revealed = reveal(tip, by=user_of(request))
        request.method = "GET"  # Django shows a read-only page to a GET alone
        return self.change_view(request, str(pk), extra_context={"revealed": revealed})


@admin.register(Hotline)
class HotlineAdmin(admin.ModelAdmin):
    """Where the public reports pictures of abuse; each change is in the trail."""

    list_display = ["name", "country", "address", "telephone"]

    def save_model(self, request, hotline, form, change) -> None:
        with transaction.atomic():
            super().save_model(request, hotline, form, change)
            trail.record("hotline.changed", hotline, by=user_of(request))

    def delete_model(self, request, hotline) -> None:
        with transaction.atomic():
            trail.record("hotline.removed", hotline, by=user_of(request))
            super().delete_model(request, hotline)

    def delete_queryset(self, request, hotlines) -> None:
        for hotline in hotlines:
            self.delete_model(request, hotline)
