"""Key rotation of uploaded files. A file is written anew under another name before the old one goes."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator
from functools import partial

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Count, Q, QuerySet

from tips.models import Attachment
from traceobject.crypto import rotation, sealing
from traceobject.storage import StoreUnavailable, store

NOT_NOTED = "key not noted"


def _with_file() -> QuerySet[Attachment]:
    return Attachment.objects.exclude(original="", view="")


def _count_by_key() -> Counter[str]:
    known = {key.name for key in sealing.configured_keys()}
    found: Counter[str] = Counter()
    rows = _with_file().order_by().values_list("sealed_with").annotate(count=Count("pk"))
    for name, count in rows:
        found[name if name in known else rotation.UNKNOWN if name else NOT_NOTED] += count
    return found


def _outdated() -> Iterator[int]:
    rows = _with_file().filter(~Q(sealed_with=sealing.newest_key())).order_by("pk")
    return rows.values_list("pk", flat=True).iterator()


def reseal(attachment_pk: int) -> None:
    """Encrypt the file of one upload with the newest key.

    The new file is read back before the row names it. The old one is deleted after the commit. If the
    process dies in between, one of the two belongs to no row and is deleted later
    (:func:`tips.intake.uploads.attachments.delete_unclaimed`).

    Raises:
        FileNotFoundError: the file is missing in the private store.
        StoreUnavailable: the store fails.
        Unreadable: no key opens the file.
    """
    private = store("private")
    with transaction.atomic():
        found = Attachment.objects.select_for_update().filter(pk=attachment_pk).first()
        if found is None or not (found.original or found.view):
            return
        column = "original" if found.original else "view"
        name = getattr(found, column)
        with private.open(name) as file:
            sealed = file.read()
        if not sealing.is_current(sealed):
            again = sealing.reseal(sealed)
            new = private.save(f"uploads/{secrets.token_hex(16)}", ContentFile(again))
            with private.open(new) as file:
                if file.read() != again:
                    raise StoreUnavailable("The store for pictures does not keep what is written.")
            transaction.on_commit(partial(private.delete, name))
            setattr(found, column, new)
        found.sealed_with = sealing.newest_key()
        found.save(update_fields=[column, "sealed_with"])


FILES = rotation.Kind("uploaded files", _count_by_key, _outdated, reseal)
