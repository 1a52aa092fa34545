"""Public pages set no cookie, have strict headers, and work without JavaScript."""

import re
from pathlib import Path

import pytest

from objects.models import Category
from tests.factories import published


@pytest.fixture
def pages(client):
    made = published()
    return [
        "/",
        made.get_absolute_url(),
        f"{made.get_absolute_url()}tip/",
        "/receipt/",
        "/robots.txt",
        "/nope/",
    ]


def test_no_page_sets_a_cookie(client, pages):
    for page in pages:
        answer = client.get(page)
        assert not answer.cookies, page
        assert "Cookie" not in answer.get("Vary", ""), page


def test_every_page_has_the_strict_headers(client, pages):
    for page in [*pages, "/accounts/login/"]:
        answer = client.get(page)
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "require-trusted-types-for 'script'" in policy
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] in ("no-referrer", "same-origin")
        assert "camera=()" in answer["Permissions-Policy"]


def test_forms_and_staff_pages_are_never_cached(client, pages):
    for page in [pages[2], "/receipt/", "/accounts/login/"]:
        assert "no-store" in client.get(page)["Cache-Control"]


def test_no_template_has_an_inline_script_or_style():
    for path in Path("templates").rglob("*.html"):
        text = path.read_text()
        assert not re.search(  # JSON is data: a browser runs none of it
            r"<script(?![^>]*\b(?:src=|type=.application/json))|\sstyle=|<style|\son\w+=|javascript:",
            text,
        ), path


def test_pages_are_light_enough_for_a_slow_connection(client, pages):
    css = len(Path("static/css/site.css").read_bytes())
    assert len(client.get(pages[1]).content) + css < 60_000
    assert len(client.get(pages[2]).content) + css < 50_000


def test_the_gallery_shows_a_category_at_a_time_and_pages_without_script(client):
    bags = Category.objects.create(name="Bags", slug="bags")
    for number in range(27):
        published(pictures=0, title=f"Bag {number}", category=bags)
    published(pictures=0, title="A lonely tile")
    first = client.get("/?category=bags").content.decode()
    assert "A lonely tile" not in first
    assert "category=bags&amp;page=2" in first
    second = client.get("/?category=bags&page=2").content.decode()
    assert second.count('class="card"') == 3
    assert client.get("/?page=999&category=<script>").status_code == 200


def test_the_question_is_shown_in_each_language_of_the_object(client):
    made = published(pictures=0)
    made.translations.create(language_code="ar", title="حقيبة", question="أين تباع؟")
    page = client.get(made.get_absolute_url()).content.decode()
    assert '<details class="wording" lang="ar"><summary>العربية</summary>' in page
    assert "أين تباع؟" in page


def test_a_picture_is_offered_in_every_format_and_size_with_its_dimensions(client):
    made = published()
    page = client.get(made.get_absolute_url()).content.decode()
    picture = made.pictures.get()
    for rendition in picture.renditions.all():
        assert f"{rendition.get_absolute_url()} {rendition.width}w" in page
    assert (
        page.index('type="image/avif"')
        < page.index('type="image/webp"')
        < page.index('<img src="/pictures/')
    )
    assert f'width="{picture.width}" height="{picture.height}"' in page
    assert "data:image/webp;base64," in page
    types = {
        client.get(each.get_absolute_url()).headers["Content-Type"]
        for each in picture.renditions.all()
    }
    assert types == {"image/avif", "image/webp", "image/jpeg"}


def test_the_number_of_queries_does_not_grow_with_the_gallery(client):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    published()
    with CaptureQueriesContext(connection) as few:
        client.get("/")
    for _ in range(4):
        published()
    with CaptureQueriesContext(connection) as many:
        client.get("/")
    assert len(many) == len(few)
