"""A forgotten password: the mailed link works, and nobody learns who works here."""

import re

from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import PASSWORD, staff
from traceobject.audit.models import Entry
from traceobject.outbox import queue
from traceobject.staff.models import StaffSession, User
from traceobject.staff.roles import Role

NEW_PASSWORD = "fern-kettle-4711"


def ask(client, email):
    return client.post("/accounts/password/reset/", {"email": email})


def link_for(user):
    ask(Client(), user.email)
    queue.drain()
    return re.search(r"https?://[^/]+(/accounts/\S+)", mail.outbox[-1].body)[1]


def test_the_mailed_link_sets_a_new_password(client):
    user = staff(Role.MODERATOR)
    page = client.get(link_for(user), follow=True)
    assert b"has expired" not in page.content
    address = page.redirect_chain[-1][0]
    fields = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert client.post(address, fields).status_code == 302
    assert User.objects.get(pk=user.pk).check_password(NEW_PASSWORD)
    assert Entry.objects.filter(action="staff.password_reset", actor=user.username).exists()


def test_every_number_of_a_user_makes_a_link_that_works(client):
    for number in (10, 35, 36, 1295, 1296, 123456789):
        other = User(pk=number, username=f"n{number}", email=f"n{number}@agency.example")
        other.set_password(PASSWORD)
        other.save()
        assert b"has expired" not in Client().get(link_for(other), follow=True).content, number


def test_the_token_is_not_in_the_address_of_the_page_with_the_form(client):
    link = link_for(staff(Role.MODERATOR))
    page = client.get(link, follow=True)
    assert page.redirect_chain[-1][0] != link
    assert link.rstrip("/").rpartition("-")[2] not in page.redirect_chain[-1][0]


def test_an_unknown_address_and_a_known_one_get_the_same_answer(client):
    user = staff(Role.MODERATOR)
    inactive = staff(Role.MODERATOR)
    User.objects.filter(pk=inactive.pk).update(is_active=False)
    answers = [ask(Client(), each) for each in (user.email, inactive.email, "x@agency.example")]
    assert {answer.status_code for answer in answers} == {302}
    assert {answer.headers["Location"] for answer in answers} == {"/accounts/password/reset/done/"}
    pages = {Client().get(answer.headers["Location"]).content for answer in answers}
    assert len({re.sub(rb'value="\w{64}"', b"", page) for page in pages}) == 1
    queue.drain()
    assert [message.to for message in mail.outbox] == [[user.email]]


def test_an_unknown_address_costs_the_same_queries():
    user = staff(Role.MODERATOR)
    counts = []
    for email in (user.email, "x@agency.example"):
        with CaptureQueriesContext(connection) as found:
            ask(Client(), email)
        counts.append([re.split(r"[ (]", each["sql"])[0] for each in found.captured_queries])
    assert counts[0] == counts[1]


def test_a_reset_ends_all_sessions_and_cannot_be_done_twice(client):
    user = staff(Role.MODERATOR)
    Client().force_login(user)
    link = link_for(user)
    for _ in range(2):
        page = client.get(link, follow=True)
        address = page.redirect_chain[-1][0] if page.redirect_chain else link
        client.post(address, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert not StaffSession.objects.filter(user=user).exists()
    assert Entry.objects.filter(action="staff.password_reset").count() == 1


def test_asking_again_and_again_is_limited(client):
    user = staff(Role.MODERATOR)
    codes = [ask(client, user.email).status_code for _ in range(25)]
    assert codes[0] == 302
    assert codes[-1] == 429
