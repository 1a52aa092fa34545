"""The WSGI application that granian serves: ``granian --interface wsgi traceobject.wsgi``."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "traceobject.settings")

django = get_wsgi_application()

from traceobject.fastpath import remembering  # noqa: E402  (it reads the settings)

application = remembering(django)
