"""Pictures chosen in a form: checked, kept with the message, or kept for the form that comes back."""

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
    """Add an error where a request was too large for its files to be read at all."""
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
    """Add an error where pictures cannot be taken now; the words can."""
    if form.is_valid() and not attachments.has_room(form.cleaned_data["pictures"]):
        form.add_error(
            "pictures",
            _(
                "We are receiving too many pictures right now. Send your text without pictures. You can "
                "add them later with your receipt."
            ),
        )


def restore_kept(form: PublicForm, tickets: list[str]) -> None:
    """Have a form send the pictures that were kept for it; one that is gone has to be chosen again."""
    redeemed = attachments.redeem(tickets)
    form.kept, form.stored_hashes = redeemed.free, redeemed.hashes
    if redeemed.has_expired:
        form.add_error(
            "pictures",
            _("We could not keep your pictures. Choose them again before you send."),
        )


def hashes(form: PublicForm) -> list[str]:
    """Return the SHA-256 of all pictures that a form sends, sorted; the same form has the same."""
    new = []
    for file in form.cleaned_data["pictures"]:
        new.append(sha256(file.read()))
        file.seek(0)
    return sorted({*form.stored_hashes, *new})


def store_new(form: PublicForm, now: datetime) -> bool:
    """Keep the new pictures of a form that is about to be accepted.

    Returns:
        False where the store takes none: nothing may be accepted then.
    """
    try:
        form.kept += attachments.store_files(form.cleaned_data["pictures"], now)
    except StoreUnavailable:
        return False
    return True


def context(request: HttpRequest, form: PublicForm, sender: str, now: datetime) -> dict[str, Any]:
    """Return what the template of the pictures needs, and keep what was chosen in a form with mistakes."""
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
    """Keep the good pictures of a form that comes back, so that nobody chooses them twice.

    Returns:
        Whether there were some that could not be kept, and have to be chosen again.
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
