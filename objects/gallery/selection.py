"""The gallery's filters, search and order."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.http import QueryDict

from objects.models import Category, TraceObject
from objects.models.trace_object import TraceObjectQuerySet

LONGEST_SEARCH = 100  # characters
MOST_WORDS = 6  # each is one more look through the texts
State = TraceObject.State
STATUSES = {
    "open": [State.PUBLISHED],
    "recognised": [State.IDENTIFIED],
    "all": [State.PUBLISHED, State.IDENTIFIED],
}
ORDERS = {
    "urgent": ["priority", "-published_at", "-id"],
    "newest": ["-published_at", "-id"],
}


@dataclass(frozen=True)
class Choice:
    """A visitor's filters. By default, all open objects are shown, the most urgent first."""

    search: str = ""
    category: str = ""
    region: str = ""
    status: str = "open"
    order: str = "urgent"

    @classmethod
    def from_query(cls, asked: QueryDict) -> Choice:
        """Return the filters of a query string. Unknown values are ignored."""
        regions = TraceObject.Region.values
        return cls(
            search=_search(asked.get("q", "")),
            category=asked.get("category", "")[:50].replace("\x00", ""),
            region=asked.get("region", "") if asked.get("region") in regions else "",
            status=asked.get("status", "") if asked.get("status") in STATUSES else "open",
            order=asked.get("order", "") if asked.get("order") in ORDERS else "urgent",
        )

    def query(self, **changes: str) -> str:
        """Return the filters, with changes, as a query string without default values."""
        values = {**vars(self), **changes}
        defaults = vars(Choice())
        names = {"search": "q"}
        return urlencode(
            {
                names.get(name, name): values[name]
                for name in defaults
                if values[name] != defaults[name]
            }
        )

    @property
    def is_default(self) -> bool:
        return self == Choice()


def _search(typed: str) -> str:
    """Return the words of a search: the first ``MOST_WORDS`` different ones."""
    words = typed.replace("\x00", "")[: 2 * LONGEST_SEARCH].split()
    different = {word.casefold(): word for word in reversed(words)}  # keeps the first spelling
    kept = list(dict.fromkeys(map(str.casefold, words)))[:MOST_WORDS]
    return " ".join(different[word] for word in kept)[:LONGEST_SEARCH].strip()


def select(choice: Choice, language: str) -> TraceObjectQuerySet:
    """Return the public objects that match. The search looks into a language and English."""
    found = _without_category(choice, language)
    if choice.category:
        found = found.filter(category__slug=choice.category)
    return found.order_by(*ORDERS[choice.order])


def categories(choice: Choice, language: str) -> list[Category]:
    """Return the categories by name, each with the number of its objects that match (``fitting``)."""
    fitting = _without_category(choice, language).values("pk")
    found = Category.objects.filter(traceobject__in=TraceObject.objects.public()).annotate(
        fitting=Count("traceobject", filter=Q(traceobject__in=fitting), distinct=True)
    )
    return sorted(found, key=lambda each: str(each).casefold())


def _without_category(choice: Choice, language: str) -> TraceObjectQuerySet:
    found = TraceObject.objects.public().filter(state__in=STATUSES[choice.status])
    if choice.region:
        found = found.filter(regions__contains=[choice.region])
    for word in choice.search.split():
        in_language = Q(translations__language_code__in=[language, "en"])
        in_text = Q()
        for name in ("title", "question", "known"):
            in_text |= Q(**{f"translations__{name}__icontains": word})
        fits = TraceObject.objects.filter(Q(reference__icontains=word) | (in_language & in_text))
        found = found.filter(pk__in=fits.values("pk"))
    return found
