"""Every change to data that a cached page shows raises the public generation."""

import re

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import path, resolve
from django.utils.translation import get_language_from_path, override

from objects.gallery.caching import public
from objects.models import Category
from tests.factories import identified, lead, published
from tips.models import Hotline, Lead
from traceobject.rooms import PUBLIC

# What a page may read though the generation does not move with it: how it is late, and why that is right.
MINUTE_LATE = "figures of whole months in tens (docs/decisions/018): a minute late at most"
EXCEPTIONS = {
    ("results", "tips_tip"): MINUTE_LATE,
    ("results", "tips_lead"): "only says which object a referral is about, and that never changes",
    ("results", "tips_referral"): "only what was released counts; a trigger watches just that",
}


@pytest.fixture
def addresses():
    """URLs of every public page, with some data for each of them to show."""
    category = Category.objects.create(name="Bags", slug="bags")
    shown = published(category=category, regions=["europe"], excluded_countries=["FR"])
    solved = identified("Found in Spain, thanks to you.", category=category)
    Hotline.objects.create(name="Line", address="https://line.example/", country="ES")
    page, reference = shown.get_absolute_url(), shown.reference
    return {
        "gallery": ["/", "/?q=bag&category=bags&region=europe&status=all&order=newest&page=2"],
        "object": [page, solved.get_absolute_url(), f"/fr{page}"],
        "feed": ["/feed/", "/ar/feed/"],
        "feed_of_category": ["/feed/bags/"],
        "listing": ["/objects.json"],
        "oembed": [f"/oembed?url=http://localhost:8000/objects/{reference}/&maxwidth=500"],
        "sitemap": ["/sitemap.xml"],
        "picture": [f"/pictures/{shown.pictures.get().largest.name}"],
        "tip": [f"{page}tip/"],
        "receipt": ["/receipt/"],
        "results": ["/results/", "/uk/results/"],
        "hotlines": ["/report/"],
        "leave": ["/leave/"],
        **{"health": ["/healthz"], "live": ["/livez"], "robots": ["/robots.txt"]},
        "security_txt": ["/.well-known/security.txt"],
    }


def match_of(address):
    bare = address.partition("?")[0]
    with override(get_language_from_path(bare) or "en"):
        return resolve(bare)


def tables_read(client, address):
    """Request a page as a cache without it does. Return the answer and the tables that it read."""
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = client.get(address)
    every = connection.introspection.table_names()
    words = set(re.findall(r"\w+", " ".join(query["sql"] for query in asked)))
    return answer, words & set(every)


def watched_tables():
    """Return the tables with triggers that raise the generation for every kind of change."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
               WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgqual IS NULL
                 AND tgattr = '' AND pg_get_functiondef(tgfoid) ~ 'public_(generation|changed)'
               GROUP BY relname HAVING bit_or(tgtype) & 28 = 28"""  # INSERT 4, DELETE 8, UPDATE 16
        )
        return {name for (name,) in cursor.fetchall()}


def unwatched(client, name, address):
    """Return the tables of a cached page whose changes do not raise the generation."""
    answer, read = tables_read(client, address)
    if not answer.headers.get("Cache-Control", "").startswith("public"):
        return set()
    return {table for table in read - watched_tables() if (name, table) not in EXCEPTIONS}


def test_every_page_that_a_cache_may_keep_reads_what_moves_the_generation(client, addresses):
    assert set(addresses) == PUBLIC
    for name, pages in addresses.items():
        for address in pages:
            assert not unwatched(client, name, address), address


def test_every_page_is_asked_for_where_it_shows_something(client, addresses, settings):
    settings.SECURITY_CONTACT = "mailto:security@agency.example"
    for name, pages in addresses.items():
        for address in pages:
            answer = client.get(address)
            assert answer.status_code == (302 if name == "leave" else 200), address
            assert match_of(address).view_name == name


def test_the_page_cache_holds_public_pages_only(client, addresses):
    kept = set()
    for name, pages in addresses.items():
        for address in pages:
            if hasattr(match_of(address).func, "reads_parameters"):
                kept.add(name)
                assert client.get(address).headers["Cache-Control"].startswith("public"), address
    assert kept >= {"gallery", "object", "picture", "results", "feed"}


def leads(request):
    """A page that somebody may add later without thinking of caches."""
    return public(HttpResponse("".join(each.summary for each in Lead.objects.all())))


urlpatterns = [path("leads-so-far", leads, name="gallery")]


@pytest.mark.urls(__name__)
def test_a_page_that_reads_leads_would_be_found(client):
    lead("ES")
    assert unwatched(client, "gallery", "/leads-so-far") == {"tips_lead"}


def test_every_exception_is_for_a_table_that_a_page_reads(client, addresses):
    read = {
        (name, table)
        for name, pages in addresses.items()
        for address in pages
        for table in tables_read(client, address)[1]
    }
    assert set(EXCEPTIONS) <= read


@pytest.mark.parametrize("change", ["insert", "update", "delete"])
def test_a_trigger_that_misses_a_kind_of_change_does_not_count(change):
    others = " OR ".join({"INSERT", "UPDATE", "DELETE"} - {change.upper()})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, proname FROM pg_trigger JOIN pg_proc p ON p.oid = tgfoid "
            "WHERE tgrelid = 'tips_hotline'::regclass AND NOT tgisinternal"
        )
        for trigger, function in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{trigger}" ON tips_hotline')
            cursor.execute(
                f'CREATE TRIGGER "{trigger}" AFTER {others} ON tips_hotline '
                f'FOR EACH ROW EXECUTE FUNCTION "{function}"()'
            )
    assert "tips_hotline" not in watched_tables()
