"""Legal holds in the admin: propose, confirm, propose to lift, lift."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.views.decorators.http import require_POST

from objects.models import TraceObject
from tips.models import LegalHold, Tip
from tips.retention import holds
from traceobject.audit import trail
from traceobject.errors import StepRefused
from traceobject.staff.authority import user_of
from traceobject.staff.read_only import ReadOnlyAdmin


@admin.register(LegalHold)
class LegalHoldAdmin(ReadOnlyAdmin):
    """The holds, newest first. A hold names an object or a tip by its number, and nothing of its content."""

    list_display = ["id", "on", "state", "reason", "proposed_by", "confirmed_by", "lifted_by"]
    list_select_related = ["object", "proposed_by", "confirmed_by", "lifted_by"]
    change_list_template = "admin/tips/legal_holds.html"
    change_form_template = "admin/tips/legal_hold.html"
    fields = [
        *("on", "state", "reason", "proposed_by", "proposed_at", "confirmed_by", "confirmed_at"),
        *("taken_back_at", "lift_reason", "lift_proposed_by", "lifted_by", "lifted_at"),
    ]
    readonly_fields = ["on", "state"]

    @admin.display(description="on")
    def on(self, hold: LegalHold) -> str:
        return f"tip {hold.tip_id}" if hold.object is None else f"object {hold.object.reference}"

    def get_urls(self):
        view = self.admin_site.admin_view
        own = [
            path("propose/", view(require_POST(self.propose)), name="tips_hold_propose"),
            path("<int:pk>/confirm/", view(require_POST(self.confirm)), name="tips_hold_confirm"),
            path("<int:pk>/propose-lifting/", view(require_POST(self.propose_lifting)),
                 name="tips_hold_propose_lifting"),
            path("<int:pk>/take-back/", view(require_POST(self.take_back)),
                 name="tips_hold_take_back"),
            path("<int:pk>/decline-lifting/", view(require_POST(self.decline_lifting)),
                 name="tips_hold_decline_lifting"),
            path("<int:pk>/lift/", view(require_POST(self.lift)), name="tips_hold_lift"),
        ]  # fmt: skip
        return own + super().get_urls()

    def changelist_view(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        """List the holds; ``?on=`` fills in the form to propose one."""
        query = request.GET.copy()
        on = (query.pop("on", None) or [""])[0]
        request.GET = query  # type: ignore[assignment]  # else Django takes it for a filter
        return super().changelist_view(request, {"on": on[:20], **(extra_context or {})})

    def change_view(self, request, object_id, form_url="", extra_context=None):
        hold = LegalHold.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        extra: dict[str, object] = {}
        if hold is not None:
            last = trail.latest(hold, "hold.lifting_proposed", "hold.lifting_declined")
            is_declined = last is not None and last.action == "hold.lifting_declined"
            extra["seen"] = holds.lifting_fingerprint(hold)
            extra["declined"] = last if is_declined and hold.state == "in force" else None
        return super().change_view(request, object_id, form_url, {**extra, **(extra_context or {})})

    def propose(self, request: HttpRequest) -> HttpResponse:
        """Propose a hold on what ``on`` names: an object's reference or a tip's number."""
        on, reason = request.POST.get("on", "").strip(), request.POST.get("reason", "")
        try:
            hold = holds.propose(_target(on), by=user_of(request), reason=reason)
        except StepRefused as refusal:
            messages.error(request, str(refusal))
            request.method, request.GET = "GET", QueryDict()
            return self.changelist_view(request, {"on": on[:20], "hold_reason": reason})
        messages.success(
            request, "Nothing is erased for seven days. Another person has to confirm the hold."
        )
        return redirect("admin:tips_legalhold_change", hold.pk)

    def confirm(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Confirm a hold that somebody else proposed."""
        return self._step(request, pk, lambda hold: holds.confirm(hold, by=user_of(request)))

    def propose_lifting(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Propose to lift a hold, with a reason."""
        reason = request.POST.get("reason", "")
        return self._step(
            request,
            pk,
            lambda hold: holds.propose_lifting(hold, by=user_of(request), reason=reason),
            reason=reason,
        )

    def take_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take back one's own proposal of a hold."""
        return self._step(request, pk, lambda hold: holds.take_back(hold, by=user_of(request)))

    def decline_lifting(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Decline to lift a hold, with a reason."""
        reason = request.POST.get("reason", "")
        return self._step(
            request,
            pk,
            lambda hold: holds.decline_lifting(hold, by=user_of(request), reason=reason),
            reason=reason,
        )

    def lift(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Lift a hold whose lifting somebody else proposed."""
        seen = request.POST.get("seen", "")
        return self._step(
            request, pk, lambda hold: holds.lift(hold, by=user_of(request), seen=seen)
        )

    def _step(
        self, request: HttpRequest, pk: int, step: Callable[[LegalHold], None], reason: str = ""
    ) -> HttpResponse:
        hold = get_object_or_404(LegalHold, pk=pk)
        try:
            step(hold)
        except StepRefused as refusal:
            messages.error(request, str(refusal))
            request.method = "GET"
            return self.change_view(request, str(pk), extra_context={"lift_reason": reason})
        else:
            hold.refresh_from_db()
            messages.success(request, f"Legal hold {pk} is {hold.state}.")
        return redirect("admin:tips_legalhold_change", pk)


def _target(on: str) -> Tip | TraceObject:
    number = on.casefold().removeprefix("tip").strip()
    found: Tip | TraceObject | None
    if number.isdecimal() and len(number) < 19:
        found = Tip.objects.filter(pk=int(number)).first()
    else:
        found = TraceObject.objects.filter(reference=on.upper()).first()
    if found is None:
        raise StepRefused("Enter an object's reference, like G4-19, or a tip's number.")
    return found
