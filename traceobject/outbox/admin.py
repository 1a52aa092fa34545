from django.contrib import admin

from traceobject.outbox import health
from traceobject.outbox.models import Step
from traceobject.staff.read_only import ReadOnlyAdmin


@admin.register(Step)
class StepAdmin(ReadOnlyAdmin):
    """What still waits, and why it failed so far; read only. Times are cut: they could tell of a tip."""

    list_display = ["description", "attempts", "reason", "is_given_up"]
    list_filter = ["name", ("given_up_at", admin.EmptyFieldListFilter)]
    fields = ["description", "attempts", "reason", "last_error", "is_given_up"]
    readonly_fields = ["description", "is_given_up"]
    ordering = ["id"]

    @admin.display(description="step")
    def description(self, step: Step) -> str:
        return health.describe(step)

    @admin.display(description="given up", boolean=True)
    def is_given_up(self, step: Step) -> bool:
        return step.given_up_at is not None
