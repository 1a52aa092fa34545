"""Administrators create, invite and change accounts; owners set passwords; the trail keeps old and new."""

import getpass
import re
import threading

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client

from tests.factories import PASSWORD, staff
from traceobject.audit.models import Entry
from traceobject.errors import StepRefused
from traceobject.outbox import queue
from traceobject.staff import accounts, sessions
from traceobject.staff.models import Notice, StaffSession, User
from traceobject.staff.roles import Role

NEW_PASSWORD = "fern-kettle-4711"


def fields_of(user=None, *, roles=(Role.MODERATOR,), countries=(), **fields):
    """The fields of an account's page in the admin."""
    values = {
        "username": user.username if user else "new-colleague",
        "first_name": user.first_name if user else "",
        "last_name": user.last_name if user else "",
        "email": user.email if user else "new@agency.example",
        "groups": [Group.objects.get(name=role).pk for role in roles],
        "is_active": "on",
        "officer_countries-TOTAL_FORMS": str(len(countries)),
        "officer_countries-INITIAL_FORMS": "0",
        **{f"officer_countries-{n}-country": each for n, each in enumerate(countries)},
        **fields,
    }
    return {name: value for name, value in values.items() if value is not None}


@pytest.fixture
def chief(client):
    user = staff(Role.ADMINISTRATOR)
    client.force_login(user)
    return user


def change(client, user, **fields):
    fields.setdefault("shown", shown_on(client, user))
    return client.post(f"/admin/staff/user/{user.pk}/change/", fields_of(user, **fields))


def errors_of(answer):
    assert answer.status_code == 200
    return " ".join(re.findall(r"errorlist[^>]*>\s*<li>([^<]+)", answer.content.decode()))


def link_in(message):
    return re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", message.body)[1]


def set_password(client, link, password=NEW_PASSWORD):
    page = client.get(link, follow=True)
    address = page.redirect_chain[-1][0] if page.redirect_chain else link
    return client.post(address, {"password1": password, "password2": password})


# --- creating and inviting -----------------------------------------------------------------------


def test_a_new_colleague_gets_a_link_and_no_administrator_knows_the_password(client, chief):
    page = client.get("/admin/staff/user/add/").content
    assert b'type="password"' not in page
    answer = client.post(
        "/admin/staff/user/add/", fields_of(roles=[Role.CASE_OFFICER], countries=["FR"])
    )
    assert answer.status_code == 302
    new = User.objects.get(username="new-colleague")
    assert not new.has_usable_password()
    assert new.is_staff
    queue.drain()
    (message,) = mail.outbox
    assert message.to == ["new@agency.example"]
    browser = Client()
    set_password(browser, link_in(message))
    signed_in = browser.post(
        "/accounts/login/", {"login": "new-colleague", "password": NEW_PASSWORD}
    )
    assert signed_in.status_code == 302
    # The way on: a second factor, which production asks for.
    browser.post("/accounts/reauthenticate/", {"password": NEW_PASSWORD})
    for factor in ("totp/activate", "webauthn/add"):
        assert browser.get(f"/accounts/2fa/{factor}/").status_code == 200
    entry = Entry.objects.get(action="staff.added")
    assert (entry.actor, entry.target) == (chief.username, "new-colleague")
    assert entry.detail["countries"] == ["FR"]
    assert entry.detail["roles"] == ["case officer"]


def test_a_link_works_once_and_the_newest_password_counts(client, chief):
    user = staff(Role.MODERATOR)
    client.post(f"/admin/staff/user/{user.pk}/invite/")
    queue.drain()
    link = link_in(mail.outbox[0])
    set_password(Client(), link)
    again = Client().get(link, follow=True)
    assert b"has expired or has been used" in again.content
    user.refresh_from_db()
    assert user.check_password(NEW_PASSWORD)
    assert Entry.objects.filter(action="staff.invited", target=user.username).exists()


def test_no_link_is_in_the_database(client, chief):
    user = staff(Role.MODERATOR)
    client.post(f"/admin/staff/user/{user.pk}/invite/")
    notice = Notice.objects.get()
    assert {field.name for field in notice._meta.fields} == {"id", "kind", "user", "address"}
    queue.drain()
    assert not Notice.objects.exists()
    token = link_in(mail.outbox[0]).rstrip("/").rpartition("-")[2]
    assert token not in str(list(Entry.objects.values()))


def test_an_inactive_account_gets_no_link(client, chief):
    user = staff(Role.MODERATOR)
    User.objects.filter(pk=user.pk).update(is_active=False)
    page = client.post(f"/admin/staff/user/{user.pk}/invite/", follow=True)
    assert "This account is inactive" in page.content.decode()
    queue.drain()
    assert not mail.outbox


def test_an_administrator_has_no_page_to_type_a_colleagues_password(client, chief):
    user = staff(Role.MODERATOR)
    assert client.get(f"/admin/staff/user/{user.pk}/password/").status_code == 403
    client.post(
        f"/admin/staff/user/{user.pk}/password/",
        {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"},
    )
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_an_account_without_a_role_is_not_saved_without_saying_what_it_means(client, chief):
    answer = client.post("/admin/staff/user/add/", fields_of(roles=[]))
    assert "Without one, this person can sign in and do nothing" in errors_of(answer)
    assert b"new@agency.example" in answer.content
    assert not User.objects.filter(username="new-colleague").exists()


def test_a_case_officer_without_a_country_is_not_saved_without_saying_what_it_means(client, chief):
    answer = client.post("/admin/staff/user/add/", fields_of(roles=[Role.CASE_OFFICER]))
    assert "A case officer without one gets no referrals" in errors_of(answer)
    answer = client.post("/admin/staff/user/add/", fields_of(countries=["FR"]))
    assert "Only case officers have countries" in errors_of(answer)


# --- changing ------------------------------------------------------------------------------------


def test_the_trail_keeps_the_old_and_the_new_of_every_change(client, chief):
    user = staff(Role.MODERATOR)
    change(
        client,
        user,
        first_name="Jane",
        last_name="Doe",
        email="jane@agency.example",
        roles=[Role.CASE_OFFICER],
        countries=["ES", "PT"],
    )
    entry = Entry.objects.get(action="staff.changed")
    assert entry.detail["changes"] == {
        "name": ["", "Jane Doe"],
        "email": [user.email, "jane@agency.example"],
        "roles": [["moderator"], ["case officer"]],
        "countries": [[], ["ES", "PT"]],
    }
    user.refresh_from_db()
    change(client, user, roles=[Role.MODERATOR], is_active=None)
    assert Entry.objects.filter(action="staff.changed").first().detail["changes"]["active"] == [
        True,
        False,
    ]


def test_the_old_address_is_told_of_a_new_one(client, chief):
    user = staff(Role.MODERATOR)
    change(client, user, email="evil@agency.example")
    queue.drain()
    (message,) = mail.outbox
    assert message.to == [user.email]
    assert "has been changed" in message.subject


def test_a_notice_goes_to_the_address_of_its_moment(client, chief):
    user = with_factor(Role.MODERATOR)
    queue.drain()
    mail.outbox.clear()
    accounts.reset_factors(user, by=chief, reason="Lost phone")
    User.objects.filter(pk=user.pk).update(email="evil@agency.example")
    queue.drain()
    assert [message.to for message in mail.outbox] == [[user.email]]


def test_a_username_cannot_be_changed_on_the_page(client, chief):
    user = staff(Role.MODERATOR)
    change(client, user, username="somebody-else", first_name="Jane")
    user.refresh_from_db()
    assert user.username != "somebody-else"
    assert user.first_name == "Jane"


def test_saving_without_a_change_records_nothing(client, chief):
    user = staff(Role.MODERATOR)
    change(client, user)
    assert not Entry.objects.filter(action="staff.changed").exists()


@pytest.mark.parametrize("fields", [{"is_active": None}, {"roles": [Role.MODERATOR]}])
def test_the_last_administrator_cannot_leave(client, chief, fields):
    answer = change(client, chief, **{"roles": [Role.ADMINISTRATOR], **fields})
    assert "This is the last active administrator" in errors_of(answer)
    staff(Role.ADMINISTRATOR)
    assert change(client, chief, **{"roles": [Role.ADMINISTRATOR], **fields}).status_code == 302


def test_of_two_administrators_who_remove_each_other_one_stays(own_database):
    one, two = staff(Role.ADMINISTRATOR), staff(Role.ADMINISTRATOR)

    def remove(by, user, answers):
        browser = Client()
        browser.force_login(by)
        answers.append(change(browser, user, roles=[Role.ADMINISTRATOR], is_active=None))
        connections.close_all()

    answers = []
    pairs = ((one, two), (two, one))
    threads = [threading.Thread(target=remove, args=(*pair, answers)) for pair in pairs]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(answers) == 2  # neither met an error, such as a deadlock
    assert accounts.count_administrators() >= 1


def test_home_suggests_a_second_administrator(client, chief):
    assert b"only administrator" in client.get("/staff/").content
    staff(Role.ADMINISTRATOR)
    assert b"only administrator" not in client.get("/staff/").content


# --- second factors ------------------------------------------------------------------------------


def with_factor(role):
    user = staff(role)
    totp.TOTP.activate(user, totp.generate_totp_secret())
    return user


def test_an_administrator_resets_a_lost_second_factor_and_the_colleague_is_told(client, chief):
    user = with_factor(Role.MODERATOR)
    Client().force_login(user)
    refused = client.post(f"/admin/staff/user/{user.pk}/reset-factors/", {"reason": " "})
    assert "Give a reason" in refused.content.decode()
    assert Authenticator.objects.filter(user=user).exists()
    client.post(f"/admin/staff/user/{user.pk}/reset-factors/", {"reason": "Lost phone; met him"})
    assert not Authenticator.objects.filter(user=user).exists()
    assert not StaffSession.objects.filter(user=user).exists()
    entry = Entry.objects.get(action="staff.factors_reset")
    assert entry.detail == {"factors": ["totp"], "reason": "Lost phone; met him"}
    queue.drain()
    assert "removed all second factors" in mail.outbox[-1].body


def test_nobody_resets_their_own_factor_or_one_that_is_not_there(client, chief):
    totp.TOTP.activate(chief, totp.generate_totp_secret())
    with pytest.raises(StepRefused, match="another administrator"):
        accounts.reset_factors(chief, by=chief, reason="x")
    with pytest.raises(StepRefused, match="no second factor"):
        accounts.reset_factors(staff(Role.MODERATOR), by=chief, reason="x")


def test_a_typed_reason_that_is_refused_is_still_there(client, chief):
    user = with_factor(Role.MODERATOR)
    answer = client.post(f"/admin/staff/user/{user.pk}/reset-factors/", {"reason": "word " * 300})
    assert "longer than 1000" in answer.content.decode()
    assert "word word" in answer.content.decode()


# --- the trail of what people do with their own account -------------------------------------------


def actions():
    return list(Entry.objects.order_by("number").values_list("action", flat=True))


def test_signing_in_and_out_and_a_new_password_are_in_the_trail(client):
    user = staff(Role.MODERATOR)
    client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
    )
    assert actions() == ["staff.signed_in", "staff.signed_out", "staff.password_changed"]
    queue.drain()
    assert "has been changed" in mail.outbox[0].body


def test_wrong_codes_and_changes_of_factors_are_in_the_trail(client):
    user = with_factor(Role.MODERATOR)
    client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert actions() == ["staff.factor_added", "staff.code_failed"]
    client.force_login(user)
    session = client.session
    session["confirmed_at"] -= 11 * 60
    session.save()
    client.post("/accounts/2fa/totp/deactivate/", {})
    assert "staff.factor_removed" not in actions()  # it asks for the password first
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post("/accounts/2fa/totp/deactivate/", {})
    assert actions()[-1] == "staff.factor_removed"
    assert Entry.objects.first().detail == {"factor": "totp"}


def test_renewed_recovery_codes_and_an_added_factor_are_in_the_trail(client):
    user = staff(Role.MODERATOR)
    client.force_login(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.get("/accounts/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    code = totp.format_hotp_value(totp.hotp_value(secret, counter))
    page = client.post("/accounts/2fa/totp/activate/", {"code": code})
    assert page.headers["Location"] == "/accounts/2fa/recovery-codes/"
    added = Entry.objects.filter(action="staff.factor_added").values_list("detail", flat=True)
    assert list(added) == [{"factor": "recovery_codes"}, {"factor": "totp"}]
    client.post("/accounts/2fa/recovery-codes/generate/", {})
    assert actions()[-2:] == ["staff.factor_removed", "staff.factor_added"]


def test_a_sign_in_that_waits_for_its_code_ends_with_the_other_sessions(client):
    user = with_factor(Role.MODERATOR)
    client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    assert client.get("/accounts/2fa/authenticate/").status_code == 200
    sessions.end_sessions(user)
    assert client.get("/accounts/2fa/authenticate/").status_code == 302


def test_an_account_without_a_password_is_led_to_a_link(client):
    user = staff(Role.MODERATOR)
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    page = client.get("/accounts/password/change/", follow=True)
    assert page.redirect_chain[-1][0] == "/accounts/password/reset/"


def test_guesses_of_the_old_password_are_in_the_trail_and_limited(client):
    user = staff(Role.MODERATOR)
    client.force_login(user)
    fields = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    for _ in range(7):
        client.post("/accounts/password/change/", {"oldpassword": "guess", **fields})
    assert actions().count("staff.sign_in_failed") == 5
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, **fields})
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize("field", ["username", "email"])
def test_no_two_accounts_differ_in_case_alone(client, chief, field):
    user = staff(Role.MODERATOR)
    answer = client.post(
        "/admin/staff/user/add/", fields_of(**{field: getattr(user, field).upper()})
    )
    assert "There is a member of staff with this" in answer.content.decode()
    assert User.objects.count() == 2


def test_a_link_does_not_go_to_an_address_that_was_changed_meanwhile(client, chief):
    user = staff(Role.MODERATOR)
    client.post(f"/admin/staff/user/{user.pk}/invite/")
    User.objects.filter(pk=user.pk).update(email="new@agency.example")
    queue.drain()
    assert not mail.outbox


def test_a_wrong_password_is_recorded_whatever_the_case_of_the_name(client):
    user = staff(Role.MODERATOR)
    client.post("/accounts/login/", {"login": user.username.upper(), "password": "guess"})
    assert Entry.objects.filter(action="staff.sign_in_failed", target=user.username).exists()


def test_an_identity_is_unlinked_when_the_address_changes(client, chief):
    user = staff(Role.MODERATOR)
    SocialAccount.objects.create(user=user, provider="agency", uid="1")
    change(client, user, email="new@agency.example")
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("password", ["738105927461", "пароль для меня", "kettle fern 🌿 17"])
def test_any_characters_make_a_password(password):
    validate_password(password, staff(Role.MODERATOR))


def shown_on(client, user):
    page = client.get(f"/admin/staff/user/{user.pk}/change/")
    return page.context["adminform"].form["shown"].value()


def test_an_old_page_of_an_account_does_not_undo_what_a_colleague_did(client, chief):
    user = staff(Role.MODERATOR)
    shown = shown_on(client, user)
    User.objects.filter(pk=user.pk).update(is_active=False)  # a colleague, meanwhile
    answer = change(client, user, first_name="Jane", shown=shown)
    text = answer.content.decode()
    assert "A colleague has changed this" in text
    assert "Active: no" in text
    assert 'value="Jane"' in text
    user.refresh_from_db()
    assert (user.is_active, user.first_name) == (False, "")
    again = answer.context["adminform"].form["shown"].value()
    change(client, user, first_name="Jane", shown=again, is_active=None)
    user.refresh_from_db()
    assert (user.is_active, user.first_name) == (False, "Jane")


def test_an_old_page_notices_other_roles_and_countries_too(client, chief):
    user = staff(Role.CASE_OFFICER, "ES")
    shown = shown_on(client, user)
    user.officer_countries.update(country="PT")
    fields = {"roles": (Role.CASE_OFFICER,), "countries": ("ES",), "shown": shown}
    assert "A colleague has changed this" in change(client, user, **fields).content.decode()
    assert user.officer_countries.get().country == "PT"


def test_other_countries_end_the_sessions_of_an_officer(client, chief):
    user = staff(Role.CASE_OFFICER, "ES")
    Client().force_login(user)
    assert StaffSession.objects.filter(user=user).exists()
    change(client, user, roles=(Role.CASE_OFFICER,), countries=("PT",))
    assert {row.country.code for row in user.officer_countries.all()} == {"ES", "PT"}
    assert not StaffSession.objects.filter(user=user).exists()


@pytest.mark.parametrize("name", ["mod\u0435rator", "josé", "intake", "Command-Line", "a b"])
def test_a_username_that_could_be_taken_for_another_is_refused(client, chief, name):
    answer = client.post("/admin/staff/user/add/", fields_of(username=name))
    assert re.search("without accents|part of the site", errors_of(answer))
    assert not User.objects.filter(username=name).exists()


def test_an_older_username_with_other_letters_signs_in_and_stays_signed_in():
    staff(Role.MODERATOR, name="josé")
    client = Client()
    client.post("/accounts/login/", {"login": "josé", "password": PASSWORD})
    assert client.cookies["known-browser"].value.isascii()
    assert client.get("/staff/").headers["Location"] == "/admin/tips/claim/"


def test_signing_out_leaves_the_browser_known():
    staff(Role.MODERATOR, name="anna")
    client = Client()
    client.post("/accounts/login/", {"login": "anna", "password": PASSWORD})
    known = client.cookies["known-browser"].value
    answer = client.post("/accounts/logout/")
    assert "cookies" not in answer.headers["Clear-Site-Data"]
    assert client.cookies["known-browser"].value == known


def test_nothing_asks_again_who_somebody_is_just_after_they_signed_in():
    staff(Role.MODERATOR, name="anna")
    client = Client()
    client.post("/accounts/login/", {"login": "anna", "password": PASSWORD})
    for page in ("totp/activate", "webauthn/add"):
        assert client.get(f"/accounts/2fa/{page}/").status_code == 200
    assert b"A recovery code works, too" not in client.get("/accounts/2fa/").content


def test_a_link_opens_nothing_once_its_account_is_inactive(client, chief):
    user = staff(Role.MODERATOR)
    accounts.invite(user, by=chief)
    queue.drain()
    link = link_in(mail.outbox[-1])
    User.objects.filter(pk=user.pk).update(is_active=False)
    visitor = Client()
    set_password(visitor, link)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


# --- on the server ---------------------------------------------------------------------------------


def typed(monkeypatch, *answers):
    given = iter(answers)
    monkeypatch.setattr(getpass, "getpass", lambda *_: next(given))


def test_a_password_set_on_the_server_is_in_the_trail_and_the_owner_is_told(monkeypatch):
    boss = staff(Role.ADMINISTRATOR, name="boss")
    client = Client()
    client.force_login(boss)
    typed(monkeypatch, "a-new-password-of-mine", "a-new-password-of-mine")
    call_command("changepassword", "BOSS", verbosity=0)
    assert Entry.objects.get(action="staff.password_set").target_user_id == boss.pk
    boss.refresh_from_db()
    assert boss.check_password("a-new-password-of-mine")
    assert not StaffSession.objects.filter(user=boss).exists()
    queue.drain()
    assert any("password has been changed" in each.subject for each in mail.outbox)


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        (("a-new-password-of-mine", "another-password-here"), "differ"),
        (("short", "short"), "too short"),
        ((), "no member of staff"),
    ],
)
def test_a_password_that_cannot_be_set_changes_nothing(monkeypatch, answers, why):
    boss = staff(Role.ADMINISTRATOR, name="boss")
    typed(monkeypatch, *answers)
    with pytest.raises(CommandError, match=why):
        call_command("changepassword", "boss" if answers else "nobody", verbosity=0)
    boss.refresh_from_db()
    assert boss.check_password(PASSWORD)


def test_a_sole_administrator_who_lost_the_factor_is_helped_on_the_server():
    boss = staff(Role.ADMINISTRATOR, name="boss")
    with pytest.raises(CommandError, match="no second factor"):
        call_command("reset_factors", "boss", reason="Lost phone", verbosity=0)
    totp.TOTP.activate(boss, totp.generate_totp_secret())
    call_command("reset_factors", "boss", reason="Lost phone", verbosity=0)
    assert not Authenticator.objects.filter(user=boss).exists()
    entry = Entry.objects.get(action="staff.factors_reset")
    assert (entry.actor, entry.detail["reason"]) == ("command line", "Lost phone")
    with pytest.raises(CommandError, match="no member of staff"):
        call_command("reset_factors", "nobody", reason="Lost phone", verbosity=0)


def test_the_first_administrator_is_in_the_trail(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    some = {"username": "first", "email": "first@agency.example", "interactive": False}
    call_command("createsuperuser", **some, verbosity=0)
    entry = Entry.objects.get(action="staff.added")
    assert (entry.actor, entry.target) == ("command line", "first")


def test_an_account_is_unlinked_from_the_provider_by_an_administrator():
    boss, user = staff(Role.ADMINISTRATOR), staff(Role.MODERATOR)
    client = Client()
    client.force_login(boss)
    address = f"/admin/staff/user/{user.pk}"
    assert "Unlink" not in client.get(f"{address}/change/").content.decode()
    SocialAccount.objects.create(user=user, provider="agency", uid="17")
    theirs = Client()
    theirs.force_login(user)
    assert "Unlink" in client.get(f"{address}/change/").content.decode()
    assert StaffSession.objects.filter(user=user).exists()
    client.post(f"{address}/unlink/")
    assert not SocialAccount.objects.exists()
    assert not StaffSession.objects.filter(user=user).exists()
    assert theirs.get("/staff/").headers["Location"].startswith("/accounts/login/")
    assert Entry.objects.get(action="staff.identity_unlinked").actor_id == boss.pk
