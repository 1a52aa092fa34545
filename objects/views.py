"""The gallery, one object, and the picture files."""

from __future__ import annotations

from csp.decorators import csp_update
from django.core.files.storage import storages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from objects.models import Category, Rendition, TraceObject
from objects.pictures.derivatives import CONTENT_TYPES

PAGE = 24
PUBLIC_SECONDS = (
    60  # how long a cache may keep a page or a picture: a withdrawal must not wait longer
)


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """List the open objects, newest of the most urgent first, a category at a time if asked."""
    shown = TraceObject.objects.public().with_pictures()
    categories = Category.objects.filter(traceobject__in=TraceObject.objects.public()).distinct()
    chosen = categories.filter(slug=request.GET.get("category", "")).first()
    if chosen:
        shown = shown.filter(category=chosen)
    page = Paginator(shown.filter(state=TraceObject.State.PUBLISHED), PAGE).get_page(
        request.GET.get("page")
    )
    response = render(
        request,
        "objects/gallery.html",
        {
            "page": page,
            "identified": shown.filter(state=TraceObject.State.IDENTIFIED)[:PAGE],
            "categories": categories,
            "chosen": chosen,
            "query": f"category={chosen.slug}" if chosen else "",
        },
    )
    return _public(response)


# The one style element that OpenSeadragon adds, which hides a focus ring on touch screens.
ZOOM_STYLE = "'sha256-9xTiqzfwFaL2SGb1rmr8gysEwVVjIvqWAgmZgqFqpEE='"


@require_safe
@csp_update({"style-src": [ZOOM_STYLE]})
def trace_object(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one object. What is not public and what never was are the same 404."""
    if reference != reference.upper():
        return redirect("object", reference.upper(), permanent=True)
    found = get_object_or_404(
        TraceObject.objects.public().with_pictures(),
        reference=reference,
    )
    return _public(render(request, "objects/object.html", {"object": found}))


@require_safe
def picture_file(request: HttpRequest, name: str) -> FileResponse:
    """Serve a public picture, while a published object bears it; the database decides, not the store."""
    public = Rendition.objects.filter(name=name, picture__object__in=TraceObject.objects.public())
    store = storages["public"]
    if not public.exists() or not store.exists(name):
        raise Http404
    content_type = CONTENT_TYPES[name.rpartition(".")[2]]
    response = FileResponse(store.open(name), content_type=content_type)
    return _public(response)


def _public(response):
    response.headers["Cache-Control"] = f"public, max-age={PUBLIC_SECONDS}"
    return response
