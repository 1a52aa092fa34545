"""The outbox steps of tips, and the functions that do them."""

from enum import StrEnum

from objects.screening.hash_lists import hash_list_imported
from traceobject.outbox import queue
from traceobject.outbox.lanes import Lane
from traceobject.outbox.registry import declare, register


class TipStep(StrEnum):
    """Names as they stand in the outbox. A trigger of the database puts MATCH (``tips.models.rules``)."""

    INSPECT_UPLOAD = "attachment.inspect"
    RECHECK_UPLOAD = "attachment.recheck"
    COMPARE_HASH_LIST = "hash_list.compare"
    MATCH = "match"
    MATCH_PICTURE = "match.pictures"
    PROPOSE = "propose"
    ALERT = "attachment.alert"
    SEND_ALERT = "alert.send"
    ROUTE = "route"
    DELIVER = "deliver"


def register_steps() -> None:
    """Register the function of each step (``AppConfig.ready`` calls this)."""
    from tips.claims import match, proposals, same_pictures
    from tips.intake.uploads import inspect_upload
    from tips.routing import deliver, route
    from tips.triage import alerts

    declare(TipStep)
    for step, work, label, in_chunks in (
        (TipStep.INSPECT_UPLOAD, inspect_upload.inspect, "Check an uploaded picture", False),
        (
            TipStep.RECHECK_UPLOAD,
            inspect_upload.recheck,
            "Compare an upload with new hash lists",
            False,
        ),
        (
            TipStep.COMPARE_HASH_LIST,
            inspect_upload.compare_with_list,
            "Compare uploads with a hash list",
            True,
        ),
    ):
        register(
            step,
            work,
            label=label,
            lane=Lane.PICTURES,
            in_transaction=False,
            in_chunks=in_chunks,
            destination="private store" if step == TipStep.INSPECT_UPLOAD else "",
        )
    register(TipStep.MATCH, match.match, label="Match a tip")
    register(
        TipStep.MATCH_PICTURE, same_pictures.relate, label="Compare a tip's picture with others"
    )
    register(
        TipStep.PROPOSE,
        proposals.propose,
        label="Find similar tips in other languages",
        lane=Lane.PROPOSALS,
    )
    register(
        TipStep.ALERT,
        alerts.alert_safeguarding,
        label="Alert about a locked file",
        give_up_after=None,
    )
    register(
        TipStep.SEND_ALERT,
        alerts.send,
        label="Send an alert about a locked file",
        lane=Lane.OUTSIDE,
        in_transaction=False,
        destination="mail server",
        describe=alerts.describe,
    )
    register(TipStep.ROUTE, route.route, label="Refer a lead", describe=route.describe)
    register(
        TipStep.DELIVER,
        deliver.deliver,
        label="Email about a referral",
        lane=Lane.OUTSIDE,
        in_transaction=False,
        destination="mail server",
        describe=deliver.describe,
    )


def compare_uploads(hash_list: int, **_: object) -> None:
    """Queue a comparison of existing uploads with a new hash list."""
    queue.put(TipStep.COMPARE_HASH_LIST, hash_list)


def connect() -> None:
    """Listen to what other apps announce (``AppConfig.ready`` calls this)."""
    hash_list_imported.connect(compare_uploads, dispatch_uid="tips.compare_uploads")
