"""Authorise and record an export; every way to export starts here."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from traceobject.audit import trail
from traceobject.staff.authority import Actor, authorise

PERMISSIONS = {"leads.exported": "tips.export_lead", "tips.exported": "tips.export_tip"}


def record_export(action: str, target: str, *, by: Actor, **detail: Any) -> None:
    """Record an export before its first row is read.

    Args:
        action: a key of ``PERMISSIONS``.
        target: where the rows go, such as a file's name.
        detail: the filters, for the audit trail.

    Raises:
        PermissionDenied: the actor may not export this.
    """
    authorise(by, PERMISSIONS[action])
    with transaction.atomic():
        trail.record(action, target, by=by, **detail)
