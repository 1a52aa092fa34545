"""The tip form in a browser: with and without JavaScript, by keyboard, with pictures and mistakes."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import drawing, encoded, published
from tests.stack import wait_until
from tips.models import Attachment, Tip

pytestmark = [pytest.mark.stack, pytest.mark.browser]


@pytest.fixture
def form(stack):
    made = published(title="Shopping bag")
    stack.web()
    return f"{made.get_absolute_url()}tip/"


def test_the_browser_works_while_somebody_writes_and_the_tip_is_trusted(form, visit):
    page = visit()
    page.goto(form)
    page.get_by_label("What do you know about it?").press_sequentially("In Sevilla", delay=100)
    page.wait_for_timeout(3000)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    assert Tip.objects.get().trust == "proven"
    assert page.context.cookies() == []


def test_without_javascript_a_tip_with_pictures_survives_a_mistake(form, stack, visit, tmp_path):
    stack.worker()
    files = []
    for seed in (1, 2):
        files.append(tmp_path / f"{seed}.jpg")
        files[-1].write_bytes(encoded(drawing(seed=seed), "JPEG"))
    page = visit(java_script_enabled=False)
    page.goto(form)
    page.get_by_label("What do you know about it?").fill("Sold in a corner shop in Faro")
    page.get_by_label("Country").fill("Atlantis")
    page.get_by_text("Add pictures").click()
    page.get_by_label("Pictures (optional)").set_input_files(files)
    page.wait_for_timeout(3100)  # nobody is so quick
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("do not know this country")
    expect(page.get_by_label("Picture 2 is uploaded")).to_be_checked()
    page.get_by_label("Country").fill("Portugal")
    page.get_by_label("Picture 1 is uploaded").uncheck()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    tip = Tip.objects.get()
    assert (str(tip.country), tip.trust) == ("PT", "plain")
    wait_until(lambda: tip.attachments.filter(state="clean").count() == 1, 60)
    assert Attachment.objects.filter(tip=None).count() == 1


def test_with_the_keyboard_alone(form, visit):
    page = visit()
    page.goto("/")

    def tab_to(find, most=60):
        for _ in range(most):
            page.keyboard.press("Tab")
            if page.evaluate("find => document.activeElement.matches(find)", find):
                return
        raise AssertionError(f"the keyboard does not reach {find}")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # skip to the content
    tab_to(".card-link")
    page.keyboard.press("Enter")
    page.wait_for_url("**/objects/**")
    tab_to("a.button[href$='/tip/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tip/")
    tab_to("#id_text")
    page.keyboard.type("Sold at the station in Lyon")
    tab_to("#id_country")
    page.keyboard.type("France")
    tab_to("details summary")
    page.keyboard.press("Enter")
    tab_to("#id_sureness_0")
    page.keyboard.press("Space")
    tab_to("input[name='contact_by']")
    page.keyboard.press("ArrowDown")
    tab_to("#id_contact")
    page.keyboard.type("jane@mail.example")
    tab_to("form.tip-form button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    tip = Tip.objects.get()
    assert (str(tip.country), tip.sureness) == ("FR", "certain")
    assert tip.contact is not None


def test_the_trap_for_programs_is_out_of_everybodys_way(form, visit):
    page = visit()
    page.goto(form)
    trap = page.locator("#id_website")
    assert trap.get_attribute("tabindex") == "-1"
    assert page.locator(".trap").bounding_box()["width"] <= 1
    page.set_viewport_size({"width": 360, "height": 740})
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_a_draft_is_kept_on_the_device_only_if_asked_and_goes_with_the_sending(form, visit):
    page = visit()
    page.goto(form)
    text = page.get_by_label("What do you know about it?")
    text.fill("Half a story")
    page.goto(form)
    expect(text).to_have_value("")
    assert page.evaluate("localStorage.length") == 0
    text.fill("Half a story")
    page.get_by_label(re.compile("Save a draft")).check()
    page.goto(form)
    expect(text).to_have_value("Half a story")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    assert page.evaluate("localStorage.length") == 0


def test_leaving_the_receipt_has_the_browser_forget_the_site(form, stack, visit):
    page = visit()
    page.goto(form)
    page.get_by_label("What do you know about it?").fill("Sold in Lyon")
    page.get_by_role("button", name="Send").click()
    page.locator("#receipt-code").wait_for()
    page.evaluate("localStorage.setItem('left', 'behind')")
    page.route("https://www.wikipedia.org/**", lambda route: route.fulfill(body="elsewhere"))
    page.get_by_role("link", name="Leave this page").click()
    page.wait_for_url("https://www.wikipedia.org/")
    page.goto("/")
    wait_until(lambda: page.evaluate("localStorage.getItem('left')") is None, 10)
