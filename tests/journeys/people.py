"""What people do on more than one journey."""

from tests.factories import PASSWORD


def sign_in(page, user):
    page.goto("/staff/")
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
