from django.contrib import admin

from traceobject.outbox.models import Step
from traceobject.staff.read_only import ReadOnlyAdmin


@admin.register(Step)
class StepAdmin(ReadOnlyAdmin):
    """What still waits, and why it failed so far; read only."""

    list_display = ["name", "subject", "due_at", "attempts", "last_error"]
    list_filter = ["name"]
