"""Sessions of staff: short, few to steal, and ended when an account changes."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.factories import PASSWORD, staff
from traceobject.audit.models import Entry
from traceobject.staff import sessions
from traceobject.staff.models import StaffSession
from traceobject.staff.roles import Role

CONTACT = "a word that only the session knows"


def signed_in(client, role=Role.MODERATOR):
    user = staff(role)
    client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    return user


def is_open(client):
    return client.get("/admin/").status_code == 200


def pass_time(**time):
    """Move all sessions into the past, as if this time had passed since."""
    for row in StaffSession.objects.all():
        row.expire_date -= timedelta(**time)
        row.save()


def test_a_copy_of_the_database_opens_no_session(client):
    signed_in(client)
    session = client.session
    session["typed"] = CONTACT
    session.save()
    key = client.cookies["sessionid"].value
    with connection.cursor() as cursor:
        cursor.execute("SELECT staff_staffsession::text FROM staff_staffsession")
        rows = str(cursor.fetchall())
    assert key not in rows
    assert CONTACT not in rows
    assert CONTACT.encode().hex() not in rows
    client.cookies["sessionid"] = StaffSession.objects.get().session_key
    assert not is_open(client)


def test_no_other_key_decrypts_a_session(client, settings):
    signed_in(client)
    settings.SECRET_KEY = "another" * 10
    assert not is_open(client)


def test_thirty_minutes_without_a_request_end_a_session(client):
    signed_in(client)
    assert is_open(client)
    pass_time(minutes=29)
    assert is_open(client)
    pass_time(minutes=29)
    assert is_open(client)
    pass_time(minutes=31)
    assert not is_open(client)


def test_a_session_ends_after_twelve_hours_whatever_is_done(client, monkeypatch):
    signed_in(client)
    later = timezone.now() + timedelta(hours=11, minutes=50)
    StaffSession.objects.update(expire_date=later + timedelta(minutes=5))
    monkeypatch.setattr(sessions.timezone, "now", lambda: later)
    assert is_open(client)
    row = StaffSession.objects.get()
    assert row.expire_date <= row.started_at + timedelta(hours=12)


def test_signing_in_begins_the_twelve_hours_anew(client):
    client.get("/accounts/login/")
    user = signed_in(client)
    assert StaffSession.objects.get(user=user).started_at > timezone.now() - timedelta(minutes=5)


def test_everybody_sees_their_own_sessions_and_ends_them(client):
    user = signed_in(client)
    other_browser = Client()
    other_browser.force_login(user)
    stranger = Client()
    signed_in(stranger)
    page = client.get("/accounts/sessions/").content.decode()
    assert page.count("This session") == 1
    assert page.count("Another session") == 1
    key = re.search(r'name="session" value="(\w+)"', page)[1]
    client.post("/accounts/sessions/", {"session": key})
    assert not is_open(other_browser)
    assert is_open(client)
    assert is_open(stranger)
    assert Entry.objects.filter(action="staff.sessions_ended", actor=user.username).count() == 1


def test_nobody_ends_somebody_elses_session(client):
    signed_in(client)
    stranger = Client()
    signed_in(stranger)
    key = sessions.hash_key(stranger.cookies["sessionid"].value)
    client.post("/accounts/sessions/", {"session": key})
    assert is_open(stranger)


def test_all_other_sessions_can_be_ended_at_once(client):
    user = signed_in(client)
    others = [Client() for _ in range(3)]
    for each in others:
        each.force_login(user)
    client.post("/accounts/sessions/", {})
    assert is_open(client)
    assert not any(is_open(each) for each in others)


def change(client, chief, user, **fields):
    """Change an account as an administrator does."""
    client.force_login(chief)
    address = f"/admin/staff/user/{user.pk}/change/"
    values = {
        "shown": client.get(address).context["adminform"].form["shown"].value(),
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "groups": [group.pk for group in user.groups.all()],
        "is_active": "on",
        "officer_countries-TOTAL_FORMS": "0",
        "officer_countries-INITIAL_FORMS": "0",
        **fields,
    }
    values = {name: value for name, value in values.items() if value is not None}
    return client.post(address, values)


@pytest.mark.parametrize("what", ["role", "activity", "email address"])
def test_a_change_of_an_account_ends_its_sessions(client, what):
    user = signed_in(client)
    fields = {
        "role": {"groups": [Group.objects.get(name=Role.ANALYST).pk]},
        "activity": {"is_active": None},
        "email address": {"email": "new@agency.example"},
    }[what]
    answer = change(Client(), staff(Role.ADMINISTRATOR), user, **fields)
    assert answer.status_code == 302
    assert not is_open(client)
    assert not StaffSession.objects.filter(user=user).exists()


def test_a_new_password_ends_all_sessions(client):
    user = signed_in(client)
    other = Client()
    other.force_login(user)
    new = "fern-kettle-4711"
    fields = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    client.post("/accounts/password/change/", fields)
    assert not StaffSession.objects.filter(user=user).exists()
    assert not is_open(other)
    assert not is_open(client)


def test_a_change_of_a_name_ends_none(client):
    user = signed_in(client)
    change(Client(), staff(Role.ADMINISTRATOR), user, first_name="Jane")
    assert is_open(client)


def test_expired_sessions_are_deleted(client):
    from traceobject.staff.tasks import delete_expired_sessions

    signed_in(client)
    delete_expired_sessions()
    assert StaffSession.objects.count() == 1
    pass_time(hours=1)
    delete_expired_sessions()
    assert not StaffSession.objects.exists()
