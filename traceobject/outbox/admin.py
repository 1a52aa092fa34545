"""The background steps in the admin, read only."""

from django.contrib import admin

from traceobject.outbox import registry
from traceobject.outbox.models import Step
from traceobject.staff.read_only import ReadOnlyAdmin


@admin.register(Step)
class StepAdmin(ReadOnlyAdmin):
    """The waiting and failed steps, read only.

    Times are not shown, and cannot be asked for in the address, because they could reveal when a tip was
    sent. The start page of administrators shows more, with the hour alone, and can retry steps.
    """

    list_display = ["label", "subject", "attempts", "reason", "is_given_up"]
    list_filter = ["name", ("given_up_at", admin.EmptyFieldListFilter)]
    fields = ["label", "subject", "attempts", "reason", "last_error", "is_given_up"]
    readonly_fields = ["label", "is_given_up"]
    ordering = ["id"]

    @admin.display(description="step", ordering="name")
    def label(self, step: Step) -> str:
        return registry.label(step.name)

    @admin.display(description="given up", boolean=True)
    def is_given_up(self, step: Step) -> bool:
        return step.given_up_at is not None
