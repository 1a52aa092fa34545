"""Views of the gallery, an object and its picture files."""

from __future__ import annotations

from csp.decorators import csp_update
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import conditional_page, require_safe

from objects import stores
from objects.gallery.caching import public
from objects.gallery.selection import Choice, categories, select
from objects.models import Rendition, TraceObject
from objects.pictures.derivatives import CONTENT_TYPES
from traceobject.page_cache import cached_page
from traceobject.storage import StoreUnavailable

PAGE = 24


@cached_page(reads=("q", "category", "region", "status", "order", "page"))
@require_safe
@conditional_page
def gallery(request: HttpRequest) -> HttpResponse:
    """Show the objects that match a visitor's search, category, region and status, in an order."""
    choice = Choice.from_query(request.GET)
    language = get_language() or "en"
    page = Paginator(select(choice, language).with_pictures(), PAGE).get_page(
        request.GET.get("page")
    )
    recognised = Choice(status="recognised", order="newest")
    return public(
        render(
            request,
            "objects/gallery.html",
            {
                "page": page,
                "choice": choice,
                "query": choice.query(),
                "chips": [
                    (each, choice.query(category=each.slug), each.slug == choice.category)
                    for each in categories(choice, language)
                ],
                "every_category": choice.query(category=""),
                "regions": TraceObject.Region.choices,
                "identified": select(recognised, language).with_pictures()[:PAGE]
                if choice.is_default
                else [],
            },
        )
    )


# The only style element that OpenSeadragon adds. It hides a focus ring on touch screens.
ZOOM_STYLE = "'sha256-9xTiqzfwFaL2SGb1rmr8gysEwVVjIvqWAgmZgqFqpEE='"


@cached_page()
@require_safe
@conditional_page
@csp_update({"style-src": [ZOOM_STYLE]})  # type: ignore[arg-type]  # stubs: no view with arguments
def trace_object(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one object. An object that is not public gets the same 404 as one that does not exist."""
    if reference != reference.upper():
        return redirect("object", reference.upper(), permanent=True)
    found: TraceObject = get_object_or_404(
        TraceObject.objects.public().with_pictures(),
        reference=reference,
    )
    return public(render(request, "objects/object.html", {"object": found}))


@cached_page()
@require_safe
def picture_file(request: HttpRequest, name: str) -> HttpResponse:
    """Serve a picture file if a public object has it. The database decides this, not the store.

    The file is read and compared with its name first. A damaged file is answered with 503, never with 200.
    """
    borne = Rendition.objects.filter(name=name, picture__object__in=TraceObject.objects.public())
    number = borne.order_by("pk").values_list("pk", flat=True).first()
    if number is None:
        raise Http404
    try:
        data = stores.read_public(name)
    except stores.FileMissing:
        stores.request_repair(number)
    except StoreUnavailable:
        pass
    else:
        return public(HttpResponse(data, content_type=CONTENT_TYPES[name.rpartition(".")[2]]))
    headers = {"Cache-Control": "no-store", "Retry-After": "60"}
    return HttpResponse(status=503, content_type="text/plain", headers=headers)
