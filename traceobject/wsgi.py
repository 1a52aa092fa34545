"""The WSGI application that ``manage.py serve`` runs."""

import os

from django.core.wsgi import get_wsgi_application

from traceobject.memory_protection import protect_memory

protect_memory()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "traceobject.settings")

django = get_wsgi_application()

# These read the settings.
from django.conf import settings  # noqa: E402

from traceobject.bodies import Receiver  # noqa: E402
from traceobject.lastresort import catch_errors  # noqa: E402
from traceobject.page_cache import cache_pages  # noqa: E402

application = catch_errors(Receiver(settings.WEB_BODIES).wrap(cache_pages(django)))
