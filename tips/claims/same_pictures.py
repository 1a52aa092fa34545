"""Relate tips that came with the same picture, whatever their text says."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from objects.models.bits import bits
from objects.pictures.hashes import PDQ_NEAR, PDQ_QUALITY
from tips.claims import membership
from tips.models import Attachment, Claim, Tip
from traceobject.outbox.failures import NotYet

MAX_RELATED = 5
_SIMILAR_PICTURES = """
    SELECT a.tip_id, min(bit_count(a.pdq # t.pdq::bit(256))) AS differing
    FROM tips_attachment a JOIN tips_tip o ON o.id = a.tip_id
    CROSS JOIN unnest(%s::text[]) AS t(pdq)
    WHERE o.object_id = %s AND a.tip_id <> %s AND a.pdq_quality >= %s
    AND bit_count(a.pdq # t.pdq::bit(256)) <= %s
    GROUP BY 1 ORDER BY 2, 1 LIMIT %s
"""


def relate(attachment_pk: int) -> None:
    """Add to a tip which others about the object came with the same picture. Safe to repeat.

    A tip that stood alone becomes related to the nearest one. Claims are not merged for it.
    """
    found = Attachment.objects.filter(pk=attachment_pk, tip__isnull=False, pdq__isnull=False)
    attachment = found.select_related("tip").first()
    if attachment is None or attachment.tip is None or (attachment.pdq_quality or 0) < PDQ_QUALITY:
        return
    turned = [bits(value) for value in attachment.pdq_turned]
    values: list[Any] = [
        turned,
        attachment.tip.object_id,
        attachment.tip_id,
        PDQ_QUALITY,
        PDQ_NEAR,
        MAX_RELATED,
    ]
    with transaction.atomic():
        tip = Tip.objects.select_for_update(of=("self",)).get(pk=attachment.tip.pk)
        if tip.state != Tip.State.MATCHED:
            raise NotYet("Its tip has not been matched yet.")
        with connection.cursor() as cursor:
            cursor.execute(_SIMILAR_PICTURES, values)
            alike = [number for number, _ in cursor.fetchall()]
        if not alike:
            return
        reasons = [f"same picture as tip {number}" for number in alike]
        other = Tip.objects.filter(pk__in=alike, claim__isnull=False).exclude(claim=tip.claim)
        nearest = other.exclude(claim__state=Claim.State.MERGED).order_by("pk").first()
        membership.relate(tip, reasons, to=nearest)
