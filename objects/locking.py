"""Lock an object for a step, and check that the step fits its state."""

from __future__ import annotations

from objects.models import TraceObject
from traceobject.errors import StepRefused

MAX_REASON = 1000


def lock_in_state(trace_object: TraceObject, *states: str) -> TraceObject:
    """Lock an object's row for the transaction and return it.

    Raises:
        StepRefused: its state is none of ``states``.
    """
    found = (
        TraceObject.objects.select_for_update(of=("self",))
        .select_related("author", "approver")
        .get(pk=trace_object.pk)
    )
    if found.state not in states:
        raise StepRefused(
            f"This is not possible: the state of {found.reference} is '{found.get_state_display()}'."
        )
    return found


def required_reason(reason: str) -> str:
    """Return a reason without surrounding whitespace.

    Raises:
        StepRefused: it is empty or too long.
    """
    if not reason.strip():
        raise StepRefused("Give a reason. It is recorded.")
    if len(reason.strip()) > MAX_REASON:
        raise StepRefused(f"The reason is longer than {MAX_REASON} characters.")
    return reason.strip()
