"""The referrals that a case officer can see: every query of the desk starts here."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from tips.models import Attachment, Referral
from traceobject.staff.models import User


def referrals_for(officer: User) -> QuerySet[Referral]:
    """Return the referrals that were handed to the officer's own countries, newest first."""
    return (
        Referral.objects.handed_to(officer)
        .select_related("lead__object", "lead__claim", "officer", "acknowledged_by", "closed_by")
        .prefetch_related("lead__object__translations")
        .annotate(tip_count=Count("lead__claim__tips"))
        .order_by("-sent_at", "-id")
    )


def uploads_of(referral: Referral) -> QuerySet[Attachment]:
    """Return the files of the tips in a referral that :func:`referrals_for` returned."""
    return Attachment.objects.filter(tip__claim=referral.lead.claim_id)
