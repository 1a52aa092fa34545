"""Tips as rows, with what matching made of each and why. No contact detail, no receipt."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction

from tips.export import csv_writer
from tips.models import Tip
from traceobject.audit import trail
from traceobject.staff.authority import Actor, authorise

COLUMNS = ("external_id", "id", "object", "claim", "relation", "reasons", "state", "countries")


def export_tips(*, by: Actor, target: str, reference: str = "") -> Iterator[str]:
    """Return the lines of a CSV file of tips. The export is recorded before its first row is read.

    Args:
        target: where the lines go, such as a file's name, for the audit trail.
        reference: of the one object to export; all where it is empty.

    Raises:
        PermissionDenied: the actor may not export tips.
    """
    authorise(by, "tips.export_tip")
    with transaction.atomic():
        trail.record("tips.exported", target, by=by, object=reference)
    return csv_writer.lines(COLUMNS, _rows(reference))


def _rows(reference: str) -> Iterator[list[object]]:
    """Return the cells of ``COLUMNS`` for each tip, oldest first.

    ``state`` is *received* until the tip is matched, then that of its claim: open, vetted, rejected. That
    of an erased tip is *erased*.
    """
    tips = Tip.objects.select_related("object", "claim").order_by("id")
    if reference:
        tips = tips.filter(object__reference=reference)
    for tip in tips.iterator(chunk_size=2000):
        yield [
            tip.external_id,
            tip.pk,
            tip.object.reference,
            tip.claim_id,
            tip.relation,
            "; ".join(tip.reasons),
            "erased" if tip.erased_on else tip.claim.state if tip.claim else tip.state,
            " ".join(tip.countries),
        ]
