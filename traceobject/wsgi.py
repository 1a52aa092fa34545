"""The WSGI application that ``manage.py serve`` runs."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "traceobject.settings")

django = get_wsgi_application()

# These read the settings.
from django.conf import settings  # noqa: E402

from traceobject.bodies import Receiver  # noqa: E402
from traceobject.fastpath import remembering  # noqa: E402
from traceobject.lastresort import catching  # noqa: E402

application = catching(Receiver(settings.WEB_BODIES).wrap(remembering(django)))
