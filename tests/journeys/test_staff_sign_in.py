"""Staff come in: by a mailed link, with a passkey, through the agency's own provider."""

import re
from contextlib import contextmanager
from email import message_from_bytes, policy

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from oidc_provider_mock import User as Identity
from oidc_provider_mock import run_server_in_thread
from playwright.sync_api import expect

from tests.factories import PASSWORD, staff
from tests.stack import free_port, wait_until
from traceobject.audit.models import Entry
from traceobject.outbox.lanes import Lane
from traceobject.staff.models import User
from traceobject.staff.roles import Role

NEW_PASSWORD = "fern-kettle-4711"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def mailed_link(stack):
    """The link in the newest mail, as soon as the worker has written one."""

    def link():
        for path in sorted(stack.mail.glob("*"), key=lambda path: path.stat().st_mtime)[-1:]:
            body = message_from_bytes(path.read_bytes(), policy=policy.default).get_content()
            return re.search(r"https?://\S+/key/\S+", body)

    return wait_until(link)[0]


def enter(page, name, password):
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.mark.browser
@pytest.mark.stack
def test_from_a_forgotten_password_to_a_new_one(stack, visit):
    user = staff(Role.MODERATOR)
    stack.web()
    stack.worker(Lane.OUTSIDE)
    page = visit()
    page.goto("/staff/")
    page.get_by_role("link", name="Forgot your password?").click()
    page.locator("input[type=email]").fill(user.email)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/password/reset/done/")
    page.goto(mailed_link(stack))
    for field in page.locator("main input[type=password]").all():
        field.fill(NEW_PASSWORD)
    page.locator("main button[name=action]").click()
    page.wait_for_url("**/password/reset/key/done/")
    page.goto("/staff/")
    enter(page, user.username, NEW_PASSWORD)
    page.wait_for_url("**/admin/tips/claim/**")


@pytest.mark.browser
@pytest.mark.stack
def test_a_passkey_signs_in_without_a_password_and_confirms_who_it_is(stack, browser):
    user = staff(Role.ADMINISTRATOR)
    stack.environment["SITE_URL"] = stack.url = f"http://localhost:{stack.port}"
    stack.environment["MFA_REQUIRED"] = "true"
    stack.web()
    complaints = []
    page = browser.new_context(base_url=stack.url).new_page()
    page.on("console", lambda each: complaints.append(each.text) if each.type == "error" else None)
    keys = page.context.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    page.goto("/staff/")
    enter(page, user.username, PASSWORD)
    page.wait_for_url("**/accounts/2fa/")
    page.get_by_role("link", name="Add a passkey").click()
    page.wait_for_url("**/webauthn/add/**")  # signing in counts: it does not ask again
    expect(page.get_by_label("Sign in with it, without a password")).to_be_checked()
    page.locator("#mfa_webauthn_add").click()
    wait_until(lambda: Authenticator.objects.filter(user=user, type="webauthn").exists())
    page.goto("/staff/")
    page.get_by_role("button", name=re.compile("Sign out")).click()
    page.goto("/staff/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", name="Home").wait_for()
    # As a second factor after the password.
    page.get_by_role("button", name=re.compile("Sign out")).click()
    page.goto("/staff/")
    enter(page, user.username, PASSWORD)
    page.wait_for_url("**/2fa/authenticate/**")
    page.locator("#mfa_webauthn_authenticate").click()
    page.get_by_role("heading", name="Home").wait_for()
    assert complaints == []
    actions = set(Entry.objects.values_list("action", flat=True))
    assert {"staff.factor_added", "staff.signed_in", "staff.signed_out"} <= actions


# --- the agency's own provider --------------------------------------------------------------------


@contextmanager
def provider(*identities):
    """A real OpenID Connect provider with these identities: (name, claims)."""
    known = [Identity(sub=name, claims=claims) for name, claims in identities]
    with run_server_in_thread(free_port(), user_claims=known) as server:
        yield f"http://localhost:{server.server_port}"


def through_the_provider(page, name):
    page.goto("/staff/")
    page.get_by_role("button", name="Agency account").click()
    page.locator("input[name=sub]").fill(name)
    page.get_by_role("button", name="Authorize").click()


@pytest.mark.browser
@pytest.mark.stack
def test_the_agencys_provider_opens_accounts_that_exist_and_are_verified(stack, browser):
    user = staff(Role.MODERATOR)
    inactive = staff(Role.MODERATOR)
    User.objects.filter(pk=inactive.pk).update(is_active=False)
    with provider(
        ("known", {"email": user.email, "email_verified": True}),
        ("unverified", {"email": user.email, "email_verified": False}),
        ("stranger", {"email": "stranger@agency.example", "email_verified": True}),
        ("former", {"email": inactive.email, "email_verified": True}),
    ) as address:
        stack.environment |= {
            "OIDC_ISSUER_URL": address,
            "OIDC_CLIENT_ID": "trace-an-object",
            "OIDC_CLIENT_SECRET": "a-secret-of-the-client",
            "OIDC_NAME": "Agency account",
        }
        stack.web()

        def new_page():
            return browser.new_context(base_url=stack.url).new_page()

        page = new_page()
        through_the_provider(page, "unverified")
        page.get_by_text("has not verified your email address").wait_for()
        assert not SocialAccount.objects.exists()
        for name in ("stranger", "former"):
            page = new_page()
            through_the_provider(page, name)
            page.get_by_text("You have no account here").wait_for()
        assert not SocialAccount.objects.exists()
        page = new_page()
        through_the_provider(page, "known")
        page.wait_for_url("**/admin/tips/claim/**")
        linked = SocialAccount.objects.get()
        assert linked.user == user
        assert linked.extra_data == {}
        assert Entry.objects.filter(action="staff.identity_linked", target=user.username).exists()
        page = new_page()
        through_the_provider(page, "known")
        page.wait_for_url("**/admin/tips/claim/**")
        # It is the account that counts: a role taken away, or the whole account, closes the door.
        User.objects.filter(pk=user.pk).update(is_active=False)
        page = new_page()
        through_the_provider(page, "known")
        page.wait_for_url("**/accounts/inactive/")
    for text in ("stranger@agency.example", "a-secret-of-the-client"):
        assert text not in stack.log("web")
