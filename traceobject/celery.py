"""The Celery application: ``celery -A traceobject worker``, ``celery -A traceobject beat``."""

import logging
import os

from celery import Celery
from celery.signals import beat_init, celeryd_init, worker_ready
from django.conf import settings

from traceobject.memory_protection import protect_memory

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "traceobject.settings")

log = logging.getLogger(__name__)
app = Celery("traceobject")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
@beat_init.connect
def keep_others_out(**_: object) -> None:
    """Protect the memory of a worker, and of the processes that it forks, and of beat."""
    protect_memory()


@celeryd_init.connect
@beat_init.connect
def start_embedded_broker(**_: object) -> None:
    """Start the embedded Valkey before the first connection to it, if REDIS_URL is not set."""
    if settings.EMBEDDED_BROKER:
        from traceobject import embedded

        embedded.ensure_running(settings.VAR_DIR)


@worker_ready.connect
def warn_of_the_databases_log(**_: object) -> None:
    """Log a warning for each setting by which the database server would log tips."""
    from django.db import DatabaseError, connection

    from traceobject import database_log

    try:
        for problem in database_log.problems():
            log.warning("The database server may log tips: %s", problem)
    except DatabaseError:
        pass  # the steps themselves will say that it is gone
    finally:
        connection.close()
