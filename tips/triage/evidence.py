"""Access to uploaded pictures: clean copies for triage and desks, locked files for safeguarding."""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction

from tips.models import Attachment
from tips.triage.scope import authorise_for_tip
from traceobject.audit import trail
from traceobject.crypto import sealing
from traceobject.errors import StepRefused
from traceobject.staff.authority import authorise
from traceobject.staff.models import User
from traceobject.storage import store

State = Attachment.State


def view_picture(attachment: Attachment, *, by: User) -> bytes:
    """Return the clean copy (JPEG) of a picture, in one transaction with the record of who looked.

    Raises:
        PermissionDenied: the person may not see this tip's pictures.
        StepRefused: there is none: it is not checked yet, not a picture, or locked.
    """
    authorise_for_tip(by, "tips.view_attachment", attachment.tip)
    with transaction.atomic():
        found = Attachment.objects.select_for_update().get(pk=attachment.pk)
        if found.state != State.CLEAN:
            raise StepRefused(f"This file has no picture to show: {found.get_state_display()}.")
        data = _read(found.view)
        trail.record("attachment.seen", found, by=by, tip=found.tip_id)
    return data


def take_original(attachment: Attachment, *, by: User) -> bytes:
    """Return a locked or unreadable file as it came, to the safeguarding role alone; the look is recorded.

    Raises:
        PermissionDenied: the person is not in the safeguarding role.
        StepRefused: the file is not kept.
    """
    authorise(by, "tips.view_locked")
    with transaction.atomic():
        found = Attachment.objects.select_for_update().get(pk=attachment.pk)
        if found.state not in (State.LOCKED, State.REFUSED) or not found.original:
            raise StepRefused(f"This file has no picture to show: {found.get_state_display()}.")
        data = _read(found.original)
        trail.record("attachment.original_taken", found, by=by, tip=found.tip_id)
    return data


def photo_place(attachment: Attachment, *, by: User) -> dict[str, Any]:
    """Return where and when a photo was taken, as its sender allowed; the look is recorded.

    Returns:
        ``latitude``, ``longitude``, ``taken``, as far as the camera noted them.
    """
    authorise_for_tip(by, "tips.view_attachment", attachment.tip)
    if attachment.taken is None:
        return {}
    with transaction.atomic():
        noted = json.loads(sealing.unseal(attachment.taken))
        trail.record("attachment.place_seen", attachment, by=by, tip=attachment.tip_id)
    return noted


def _read(name: str) -> bytes:
    try:
        with store("private").open(name) as file:
            return sealing.unseal_file(file.read())
    except FileNotFoundError:
        raise StepRefused(
            "This file is missing from the private store. Tell your operator."
        ) from None
