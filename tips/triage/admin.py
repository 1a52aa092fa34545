"""The moderators' pages in the admin: the queue of claims, and the tips one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import Truncator
from django.views.decorators.http import require_POST
from django_countries import countries

from objects.admin.filters import ObjectFilter
from tips.matching.details import load_account
from tips.models import Attachment, Claim, LeadCountry, Proposal, Tip
from tips.triage import claim_queue, decisions, evidence, merging
from tips.triage.shown import show
from tips.triage.tip_admin import upload_for_moderators
from traceobject.errors import StepRefused
from traceobject.staff.authority import user_of
from traceobject.staff.read_only import ReadOnlyAdmin

if TYPE_CHECKING:
    from tips.triage.claim_queue import QueuedClaim


class Undecided(admin.SimpleListFilter):
    """Open claims unless another state is asked for: the queue is what waits."""

    title = parameter_name = "state"

    def lookups(self, request, model_admin):
        return [
            *((value, label) for value, label in Claim.State.choices if value != "open"),
            ("all", "All"),
        ]

    def choices(self, changelist):
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": Claim.State.OPEN.label,
        }
        yield from list(super().choices(changelist))[1:]

    def queryset(self, request, claims):
        state = self.value() or Claim.State.OPEN
        return claims if state == "all" else claims.filter(state=state)


class CountriesField(forms.MultipleChoiceField):
    """Countries from the page's boxes and lists; a list left at its first line counts for nothing."""

    def clean(self, value: list[str]) -> list[str]:
        return super().clean([code for code in value or [] if code])


class VetForm(forms.Form):
    """What officers will read, and whose officers."""

    summary = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=2000,
        help_text="Case officers read this: what it is, where, and how we know. Do not name the sender.",
        error_messages={"required": "Enter a summary for the case officers."},
    )
    countries = CountriesField(
        choices=lambda: [(c.code, c.name) for c in countries],
        error_messages={"required": "Choose at least one country. Its desk gets the lead."},
    )
    relation = forms.ChoiceField(
        choices=LeadCountry.Relation.choices, help_text="How the object relates to these countries."
    )


def _draft(claim: Claim, tips: list[Tip], named: dict[str, int]) -> dict[str, object]:
    """Begin the vetting form: a summary to edit, the country named most, and how the object relates."""
    words = Truncator(next((tip.text for tip in tips if tip.text), "")).chars(400)
    accounts = filter(None, (load_account(tip.account) for tip in tips[:20]))
    said = [country for account in accounts for country in account.suggested]
    # Of those that are named by as many tips, the one that is named most surely.
    surest = {code: max((c.score for c in said if c.code == code), default=0.0) for code in named}
    chosen = max(named, key=lambda code: (named[code], surest[code]), default="")
    return {
        "summary": f"{len(tips)} tips say: {words}" if len(tips) > 1 else f"One tip says: {words}",
        "countries": [chosen] if chosen else [],
        "relation": next(
            (c.relation for c in said if c.code == chosen and c.relation != "unknown"), "unknown"
        ),
    }


def _related(claim: Claim) -> list[Claim]:
    """The claims with a tip that is alike but differs from one of these, either way round."""
    others = Tip.objects.filter(object_id=claim.object_id, relation=Tip.Relation.RELATED)
    theirs = others.filter(related_to__claim=claim).values("claim")
    ours = others.filter(claim=claim).values("related_to__claim")
    found = claim_queue.claims().filter(Q(pk__in=theirs) | Q(pk__in=ours)).exclude(pk=claim.pk)
    return list(found.exclude(state=Claim.State.MERGED)[:20])


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin):
    """The queue, and the page on which one claim is decided."""

    list_display = ["claim", "said", "tips", "countries", "about", "points", "opened"]
    list_display_links = ["claim", "said"]
    list_filter = [Undecided, "is_flood", ObjectFilter]
    show_full_result_count = False
    search_fields = ["tips__text", "object__reference"]
    list_per_page = 50

    class Media:
        js = ["js/unsaved.js"]

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return claim_queue.ORDER

    def changelist_view(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        return super().changelist_view(
            request, {"title": "Queue of claims", **(extra_context or {})}
        )

    def get_queryset(self, request: HttpRequest):
        return claim_queue.claims()

    @admin.display(description="claim", ordering="pk")
    def claim(self, claim: Claim) -> str:
        return f"C-{claim.pk}"

    @admin.display(description="first tip")
    def said(self, claim: QueuedClaim) -> str:
        return Truncator(claim.first_text or "").chars(140)

    @admin.display(description="tips", ordering="tip_count")
    def tips(self, claim: Claim) -> int:
        return claim.tip_count

    @admin.display(description="countries")
    def countries(self, claim: QueuedClaim) -> str:
        return ", ".join(claim.first_countries or []) or "–"

    @admin.display(description="points", ordering="rank")
    def points(self, claim: QueuedClaim) -> str:
        return f"{claim.rank:.1f}"

    @admin.display(description="object", ordering="object__reference")
    def about(self, claim: Claim) -> str:
        return format_html('<span title="{}">{}</span>', claim.object, claim.object.reference)

    @admin.display(description="opened", ordering="opened_at")
    def opened(self, claim: Claim) -> str:
        return date_format(claim.opened_at, "j M, H:00")

    def get_urls(self):
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/vet/", view(require_POST(self.vet)), name="tips_claim_vet"),
            path("<int:pk>/reject/", view(require_POST(self.reject)), name="tips_claim_reject"),
            path("<int:pk>/reopen/", view(require_POST(self.reopen)), name="tips_claim_reopen"),
            path(
                "<int:pk>/merge/<int:other>/",
                view(require_POST(self.merge)),
                name="tips_claim_merge",
            ),
            path(
                "<int:pk>/decline/<int:proposal>/",
                view(require_POST(self.decline)),
                name="tips_claim_decline",
            ),
            path("<int:pk>/split/", view(require_POST(self.split)), name="tips_claim_split"),
            path("uploads/<int:pk>/", view(require_POST(self.upload)), name="tips_upload"),
        ]
        return own + super().get_urls()

    def change_view(self, request, object_id, form_url="", extra_context=None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if not str(object_id).isdecimal():
            raise Http404
        return self._page(
            request, get_object_or_404(Claim.objects.select_related("object", "lead"), pk=object_id)
        )

    def _page(self, request: HttpRequest, claim: Claim, status: int = 200, **more) -> HttpResponse:
        tips = list(
            claim.tips.order_by("id")
            .select_related("related_to__claim", "answers")
            .prefetch_related("attachments")[:500]
        )
        proposed = merging.proposals_for(claim) if claim.state == Claim.State.OPEN else []
        named = claim_queue.countries_of(claim)
        draft = VetForm(initial=_draft(claim, tips, named))
        lead = getattr(claim, "lead", None)
        form = more.pop("form", draft)
        chosen = [code for code in form["countries"].value() or [] if code]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": f"Claim C-{claim.pk}",
            "claim": claim,
            "object": claim.object,
            "tips": [show(tip, upload_for_moderators) for tip in tips],
            "tip_count": claim.tip_count,
            "related": [
                other
                for other in _related(claim)
                if other.pk not in {tip.claim_id for _, tip in proposed}
            ],
            "proposed": proposed,
            "points": claim_queue.explain_ranking(claim, timezone.now()),
            "lead": lead,
            "referrals": lead.referrals.select_related("officer").order_by("country")
            if lead
            else [],
            "may_vet": request.user.has_perm("tips.vet_claim"),
            "form": form,
            "boxes": [
                (code, countries.name(code), named.get(code, 0), code in chosen)
                for code in dict.fromkeys([*named, *chosen])
            ],
            "all_countries": [(c.code, c.name) for c in countries],
            "next": claim_queue.claims()
            .filter(state=Claim.State.OPEN)
            .exclude(pk=claim.pk)
            .first(),
            **more,
        }
        return TemplateResponse(request, "admin/tips/claim.html", context, status=status)

    def merge(self, request: HttpRequest, pk: int, other: int) -> HttpResponse:
        """Join another claim with this one."""
        claim, joined = self._open(request, pk), self._open(request, other)
        try:
            merging.merge(joined, claim, by=user_of(request))
        except StepRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"C-{other} has been merged into C-{pk}.")
        return redirect("admin:tips_claim_change", pk)

    def decline(self, request: HttpRequest, pk: int, proposal: int) -> HttpResponse:
        """Decline a proposed merge."""
        self._open(request, pk)
        merging.decline_proposal(get_object_or_404(Proposal, pk=proposal), by=user_of(request))
        return redirect("admin:tips_claim_change", pk)

    def split(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Split the ticked tips off into a claim of their own, and show that."""
        ticked = [int(each) for each in request.POST.getlist("tip") if each.isdecimal()]
        try:
            made = merging.split(self._open(request, pk), ticked, by=user_of(request))
        except StepRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:tips_claim_change", pk)
        messages.success(request, f"The tips have been split off from C-{pk}.")
        return redirect("admin:tips_claim_change", made.pk)

    def upload(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show an uploaded picture to a moderator who asks for it; the look is recorded."""
        if not (
            request.user.has_perm("tips.view_attachment") and self.has_view_permission(request)
        ):
            raise PermissionDenied
        shown = evidence.view_picture(get_object_or_404(Attachment, pk=pk), by=user_of(request))
        return HttpResponse(shown, content_type="image/jpeg")

    def _open(self, request: HttpRequest, pk: int) -> Claim:
        if not request.user.has_perm("tips.vet_claim"):
            raise PermissionDenied
        return get_object_or_404(Claim.objects.select_related("object"), pk=pk)

    def vet(self, request: HttpRequest, pk: int) -> HttpResponse:
        claim = self._open(request, pk)
        form = VetForm(request.POST)
        more = {}
        if form.is_valid():
            chosen = dict.fromkeys(form.cleaned_data["countries"], form.cleaned_data["relation"])
            try:
                lead = decisions.vet(
                    claim,
                    by=user_of(request),
                    summary=form.cleaned_data["summary"],
                    countries=chosen,
                )
            except StepRefused as refusal:
                form.add_error(None, str(refusal))
                more = {"refused": str(refusal), "typed": form.cleaned_data["summary"]}
            else:
                messages.success(
                    request,
                    f"C-{pk} is now lead {lead.reference}. It is being sent to {', '.join(chosen)}.",
                )
                return self._onward(request, pk)
        return self._page(request, claim, form=form, status=422, **more)

    def reject(self, request: HttpRequest, pk: int) -> HttpResponse:
        claim = self._open(request, pk)
        reason = request.POST.get("reason", "").replace("\x00", "")
        try:
            decisions.reject(claim, by=user_of(request), reason=reason)
        except StepRefused as refusal:
            more = {"reject_error": str(refusal), "refused": str(refusal), "typed": reason}
            return self._page(request, claim, reason=reason, status=422, **more)
        messages.success(request, f"C-{pk} has been rejected.")
        return self._onward(request, pk)

    def reopen(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            decisions.reopen(self._open(request, pk), by=user_of(request))
        except StepRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"C-{pk} has been reopened.")
        return redirect("admin:tips_claim_change", pk)

    @staticmethod
    def _onward(request: HttpRequest, pk: int) -> HttpResponse:
        """Go on with the next open claim, or back to the empty queue."""
        waiting = claim_queue.claims().filter(state=Claim.State.OPEN).first()
        if waiting is None:
            return redirect("admin:tips_claim_changelist")
        return redirect("admin:tips_claim_change", waiting.pk)
