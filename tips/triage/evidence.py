"""Look at what came as a picture: views, by those who triage; locked files, by the designated role."""

from __future__ import annotations

import json
from typing import Any

from django.core.files.storage import storages
from django.db import transaction

from tips.intake import sealing
from tips.models import Attachment
from traceobject.audit import trail

State = Attachment.State


def view(attachment: Attachment, *, by: object) -> bytes:
    """Give the clean copy (JPEG) of a picture, in one transaction with the record of who looked.

    Raises:
        LookupError: there is none: it is not checked yet, no picture, or locked.
    """
    with transaction.atomic():
        found = Attachment.objects.select_for_update().get(pk=attachment.pk)
        if found.state != State.CLEAN:
            raise LookupError(found.get_state_display())
        trail.record("attachment.seen", found, by=by, tip=found.tip_id)
    with storages["private"].open(found.view) as file:
        return sealing.unseal_file(file.read())


def original(attachment: Attachment, *, by: Any) -> bytes:
    """Give a locked or unreadable file as it came, to the designated role alone; the look is recorded.

    Raises:
        PermissionError: the person may not.
        LookupError: the file is not kept.
    """
    if not by.has_perm("tips.view_locked"):
        raise PermissionError("Only the safeguarding role may have this file.")
    with transaction.atomic():
        found = Attachment.objects.select_for_update().get(pk=attachment.pk)
        if found.state not in (State.LOCKED, State.REFUSED) or not found.original:
            raise LookupError(found.get_state_display())
        trail.record("attachment.original_taken", found, by=by, tip=found.tip_id)
    with storages["private"].open(found.original) as file:
        return sealing.unseal_file(file.read())


def place(attachment: Attachment, *, by: object) -> dict[str, Any]:
    """Give where and when a photo was taken, as its sender allowed; the look is recorded.

    Returns:
        ``latitude``, ``longitude``, ``taken``, as far as the camera noted them.
    """
    if attachment.taken is None:
        return {}
    with transaction.atomic():
        noted = json.loads(sealing.unseal(attachment.taken))
        trail.record("attachment.place_seen", attachment, by=by, tip=attachment.tip_id)
    return noted
