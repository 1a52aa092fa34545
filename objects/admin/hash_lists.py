"""Admin pages of the imported hash lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, TypedDict

from django.contrib import admin
from django.db.models import Count

from objects.models import HashList
from traceobject.staff.read_only import ReadOnlyAdmin

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _CountedList(TypedDict):
        pdq_count: int
        sha256_count: int

    CountedList: TypeAlias = WithAnnotations[HashList, _CountedList]


@admin.register(HashList)
class HashListAdmin(ReadOnlyAdmin):
    """The imported lists and their sizes. No hash is ever shown."""

    list_display = ("source", "dated", "imported_at", "pdq", "sha256")
    fields = list_display

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .annotate(pdq_count=Count("hashes__pdq"), sha256_count=Count("hashes__sha256"))
        )

    @admin.display(description="PDQ")
    def pdq(self, hash_list: CountedList) -> int:
        return hash_list.pdq_count

    @admin.display(description="SHA-256")
    def sha256(self, hash_list: CountedList) -> int:
        return hash_list.sha256_count
