"""``manage.py check``: Django's, and whether the configured keys open everything that is encrypted."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import check
from django.db import DatabaseError, connection

from traceobject import embedded
from traceobject.crypto import rotation
from traceobject.crypto.management.commands.rotate_keys import describe


class Command(check.Command):
    help = f"{check.Command.help} Also checks that CONTACT_KEYS opens everything that is encrypted."

    def handle(self, *app_labels: Any, **options: Any) -> None:
        super().handle(*app_labels, **options)
        if app_labels or options["tags"] or options["list_tags"]:
            return
        is_embedded = connection.settings_dict["ENGINE"] == embedded.ENGINE
        if is_embedded and not embedded.Paths(settings.VAR_DIR).pgdata.exists():
            return  # nothing has been stored yet, and a check must not create a database
        try:
            missing = rotation.unopened()
        except DatabaseError:
            self.stderr.write("The keys were not checked, because there is no database yet.")
            return
        if missing:
            raise CommandError(describe(missing))
