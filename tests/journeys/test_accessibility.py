"""axe-core finds nothing to complain of, on every public page in its states, light and dark, both ways round."""

from pathlib import Path

import pytest
from django.conf import settings

from objects.models import Category
from tests.factories import drawing, encoded, identified, published, staff
from tests.journeys.people import sign_in
from tips.models import Tip
from tips.triage import questions
from traceobject.staff.roles import Role

pytestmark = [pytest.mark.stack, pytest.mark.browser]

AXE = Path(settings.BASE_DIR, "node_modules", "axe-core", "axe.min.js")
RUN = "async () => (await axe.run(document, {resultTypes: ['violations']})).violations.map(v => `${v.id}: ${v.nodes.map(n => n.html.slice(0, 120)).join(' | ')}`)"


def violations(page):
    page.add_script_tag(path=AXE)
    return page.evaluate(RUN)


@pytest.fixture
def made(stack):
    kind = Category.objects.create(name="Bags", slug="bags")
    made = published(title="Shopping bag", category=kind, made="1998", regions=["europe"])
    made.translations.create(language_code="ar", title="حقيبة", question="أين تباع؟")
    ended = identified("Thank you", title="Old tile")
    stack.web()
    return made, ended


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["", "/ar", "/de"])
def test_public_pages(made, stack, browser, scheme, language):
    open_one, ended = made
    context = browser.new_context(
        base_url=stack.url,
        color_scheme=scheme,
        bypass_csp=True,
        viewport={"width": 360, "height": 740},
    )
    page = context.new_page()
    tip = f"{language}/objects/{open_one.reference}/tip/"
    for path in (
        f"{language}/",
        f"{language}/?q=nothing-fits",
        f"{language}/?status=all",
        f"{language}/objects/{open_one.reference}/",
        f"{language}/objects/{ended.reference}/",
        tip,
        f"{language}/receipt/",
        f"{language}/results/",
        f"{language}/report/",
        f"{language}/no-such-page/",
        f"{language}/objects/Z9-99/tip/",
    ):
        page.goto(path)
        assert violations(page) == [], path
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), path
    page.goto(f"{language}/objects/{open_one.reference}/")
    page.locator(".zoom-open").click()
    page.locator(".zoom-frame canvas").first.wait_for()
    assert violations(page) == [], "zoomed"
    page.goto(tip)
    for part in page.locator("details summary").all():
        part.click()
    assert violations(page) == [], "form with all its parts"
    page.locator("#id_pictures").set_input_files(
        {"name": "x.png", "mimeType": "image/png", "buffer": encoded(drawing((60, 40)))}
    )
    page.locator("input[value=telephone]").check()
    page.locator("form button[type=submit]").click()
    page.locator("[role=alert]").wait_for()
    assert violations(page) == [], "form with mistakes and a kept picture"
    page.locator("#id_text").fill("Sold in Sevilla")
    page.locator("#id_contact").fill("+34 600 000 000")
    page.locator("main form button[type=submit]").click()
    page.locator("#receipt-code").wait_for()
    assert violations(page) == [], "thanks"
    code = page.locator("#receipt-code").inner_text().strip()
    moderator = staff(Role.MODERATOR)
    questions.ask(Tip.objects.latest("id"), by=moderator, text="Which colour was it?")
    for typed in ("7K2M7K2M7K2M7K2M7K2M", code):
        page.goto(f"{language}/receipt/")
        page.locator("#id_code").fill(typed)
        page.locator("main form button[type=submit]").click()
        page.wait_for_load_state()
        assert violations(page) == [], "receipt"
    page.locator("input[value=add] ~ p button, form button[type=submit]").first.click()
    page.locator("[role=alert]").wait_for()
    assert violations(page) == [], "an addition with a mistake"
    page.locator("#id_text").fill("Blue")
    page.locator("form button[type=submit]").first.click()
    page.locator("[role=status]").wait_for()
    assert violations(page) == [], "an addition that arrived"


@pytest.mark.parametrize("width", [320, 1280])
def test_a_narrow_page_loses_nothing(made, stack, browser, width):
    page = browser.new_context(
        base_url=stack.url, viewport={"width": width, "height": 256 if width == 320 else 800}
    ).new_page()
    own = f"/objects/{made[0].reference}/"
    for path in ("/", own, f"/uk{own}tip/", f"/de{own}", "/pl/results/", "/ar/report/"):
        page.goto(path)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_crop_page(made, stack, browser, scheme, tmp_path):
    from tests.factories import draft

    analyst = staff(Role.ANALYST)
    own = draft(author=analyst)
    context = browser.new_context(
        base_url=stack.url,
        color_scheme=scheme,
        bypass_csp=True,
        viewport={"width": 1280, "height": 900},
    )
    page = context.new_page()
    sign_in(page, analyst)
    page.goto(f"/admin/objects/traceobject/{own.pk}/crop/")
    (tmp_path / "x.png").write_bytes(encoded(drawing()))
    page.locator("#source").wait_for()
    page.set_input_files("#source", tmp_path / "x.png")
    page.locator("#desk").wait_for()
    page.locator("#use").click()
    page.locator("#result").wait_for()
    assert violations(page) == []
