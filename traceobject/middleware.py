"""Response headers that every page carries, and those of pages that must not be stored."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language_from_path, override

from traceobject.headers import ISOLATION
from traceobject.rooms import staff_paths

Handler = Callable[[HttpRequest], HttpResponse]

SENSORS = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
SENSORS += "magnetometer=(), microphone=(), midi=(), payment=(), usb=(), browsing-topics=()"


def _is_onion(request: HttpRequest) -> bool:
    host = request.META.get("HTTP_HOST", "")
    return bool(settings.ONION_HOST) and host.lower() == settings.ONION_HOST.lower()


def onion_service(get_response: Handler) -> Handler:
    """Name the onion address on the pages of the public; on it, the staff's pages do not exist."""
    staff = staff_paths()

    def handle(request: HttpRequest) -> HttpResponse:
        if _is_onion(request):
            if request.path.startswith(staff):
                return HttpResponseNotFound()
            # Tor encrypts the way here: nobody is sent to HTTPS, nor told to insist on it.
            request.META |= {"HTTP_X_FORWARDED_PROTO": "https", "wsgi.url_scheme": "https"}
            response = get_response(request)
            response.headers.pop("Strict-Transport-Security", None)
            return response
        response = get_response(request)
        if settings.ONION_URL and not request.path.startswith(staff):
            response.headers["Onion-Location"] = settings.ONION_URL + request.get_full_path()
        return response

    return handle


def protective_headers(get_response: Handler) -> Handler:
    """Deny sensors and cross-origin use everywhere; let no cache keep a staff page."""
    staff = staff_paths()

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers["Permissions-Policy"] = SENSORS
        for name, value in ISOLATION.items():
            response.headers[name] = value
        if request.method == "POST" and request.path == "/accounts/logout/":
            # The next person at this machine finds nothing of what was shown.
            response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
        if request.path.startswith(staff):
            add_never_cache_headers(response)
            response.headers["Cache-Control"] = "no-store, private"
            # With no-referrer a browser sends "Origin: null" with a form, which the cross-site check
            # refuses. Staff's own pages may know of each other; no other site learns anything.
            response.headers["Referrer-Policy"] = "same-origin"
        return response

    return handle


def language_of_address(get_response: Handler) -> Handler:
    """Speak the language that the address names: /fr/… is French, without any it is English.

    Neither a cookie nor the browser's wishes are asked, so that an address has the same bytes for all.
    """

    def handle(request: HttpRequest) -> HttpResponse:
        language = get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        with override(language):
            response = get_response(request)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response = response.render()
        response.headers.setdefault("Content-Language", language)
        return response

    return handle
