"""oEmbed 1.0 (oembed.com): lets another site embed an object as a picture and a title."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve
from django.utils.translation import get_language_from_path, override
from django.views.decorators.http import conditional_page, require_safe

from objects.gallery.caching import SECONDS, public
from objects.models import Picture, TraceObject


@require_safe
@conditional_page
def oembed(request: HttpRequest) -> HttpResponse:
    """Describe the object at ``url``. Answer 404 if it is not public, 501 for a format other than JSON."""
    if request.GET.get("format", "json") != "json":
        return HttpResponse(status=501)
    address = request.GET.get("url", "").replace("\x00", "")
    try:
        parts = urlsplit(address)
    except ValueError:
        raise Http404 from None
    with override(get_language_from_path(parts.path) or settings.LANGUAGE_CODE):
        found = _public_object(parts)
        if found is None:
            raise Http404
        answer = JsonResponse(_response(found, request))
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return public(answer)


def _public_object(address: SplitResult) -> TraceObject | None:
    try:
        match = resolve(address.path)
    except Resolver404:
        return None
    if address.netloc != urlsplit(settings.SITE_URL).netloc or match.url_name != "object":
        return None
    shown = TraceObject.objects.public().with_pictures()
    return shown.filter(reference=match.kwargs["reference"]).first()


def _response(found: TraceObject, request: HttpRequest) -> dict[str, object]:
    about: dict[str, object] = {
        "version": "1.0",
        "type": "link",
        "title": f"{found.title}: {found.question}",
        "provider_name": settings.SITE_NAME,
        "provider_url": settings.SITE_URL,
        "author_name": settings.AGENCY_NAME,
        "author_url": settings.SITE_URL + found.get_absolute_url(),
        "cache_age": SECONDS,
    }
    pictures = list(found.pictures.all())
    if pictures:
        shown = _largest_within(
            pictures[0], _limit_from(request, "maxwidth"), _limit_from(request, "maxheight")
        )
        if shown is not None:
            about |= {
                "type": "photo",
                "url": settings.SITE_URL + shown.get_absolute_url(),
                "width": shown.width,
                "height": shown.height,
            }
    return about


def _largest_within(picture: Picture, width: int, height: int):
    sizes = [each for each in picture.renditions.all() if each.kind == "jpg"]
    fitting = [each for each in sizes if each.width <= width and each.height <= height]
    return max(fitting, key=lambda each: each.width, default=None)


def _limit_from(request: HttpRequest, name: str) -> int:
    given = request.GET.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 8 else 1_000_000
