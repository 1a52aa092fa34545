"""Pictures in a form: validate them, store them with the message or for the form's next attempt."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from objects.pictures.hashes import sha256
from tips.intake import limits
from tips.intake.uploads import attachments
from traceobject.storage import StoreUnavailable

if TYPE_CHECKING:
    from tips.intake.public_form import PublicForm


def check_size(request: HttpRequest, form: PublicForm) -> None:
    """Add an error if a request was too large for its files to be read."""
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return
    if length > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
        form.add_error(
            "pictures",
            _(
                "Together, your pictures are larger than 40 MB. Remove some, or choose smaller ones."
            ),
        )


def check_room(form: PublicForm) -> None:
    """Add an error if there is no room for the pictures. The text can still be sent."""
    if form.is_valid() and not attachments.has_room(form.cleaned_data["pictures"]):
        form.add_error(
            "pictures",
            _(
                "We are receiving too many pictures right now. Send your text without pictures. You can "
                "add them later with your receipt."
            ),
        )


def restore_kept(form: PublicForm, tickets: list[str]) -> None:
    """Add the pictures of an earlier attempt. An expired one has to be chosen again."""
    redeemed = attachments.redeem(tickets)
    form.kept, form.stored_hashes = redeemed.unclaimed, redeemed.hashes
    if redeemed.has_expired:
        report_gone(form)


def report_gone(form: PublicForm) -> None:
    """Add an error: the pictures that were kept for a form are not there any more."""
    form.add_error(
        "pictures", _("We could not keep your pictures. Choose them again before you send.")
    )


def hashes(form: PublicForm) -> list[str]:
    """Return the SHA-256 of all pictures in a form, sorted."""
    new = []
    for file in form.cleaned_data["pictures"]:
        new.append(sha256(file.read()))
        file.seek(0)
    return sorted({*form.stored_hashes, *new})


def store_new(form: PublicForm, now: datetime) -> bool:
    """Store the new pictures of a form that is about to be accepted.

    Returns:
        False if they could not be stored. Then nothing may be accepted.
    """
    try:
        form.kept += attachments.store_files(form.cleaned_data["pictures"], now)
    except StoreUnavailable:
        return False
    return True


def context(request: HttpRequest, form: PublicForm, sender: str, now: datetime) -> dict[str, Any]:
    """Return the context of the pictures template; store the pictures of a form with errors."""
    lost = (
        form.is_bound
        and not form.pictures_rejected
        and _store_for_retry(request, form, sender, now)
    )
    return {
        "kept": [(attachments.ticket(each), number) for number, each in enumerate(form.kept, 1)],
        "lost_pictures": lost,
    }


def _store_for_retry(request: HttpRequest, form: PublicForm, sender: str, now: datetime) -> bool:
    """Store the valid pictures of a form with errors, so that nobody has to choose them twice.

    Returns:
        Whether some could not be stored and have to be chosen again.
    """
    room = attachments.MAX_PICTURES - len(form.kept)
    files = [
        file for file in request.FILES.getlist("pictures") if not attachments.validation_error(file)
    ]
    files = files[: max(0, room)]
    if not files:
        return False
    if limits.minutes_to_wait(limits.PICTURES, sender, now) or not attachments.has_room_for_unsent(
        files
    ):
        return True
    try:
        form.kept += attachments.store_files(files, now)
    except StoreUnavailable:
        return True
    limits.count(limits.PICTURES, sender, now, len(files))
    return False
