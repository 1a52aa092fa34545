"""Admin pages of campaigns: objects that are published together."""

from __future__ import annotations

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.views.decorators.http import require_POST

from objects import publishing
from objects.models import Campaign
from traceobject.audit import trail
from traceobject.errors import StepRefused
from traceobject.staff.authority import user_of


@admin.register(Campaign)
class CampaignAdmin(admin.ModelAdmin):
    """Plan and launch campaigns."""

    list_display = ["name", "publish_at", "ready", "launched_at"]
    fields = ["name", "publish_at"]
    change_form_template = "admin/objects/campaign.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        return super().get_queryset(request).prefetch_related("trace_objects")

    @admin.display(description="approved")
    def ready(self, campaign: Campaign) -> str:
        members = list(campaign.trace_objects.all())
        done = sum(1 for each in members if each.is_approved or each.is_public)
        return f"{done} of {len(members)}"

    def has_delete_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or obj.launched_at is None)

    def save_model(self, request, obj, form, change) -> None:
        super().save_model(request, obj, form, change)
        verb = "changed" if change else "planned"
        trail.record(
            f"campaign.{verb}",
            obj,
            by=user_of(request),
            publish_at=obj.publish_at.isoformat() if obj.publish_at else None,
        )

    def change_view(self, request, object_id, form_url="", extra_context=None):
        campaign = self.get_object(request, object_id)
        extra = {
            "members": campaign.trace_objects.prefetch_related("translations") if campaign else [],
            "may_publish": request.user.has_perm("objects.publish_traceobject"),
        }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **extra})

    def get_urls(self):
        launch = self.admin_site.admin_view(require_POST(self.launch))
        return [
            path("<int:pk>/launch/", launch, name="objects_campaign_launch"),
            *super().get_urls(),
        ]

    def launch(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Publish all objects of the campaign, or none if one is not ready."""
        if not request.user.has_perm("objects.publish_traceobject"):
            raise PermissionDenied
        try:
            publishing.launch(get_object_or_404(Campaign, pk=pk), by=user_of(request))
        except StepRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "The campaign has been launched.")
        return redirect("admin:objects_campaign_change", pk)
