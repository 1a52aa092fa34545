"""The public objects for machines: an Atom feed, a JSON list and a sitemap."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.syndication.views import Feed
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import conditional_page, require_safe

from objects.gallery.caching import public
from objects.models import Category, Picture, TraceObject
from traceobject.page_cache import cached_page

ENTRIES = 40


class Objects(Feed):
    """An Atom feed (RFC 4287) of all objects or of one category, newest first."""

    feed_type = Atom1Feed

    @method_decorator(conditional_page)
    def __call__(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return public(super().__call__(request, *args, **kwargs))

    def get_object(self, request: HttpRequest, category: str = "") -> Category | None:
        return get_object_or_404(_in_use(), slug=category) if category else None

    def title(self, category: Category | None) -> str:
        return f"{settings.SITE_NAME} – {category}" if category else settings.SITE_NAME

    def link(self, category: Category | None) -> str:
        query = f"?category={category.slug}" if category else ""
        return settings.SITE_URL + reverse("gallery") + query

    def feed_url(self, category: Category | None) -> str:
        return settings.SITE_URL + (
            reverse("feed_of_category", args=[category.slug]) if category else reverse("feed")
        )

    def subtitle(self) -> str:
        return _("Do you recognise this?")

    def items(self, category: Category | None) -> list[TraceObject]:
        shown = TraceObject.objects.public().with_pictures()
        if category:
            shown = shown.filter(category=category)
        return list(shown.order_by("-published_at", "-id")[:ENTRIES])

    def item_title(self, item: TraceObject) -> str:
        return f"{item.reference} {item.title}"

    def item_description(self, item: TraceObject) -> str:
        return item.question

    def item_link(self, item: TraceObject) -> str:
        return settings.SITE_URL + item.get_absolute_url()

    def item_guid(self, item: TraceObject) -> str:
        return f"{settings.SITE_URL}/objects/{item.reference}/"

    def item_pubdate(self, item: TraceObject):
        return item.published_at

    def item_updateddate(self, item: TraceObject):
        return item.updated_at

    def item_categories(self, item: TraceObject) -> list[str]:
        return [str(item.category)] if item.category else []


@cached_page()
@require_safe
@conditional_page
def listing(request: HttpRequest) -> JsonResponse:
    """Return all public objects as JSON, for researchers and journalists (docs/data.md)."""
    shown = TraceObject.objects.public().with_pictures().order_by("reference")
    answer = JsonResponse({"objects": [_listing_entry(each) for each in shown]})
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return public(answer)


def _listing_entry(trace_object: TraceObject) -> dict[str, Any]:
    wordings = {
        each.language_code: {
            "title": each.title,
            "question": each.question,
            "known": each.known,
            "ruled_out": each.excluded,
            "closing_words": each.closing_words,
        }
        for each in trace_object.translations.all()
    }
    return {
        "reference": trace_object.reference,
        "state": trace_object.state,
        "address": f"{settings.SITE_URL}/objects/{trace_object.reference}/",
        "category": trace_object.category.slug if trace_object.category else None,
        "made": trace_object.made,
        "regions": trace_object.regions,
        "countries_ruled_out": [country.code for country in trace_object.excluded_countries],
        "published": _iso(trace_object.published_at),
        "updated": _iso(trace_object.updated_at),
        "words": wordings,
        "pictures": [_picture(each) for each in trace_object.pictures.all()],
    }


def _picture(picture: Picture) -> dict[str, Any]:
    return {
        "address": settings.SITE_URL + picture.largest.get_absolute_url(),
        "width": picture.width,
        "height": picture.height,
        "alternative_text": {each.language_code: each.alt for each in picture.translations.all()},
    }


def _iso(at) -> str | None:
    return at.replace(microsecond=0).isoformat() if at else None


def _in_use():
    return Category.objects.filter(traceobject__in=TraceObject.objects.public()).distinct()


class Pages(Sitemap):
    """A sitemap of the public pages and objects in every language, with their alternates."""

    i18n = alternates = x_default = True
    protocol = settings.SITE_URL.partition(":")[0]

    def get_domain(self, site: object = None) -> str:
        return settings.SITE_URL.partition("://")[2]

    def items(self) -> list[TraceObject | str]:
        return [
            "gallery",
            "results",
            "hotlines",
            *TraceObject.objects.public().order_by("-published_at", "-id"),
        ]

    def location(self, item: TraceObject | str) -> str:
        return reverse(item) if isinstance(item, str) else item.get_absolute_url()

    def lastmod(self, item: TraceObject | str):
        if isinstance(item, TraceObject):
            return item.updated_at
        return TraceObject.objects.public().aggregate(last=Max("updated_at"))["last"]


def list_paths(trace_object: TraceObject) -> list[str]:
    """Return the paths of all lists that include an object, in every language."""
    paths = [reverse("listing"), reverse("sitemap")]
    for language, _name in settings.LANGUAGES:
        with override(language):
            paths += [reverse("gallery"), reverse("feed"), reverse("results")]
            if trace_object.category:
                paths.append(reverse("feed_of_category", args=[trace_object.category.slug]))
    return paths
