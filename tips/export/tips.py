"""Tips as rows, with what matching made of each and why. No contact detail, no receipt."""

from __future__ import annotations

from collections.abc import Iterator

from tips.models import Tip

COLUMNS = ("external_id", "id", "object", "claim", "relation", "reasons", "state", "countries")


def rows(reference: str = "") -> Iterator[list[object]]:
    """Return the cells of ``COLUMNS`` for each tip, oldest first.

    ``state`` is *received* until the tip is matched, then that of its claim: open, vetted, rejected.
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
            tip.claim.state if tip.claim else tip.state,
            " ".join(tip.countries),
        ]
