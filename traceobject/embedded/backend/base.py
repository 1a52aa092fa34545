"""The database backend: Django's own, except for the first connection."""

from django.conf import settings
from django.db.backends.postgresql import base

from traceobject import embedded
from traceobject.embedded.backend.version_check import refuse_another_version


class DatabaseWrapper(base.DatabaseWrapper):
    """Start the embedded servers on demand, so that commands without a database start none."""

    def get_new_connection(self, conn_params):
        embedded.ensure_running(settings.VAR_DIR)
        connection = super().get_new_connection(conn_params)
        if self.settings_dict["NAME"] == embedded.DATABASE:
            refuse_another_version(connection, embedded.Paths(settings.VAR_DIR).pgdata)
        return connection
