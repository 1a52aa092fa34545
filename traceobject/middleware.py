"""Middleware for every request: refuse bad requests, set headers, and choose the language."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotFound,
    QueryDict,
)
from django.http.request import split_domain_port
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language_from_path, override

from traceobject.bodies import REFUSAL
from traceobject.headers import ISOLATION
from traceobject.rooms import staff_paths

Handler = Callable[[HttpRequest], HttpResponse]

SENSORS = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
SENSORS += "magnetometer=(), microphone=(), midi=(), payment=(), usb=(), browsing-topics=()"


def _is_onion(request: HttpRequest) -> bool:
    host, _ = split_domain_port(request.META.get("HTTP_HOST", "").lower())
    return bool(settings.ONION_HOST) and host.rstrip(".") == settings.ONION_HOST.lower()


def onion_service(get_response: Handler) -> Handler:
    """Announce the onion address on public pages. On that address, staff pages do not exist."""
    staff = staff_paths()

    def handle(request: HttpRequest) -> HttpResponse:
        if _is_onion(request):
            if request.path.startswith(staff):
                return HttpResponseNotFound()
            # Tor encrypts the connection, so there is no redirect to HTTPS and no HSTS.
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
    """Deny sensors and cross-origin use on all pages, and let no cache store a staff page."""
    staff = staff_paths()

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers["Permissions-Policy"] = SENSORS
        for name, value in ISOLATION.items():
            response.headers[name] = value
        if request.method == "POST" and request.path == "/accounts/logout/":
            # The next person at this machine finds nothing. One cookie stays: that of a known browser protects
            # its owner from being locked out.
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
            for name in (
                settings.CSRF_COOKIE_NAME,
                settings.SESSION_COOKIE_NAME,
                CookieStorage.cookie_name,
            ):
                response.delete_cookie(name)
        if request.path.startswith(staff):
            add_never_cache_headers(response)
            response.headers["Cache-Control"] = "no-store, private"
            # With no-referrer, a browser sends "Origin: null" with a form, which the cross-site check
            # refuses. No other site gets a referrer.
            response.headers["Referrer-Policy"] = "same-origin"
        return response

    return handle


def language_from_path(get_response: Handler) -> Handler:
    """Activate the language in the path: /fr/… is French, and a path without one is English.

    Cookies and Accept-Language are ignored, so that a URL has the same answer for everybody.
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


def refuse_bodies(get_response: Handler) -> Handler:
    """Answer a request whose body was refused (:mod:`traceobject.bodies`)."""

    def handle(request: HttpRequest) -> HttpResponse:
        refusal = request.META.get(REFUSAL)
        if refusal is None:
            return get_response(request)
        template = "refused.html" if refusal.status in (408, 413, 503) else "400.html"
        response = render(request, template, {"status": refusal.status}, status=refusal.status)
        response.headers["Cache-Control"] = "no-store"
        if refusal.retry_after:
            response.headers["Retry-After"] = str(refusal.retry_after)
        return response

    return handle


LARGEST_UNSTREAMED = 4 * 1024**2


def unstreamed_files(get_response: Handler) -> Handler:
    """Pass files to the server in one piece, so that a slow reader blocks no thread.

    The server sends bytes by itself. A streamed answer keeps a thread until it ends.
    """

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not isinstance(response, FileResponse) or request.method == "HEAD":
            return response
        length = response.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LARGEST_UNSTREAMED:
            return response
        unstreamed = HttpResponse(b"".join(response.streaming_content), status=response.status_code)
        if response.file_to_stream is not None:
            response.file_to_stream.close()  # not the response: that would end the request, too
        unstreamed.headers = response.headers
        unstreamed.cookies = response.cookies
        return unstreamed

    return handle


def strip_nul(get_response: Handler) -> Handler:
    """Remove NUL, which PostgreSQL cannot store, from queries, cookies and forms.

    Answer 404 for a path with NUL, because no page has one.
    """

    def handle(request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info:
            raise Http404
        if "%00" in request.META.get("QUERY_STRING", ""):
            request.META["QUERY_STRING"] = request.META["QUERY_STRING"].replace("%00", "")
        if "\\000" in request.META.get("HTTP_COOKIE", ""):  # a cookie's spelling; none is ours
            del request.META["HTTP_COOKIE"]
        if request.method == "POST":
            _strip_nul_from_form(request)
        return get_response(request)

    return handle


def _strip_nul_from_form(request: Any) -> None:
    """Remove NUL from a form when it is read; not earlier, because it may be large."""
    load = request._load_post_and_files

    def load_stripped() -> None:
        load()
        if any("\x00" in each for pair in request._post.lists() for each in (pair[0], *pair[1])):
            clean = QueryDict(mutable=True)
            for name, values in request._post.lists():
                clean.setlist(_stripped(name), [_stripped(value) for value in values])
            clean._mutable = False
            request._post = clean

    request._load_post_and_files = load_stripped


def _stripped(text: str) -> str:
    return text.replace("\x00", "")
