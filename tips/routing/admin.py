"""Desks and who is on duty, kept by administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, TypedDict

from django.contrib import admin
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest

from tips.models import Desk
from tips.routing.desks import officer_names
from traceobject.audit import trail
from traceobject.staff.authority import user_of

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _StaffedDesk(TypedDict):
        officer_names: list[str]

    StaffedDesk: TypeAlias = WithAnnotations[Desk, _StaffedDesk]


@admin.register(Desk)
class DeskAdmin(admin.ModelAdmin):
    """A country's desk and who is on duty, kept by administrators."""

    list_display = ["country", "name", "on_duty", "officers"]
    list_select_related = ["on_duty"]

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Desk]:
        return (
            super().get_queryset(request).annotate(officer_names=officer_names(OuterRef("country")))
        )

    @admin.display(description="case officers")
    def officers(self, desk: StaffedDesk) -> str:
        return ", ".join(desk.officer_names) or "none"

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "on_duty":
            kwargs["queryset"] = db_field.related_model.objects.filter(
                is_active=True, officer_countries__isnull=False
            ).distinct()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change) -> None:
        super().save_model(request, obj, form, change)
        trail.record("desk.changed", obj, by=user_of(request), on_duty=str(obj.on_duty or ""))
