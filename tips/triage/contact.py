"""Access to a sender's contact details; every access is recorded."""

from __future__ import annotations

from django.db import transaction

from tips.models import Tip
from tips.triage.scope import authorise_for_tip
from traceobject.audit import trail
from traceobject.crypto import sealing
from traceobject.staff.models import User


def reveal(tip: Tip, *, by: User) -> str:
    """Decrypt a tip's contact detail, in one transaction with the record of who looked.

    Returns:
        The e-mail address, or an empty string where none was left.

    Raises:
        PermissionDenied: the person may not see this tip's contact details.
    """
    authorise_for_tip(by, "tips.view_contact", tip)
    if tip.contact is None:
        return ""
    with transaction.atomic():
        address = sealing.unseal(tip.contact)
        trail.record("contact.seen", tip, by=by)
    return address
