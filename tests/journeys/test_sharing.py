"""An object is shown to others: by plain links, and as a picture that the visitor's browser draws."""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.factories import published

pytestmark = [pytest.mark.stack, pytest.mark.browser]


@pytest.mark.parametrize("language", ["", "/ar"])
def test_the_share_picture_has_the_object_and_the_question_and_nothing_else(stack, visit, language):
    made = published(title="Shopping bag", question="Where is this bag sold? " * 6)
    made.translations.create(language_code="ar", title="حقيبة", question="أين تباع هذه الحقيبة؟")
    stack.web()
    page = visit()
    page.goto(f"{language}{made.get_absolute_url()}")
    with page.expect_download() as download:
        page.locator("[data-share-picture]").click()
    data = download.value.path().read_bytes()
    assert download.value.suggested_filename == f"{made.reference}.png"
    with Image.open(io.BytesIO(data)) as drawn:
        assert (drawn.format, drawn.size) == ("PNG", (1080, 1350))
        assert not drawn.getexif()
        assert not drawn.text
        colours = drawn.convert("RGB").getcolors(1 << 24)
        below = drawn.convert("L").crop((0, 830, 1080, 1350))
    assert len(colours) > 40  # the picture
    assert below.getextrema()[1] > 200  # the words


def test_the_links_are_plain_and_nobody_else_is_asked(stack, visit):
    made = published(title="Shopping bag")
    stack.web()
    page, asked = visit(java_script_enabled=False), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(made.get_absolute_url())
    expect(page.get_by_role("link", name="Email")).to_have_attribute(
        "href",
        r"mailto:?subject=Shopping%20bag&body=Where%20is%20this%20bag%20sold%3F%20"
        + f"{stack.url}{made.get_absolute_url()}".replace(":", "%3A").replace("/", "%2F"),
    )
    for name in ("WhatsApp", "Telegram", "Facebook", "X"):
        link = page.get_by_role("link", name=name, exact=True)
        assert "noreferrer" in link.get_attribute("rel")
    assert all(url.startswith(stack.url) for url in asked)
