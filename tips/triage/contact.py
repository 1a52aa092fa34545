"""Look at a sender's contact details: possible, and always recorded."""

from __future__ import annotations

from django.db import transaction

from tips.intake import sealing
from tips.models import Tip
from traceobject.audit import trail


def reveal(tip: Tip, *, by: object) -> str:
    """Decrypt a tip's contact detail, in one transaction with the record of who looked.

    Returns:
        The e-mail address, or an empty string where none was left.

    Raises:
        PermissionError: the person may not see contact details.
    """
    if not by.has_perm("tips.view_contact"):
        raise PermissionError("You may not see contact details.")
    if tip.contact is None:
        return ""
    with transaction.atomic():
        address = sealing.unseal(tip.contact)
        trail.record("contact.seen", tip, by=by)
    return address
