"""On a 2G connection a page is there in seconds: what crosses the wire, packed, before pictures."""

import gzip
import urllib.request

import pytest

from tests.factories import published

pytestmark = [pytest.mark.stack, pytest.mark.browser]


@pytest.fixture
def loaded(stack, visit):
    """Open a page and give the packed bytes of everything but its pictures, by address."""

    def load(path):
        page, asked = visit(), []
        page.on("request", lambda request: asked.append((request.url, request.resource_type)))
        page.goto(path, wait_until="networkidle")
        return {url: packed(url) for url, kind in asked if kind not in ("image", "media")}

    def packed(url):
        with urllib.request.urlopen(url) as answer:
            return len(gzip.compress(answer.read(), 6))

    return load


@pytest.mark.parametrize("language", ["", "/ar", "/uk"])
def test_an_object_weighs_60_kb_at_most_and_the_form_50(stack, loaded, language):
    made = published(known="Seen in 2016. " * 20, excluded="Not sold in France. " * 20)
    stack.web()
    for path, most in (("", 60_000), ("tip/", 50_000)):
        weights = loaded(f"{language}{made.get_absolute_url()}{path}")
        assert any(url.endswith("site.css") for url in weights)
        assert sum(weights.values()) < most, (sum(weights.values()), weights)
        assert all(url.startswith(stack.url) for url in weights)
        assert not any("font" in url for url in weights)
    assert any("altcha" in url for url in weights)
