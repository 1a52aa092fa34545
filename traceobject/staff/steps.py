"""The background steps of staff accounts: names and handlers."""

from __future__ import annotations

from enum import StrEnum

from traceobject.outbox.lanes import Lane
from traceobject.outbox.registry import declare, register


class StaffStep(StrEnum):
    """Names of the steps in the outbox."""

    SEND_NOTICE = "staff.notice"


def register_steps() -> None:
    """Register a handler for each step. ``AppConfig.ready`` calls this."""
    from traceobject.staff import notices

    declare(StaffStep)
    register(
        StaffStep.SEND_NOTICE,
        notices.send,
        label="Send an email about an account",
        lane=Lane.OUTSIDE,
        in_transaction=False,
        destination="mail server",
        describe=notices.describe,
    )
