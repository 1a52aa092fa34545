"""The whole way of a tip in a real browser: the public, a moderator, an officer, an investigator."""

import csv
import io
import re

import pytest
from playwright.sync_api import expect

from tests.factories import PASSWORD, published, staff
from tests.journeys.people import sign_in
from tests.stack import wait_until
from tips.models import Referral, Tip
from traceobject.audit import trail
from traceobject.staff.roles import Role

pytestmark = [pytest.mark.stack, pytest.mark.browser]

PHONE = {"viewport": {"width": 360, "height": 740}}


def test_a_tip_travels_from_a_visitor_to_an_outcome_and_a_csv(stack, visit):
    trace_object = published(title="Shopping bag with a red bird")
    moderator, officer = staff(Role.MODERATOR), staff(Role.CASE_OFFICER, "ES")
    investigator = staff(Role.INVESTIGATOR)
    stack.web()
    stack.worker()
    stack.beat()

    visitor = visit(**PHONE)
    visitor.goto("/")
    visitor.get_by_role("link", name=re.compile("Shopping bag")).click()
    visitor.get_by_role("link", name="Tell us what you know").click()
    visitor.get_by_role("button", name="Send tip").click()
    expect(visitor.get_by_role("alert")).to_contain_text("Nothing has been sent yet")
    visitor.get_by_label("What do you know about it?").fill(
        "This bag is sold at Mercado in Sevilla."
    )
    visitor.get_by_label("Country").fill("Spain")
    visitor.get_by_role("button", name="Send tip").click()
    expect(visitor.get_by_role("heading", level=1)).to_contain_text("Thank you")
    code = visitor.locator("#receipt-code").inner_text().strip()
    assert visitor.context.cookies() == []
    wait_until(lambda: Tip.objects.filter(state="matched").exists())

    visitor.goto("/receipt/")
    visitor.get_by_label("Your receipt code").fill(code)
    visitor.get_by_role("button", name="Check").click()
    expect(visitor.get_by_role("heading", level=1)).to_contain_text("waiting to be read")

    page = visit()
    sign_in(page, moderator)
    page.get_by_role("link", name=re.compile("This bag is sold at Mercado")).click()
    expect(page.get_by_label("Spain")).to_be_checked()
    page.get_by_label("Summary for case officers").fill("Bag of a market in Sevilla.")
    page.get_by_role("button", name="Create lead").click()
    expect(page.get_by_text("is now lead L-")).to_be_visible()
    wait_until(lambda: Referral.objects.filter(deliveries__sent_at__isnull=False).exists(), 60)

    (letter,) = stack.mail.iterdir()
    link = re.search(r"http://\S+/desk/\d+/", letter.read_text()).group(0)
    page = visit(**PHONE)
    page.goto(link)
    page.get_by_label("Username").fill(officer.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("Bag of a market in Sevilla.")).to_be_visible()
    page.get_by_role("button", name="Acknowledge").click()
    page.get_by_label("Confirmed: the object is from here").check()
    page.get_by_label("What you found").fill("Two shops.")
    page.get_by_role("button", name="Record outcome").click()
    expect(page.get_by_text("The outcome has been recorded.")).to_be_visible()

    page = visit()
    sign_in(page, investigator)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export CSV").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["object"], row["country"], row["outcome"]) == (
        trace_object.reference,
        "ES",
        "confirmed",
    )

    visitor.goto("/receipt/")
    visitor.get_by_label("Your receipt code").fill(code)
    visitor.get_by_role("button", name="Check").click()
    expect(visitor.get_by_role("heading", level=1)).to_contain_text("has been read")
    assert trail.verify().broken is None


def test_the_public_site_works_without_javascript_and_by_keyboard_alone(stack, visit):
    published(title="Shopping bag with a red bird")
    stack.web()
    page = visit(java_script_enabled=False, **PHONE)
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    card = page.get_by_role("link", name=re.compile("Shopping bag"))
    card.focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Tell us what you know").focus()
    page.keyboard.press("Enter")
    page.get_by_label("What do you know about it?").focus()
    page.keyboard.type("Seen in Lyon")
    page.get_by_role("button", name="Send tip").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    assert Tip.objects.get().text == "Seen in Lyon"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 1280, 1600])
def test_no_public_page_scrolls_sideways(stack, visit, width, scheme):
    trace_object = published(title="W" * 60, question="Averyveryverylongword" * 9)
    stack.web()
    page = visit(viewport={"width": width, "height": 800}, color_scheme=scheme)
    for path in (
        "/",
        trace_object.get_absolute_url(),
        f"{trace_object.get_absolute_url()}tip/",
        "/receipt/",
        "/accounts/login/",
    ):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        page.evaluate("document.documentElement.dir = 'rtl'")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
            f"{path} (rtl)"
        )
