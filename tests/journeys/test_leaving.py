"""Who has to leave at once leaves, and the way back does not lead to the page."""

import pytest
from playwright.sync_api import expect

from tests.factories import published, staff
from tests.journeys.people import sign_in
from traceobject.staff.roles import Role

pytestmark = [pytest.mark.stack, pytest.mark.browser]


@pytest.fixture
def site(stack):
    stack.environment["LEAVE_URL"] = f"{stack.url}/fr/receipt/"
    stack.web()
    return stack


def test_leaving_takes_the_pages_place_in_the_history(site, visit):
    made = published(pictures=0)
    page = visit()
    page.goto("/")
    page.goto(f"{made.get_absolute_url()}tip/")
    page.get_by_role("link", name="Leave this page").click()
    page.wait_for_url("**/fr/receipt/")
    page.go_back()
    assert page.url == f"{site.url}/"


def test_without_javascript_it_is_a_plain_link(site, visit):
    page = visit(java_script_enabled=False)
    page.goto("/receipt/")
    page.get_by_role("link", name="Leave this page").click()
    assert page.url.endswith("/fr/receipt/")


def test_a_member_of_staff_who_signs_out_leaves_nothing_in_the_browser(site, visit):
    page = visit(viewport={"width": 1280, "height": 800})
    sign_in(page, staff(Role.ANALYST))
    expect(page.get_by_role("link", name="Leave this page")).to_have_count(0)
    assert page.context.cookies()
    page.evaluate("localStorage.setItem('seen', 'N4-44')")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/")
    # But for what keeps a guesser elsewhere from locking its owner out. It tells nothing and opens nothing.
    assert [each["name"] for each in page.context.cookies()] == ["known-browser"]
    assert page.evaluate("localStorage.getItem('seen')") is None
