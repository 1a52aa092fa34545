"""Leads as rows: one for each lead and country."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import TYPE_CHECKING, TypeAlias, TypedDict

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from tips.export import csv_writer
from tips.models import LeadCountry, Referral
from traceobject.audit import trail
from traceobject.staff.authority import Actor, authorise

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _ExportedLead(TypedDict):
        tip_count: int
        tip_ids: list[int]

    ExportedLead: TypeAlias = WithAnnotations[LeadCountry, _ExportedLead]

COLUMNS = (
    *("lead", "object", "object_title", "country", "country_name", "relation", "summary"),
    *("claim", "tips", "tip_ids", "vetted_by", "vetted_at"),
    *("referral", "referral_state", "sent_at", "acknowledged_at", "outcome", "closed_at"),
)


def select_leads(*, country: str = "", since: date | None = None) -> QuerySet[ExportedLead]:
    """Return leads by country and by the day they were vetted, one row for each of their countries."""
    rows = LeadCountry.objects.select_related("lead__object", "lead__claim", "lead__vetted_by")
    rows = rows.prefetch_related("lead__object__translations")
    if country:
        rows = rows.filter(country=country)
    if since:
        rows = rows.filter(
            lead__vetted_at__gte=timezone.make_aware(datetime.combine(since, time()))
        )
    return rows.annotate(
        tip_count=Count("lead__claim__tips"), tip_ids=ArrayAgg("lead__claim__tips", default=[])
    ).order_by("lead_id", "country")


def export_leads(
    *, by: Actor, target: str, country: str = "", since: date | None = None
) -> Iterator[str]:
    """Return the lines of a CSV file of leads. The export is recorded before its first row is read.

    Args:
        target: where the lines go, such as a file's name, for the audit trail.

    Raises:
        PermissionDenied: the actor may not export leads.
    """
    authorise(by, "tips.export_lead")
    with transaction.atomic():
        trail.record(
            "leads.exported", target, by=by, country=country, since=str(since) if since else ""
        )
    return csv_writer.lines(COLUMNS, _rows(select_leads(country=country, since=since)))


def _rows(selection: QuerySet[ExportedLead]) -> Iterator[list[object]]:
    referrals = {
        (referral.lead_id, referral.country.code): referral for referral in Referral.objects.all()
    }
    for row in selection.iterator(chunk_size=1000):
        lead = row.lead
        referral = referrals.get((lead.pk, row.country.code))
        yield [
            *(lead.reference, lead.object.reference, lead.object.title),
            *(row.country.code, row.country.name, row.relation, lead.summary),
            *(lead.claim_id, row.tip_count, " ".join(map(str, sorted(row.tip_ids)))),
            *(lead.vetted_by.get_username(), lead.vetted_at),
            *(
                [
                    *(referral.reference, referral.state, referral.sent_at),
                    *(referral.acknowledged_at, referral.outcome, referral.closed_at),
                ]
                if referral
                else [""] * 6
            ),
        ]
