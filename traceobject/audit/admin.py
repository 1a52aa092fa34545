"""The audit trail in the admin, read only."""

from django.contrib import admin

from traceobject.audit.models import Entry
from traceobject.staff.read_only import ReadOnlyAdmin


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    """Read only, for administrators."""

    list_display = ["number", "at", "actor", "action", "target"]
    list_filter = ["action"]
    search_fields = ["actor", "target"]
    date_hierarchy = "at"
