"""List filters that the admin of other apps uses."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from objects.models import TraceObject


class ObjectFilter(admin.SimpleListFilter):
    """Filter by object, with two queries for all references and titles."""

    title = parameter_name = "object"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        objects = TraceObject.objects.prefetch_related("translations").order_by("reference")
        return [(str(each.pk), str(each)) for each in objects]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        value = self.value()
        return queryset.filter(object=value) if value and value.isdecimal() else queryset
