"""The background steps of the audit trail: names and handlers. Their subject is an entry's number."""

from enum import StrEnum

from traceobject.outbox.lanes import Lane
from traceobject.outbox.registry import declare, register


class AuditStep(StrEnum):
    """Names of the steps in the outbox."""

    MAIL_HEAD = "audit.mail_head"
    WRITE_HEAD = "audit.write_head"
    STAMP_HEAD = "audit.stamp_head"


def _entries(numbers: list[int]) -> dict[int, str]:
    return {number: f"entry {number}" for number in numbers}


def register_steps() -> None:
    """Register a handler for each step. ``AppConfig.ready`` calls this."""
    from traceobject.audit import head

    declare(AuditStep)
    for step, work, label, destination in (
        (AuditStep.MAIL_HEAD, head.mail_head, "Mail the audit trail's digest", "mail server"),
        (AuditStep.WRITE_HEAD, head.write_head, "Write down the audit trail's digest", ""),
        (
            AuditStep.STAMP_HEAD,
            head.stamp_head,
            "Have the audit trail's digest stamped",
            "time stamp service",
        ),
    ):
        register(
            step,
            work,
            label=label,
            lane=Lane.OUTSIDE,
            in_transaction=False,
            destination=destination,
            describe=_entries,
        )
