"""The background steps of objects: names and handlers."""

from enum import StrEnum

from traceobject.outbox.lanes import Lane
from traceobject.outbox.registry import declare, register


class ObjectStep(StrEnum):
    """Names of the steps in the outbox."""

    INSPECT_PICTURE = "picture.inspect"
    REMOVE_PUBLIC_COPIES = "stores.take_back"
    REPAIR = "stores.repair"
    PURGE_CACHES = "cache.purge"


def _pictures(numbers: list[int]) -> dict[int, str]:
    from objects.models import Picture

    found = Picture.objects.filter(pk__in=numbers).values_list("pk", "object__reference")
    return {number: f"picture {number} of {reference}" for number, reference in found}


def _objects(numbers: list[int]) -> dict[int, str]:
    from objects.models import TraceObject

    return dict(TraceObject.objects.filter(pk__in=numbers).values_list("pk", "reference"))


def register_steps() -> None:
    """Register a handler for each step. ``AppConfig.ready`` calls this."""
    from objects import publishing, screening, stores
    from objects.publishing import purging

    declare(ObjectStep)
    register(
        ObjectStep.INSPECT_PICTURE,
        screening.inspect,
        label="Inspect a picture",
        lane=Lane.PICTURES,
        in_transaction=False,
        destination="private store",
        describe=_pictures,
    )
    register(
        ObjectStep.REMOVE_PUBLIC_COPIES,
        publishing.remove_public_copies,
        label="Remove the public copies of a withdrawn object",
        lane=Lane.OUTSIDE,
        in_transaction=False,
        destination="public store",
        give_up_after=None,
        describe=_objects,
    )
    register(
        ObjectStep.REPAIR,
        stores.repair,
        label="Restore a public picture",
        lane=Lane.OUTSIDE,
        in_transaction=False,
        destination="public store",
    )
    register(
        ObjectStep.PURGE_CACHES,
        purging.send_purge,
        label="Purge caches",
        lane=Lane.OUTSIDE,
        in_transaction=False,
        destination="purge webhook",
        describe=purging.describe,
    )
