"""Return the text of a message that could not be saved, in a form that sends it again.

Whatever fails between the button and the commit (no database, a full disk, a bug), the page that is
returned has all that was typed. It needs no database. Sending it again is safe: if the first
attempt was saved after all, there is still one tip.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render

log = logging.getLogger(__name__)

View = Callable[..., HttpResponse]
# Django has its own responses for these.
_ANSWERED = (BadRequest, Http404, MultiPartParserError, PermissionDenied, SuspiciousOperation)
RETRY_SECONDS = 60


def keep_text_on_failure(view: View) -> View:
    """Decorate a view so that a message that was not saved is returned for another attempt."""

    @wraps(view)
    def handle(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        try:
            return view(request, *args, **kwargs)
        except _ANSWERED:
            raise
        except DatabaseError as error:
            log.error("a message was not taken: %s", type(error).__name__)
            connection.close()
            return _page(request, 503)
        except Exception:
            log.exception("a message was not taken")
            return _page(request, 500)

    return handle


def _page(request: HttpRequest, status: int) -> HttpResponse:
    others = [
        (name, value) for name, values in request.POST.lists() for value in values if name != "text"
    ]
    context = {
        "text": request.POST.get("text", ""),
        "others": others,
        "had_pictures": bool(request.FILES),
        "leaves_through": True,
    }
    response = render(request, "tips/unsaved.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response
