"""The audit trail in the admin, in words and read only."""

from datetime import UTC, timedelta
from typing import Any

from django.contrib import admin
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from traceobject.audit import sentences
from traceobject.audit.filters import TrailFilter
from traceobject.audit.models import Entry, PendingEntry
from traceobject.staff.read_only import ReadOnlyAdmin


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    """Read only, for administrators."""

    list_display = ["number", "when", "what", "details"]
    list_filter = [TrailFilter]
    list_per_page = 60
    show_full_result_count = False
    sortable_by = ()
    change_list_template = "admin/audit/entries.html"
    change_form_template = "admin/audit/entry.html"
    fields = [
        *("number", "when", "what", "details", "actor", "actor_id", "action", "target"),
        *("target_user_id", "previous", "digest"),
    ]
    readonly_fields = ["when", "what", "details"]

    def changelist_view(self, request: Any, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(
            request,
            {
                **(extra_context or {}),
                "title": "Who did what to what",
                "pending": PendingEntry.objects.count(),
            },
        )

    def get_actions(self, request: Any) -> dict[str, Any]:
        return {}

    @admin.display(description="time")
    def when(self, entry: Entry) -> str:
        start = timezone.localtime(entry.at)
        if not is_hour_only(entry):
            return format_date(start, "j M Y, H:i:s")
        end = start + timedelta(hours=1)
        return f"{format_date(start, 'j M Y, H:i')} to {format_date(end, 'H:i')}"

    @admin.display(description="what happened")
    def what(self, entry: Entry) -> SafeString:
        who = entry.actor if entry.actor_id is None else f"{entry.actor} (no. {entry.actor_id})"
        target = entry.target
        if entry.target_user_id is not None:
            target = f"{target} (no. {entry.target_user_id})"
        return format_html(
            '<strong>{}</strong> <span dir="auto">{}</span>',
            who[:1].upper() + who[1:] if entry.actor_id is None else who,
            sentences.sentence(entry.action, target),
        )

    @admin.display(description="details")
    def details(self, entry: Entry) -> SafeString:
        rows = sentences.details(entry.detail)
        return format_html_join("", '<div dir="auto"><i>{}:</i> {}</div>', rows) or SafeString("–")


def is_hour_only(entry: Entry) -> bool:
    """Return whether an entry's time was cut to the hour, because it is about a tip."""
    at = entry.at.astimezone(UTC)
    return (at.minute, at.second, at.microsecond) == (0, 0, 0)
