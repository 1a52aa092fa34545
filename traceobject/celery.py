"""The Celery application: ``celery -A traceobject worker``, ``celery -A traceobject beat``."""

import os

from celery import Celery
from celery.signals import beat_init, celeryd_init
from django.conf import settings

from traceobject.memory_protection import protect_memory

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "traceobject.settings")

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
