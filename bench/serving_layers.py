"""The site without one of its layers, for bench.serving."""

import django
from django.conf import settings

django.setup()

from traceobject.bodies import Receiver  # noqa: E402
from traceobject.lastresort import catch_errors  # noqa: E402
from traceobject.page_cache import cache_pages  # noqa: E402
from traceobject.wsgi import django as pages  # noqa: E402


def _site(application):
    return catch_errors(Receiver(settings.WEB_BODIES).wrap(application))


without_memory = _site(pages)
without_number = _site(cache_pages(pages, generation=lambda: 0))
