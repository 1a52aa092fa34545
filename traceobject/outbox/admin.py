from django.contrib import admin

from traceobject.outbox.models import Step


@admin.register(Step)
class StepAdmin(admin.ModelAdmin):
    """What still waits, and why it failed so far; read only."""

    list_display = ["name", "subject", "due_at", "attempts", "last_error"]
    list_filter = ["name"]

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False
