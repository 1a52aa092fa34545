"""Whose tips somebody may look at: a moderator's are all, an officer's those of their own referrals."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from tips.models import Referral, Tip
from traceobject.staff.authority import authorise
from traceobject.staff.models import User


def authorise_for_tip(by: User, permission: str, tip: Tip | None) -> None:
    """Make sure that somebody may look at what belongs to a tip (None: to a form that was not sent).

    Raises:
        PermissionDenied: they lack the permission, or the tip is in no referral of their countries.
    """
    authorise(by, permission)
    if by.has_perm("tips.vet_claim"):
        return
    mine = Referral.objects.handed_to(by)
    if tip is None or tip.claim_id is None or not mine.filter(lead__claim=tip.claim_id).exists():
        raise PermissionDenied("This tip is not in a referral to your countries.")
