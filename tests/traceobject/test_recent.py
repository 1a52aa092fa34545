"""Contact details, locked files, exports and accounts open only to who confirmed lately that it is them."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import PASSWORD, published, send, staff
from traceobject import rooms
from traceobject.audit.models import Entry
from traceobject.staff import recent
from traceobject.staff.models import StaffSession
from traceobject.staff.roles import Role


def grow_old(client):
    """Have eleven minutes pass since the session's owner signed in."""
    session = client.session
    session["confirmed_at"] -= 11 * 60
    session.save()


def address(name):
    """Return an address of a page that needs a recent confirmation."""
    for arguments in ([], [1], [1, 1]):
        try:
            return reverse(name, args=arguments)
        except Exception:
            continue
    raise AssertionError(name)


def person_for(client, name):
    room = rooms.room_of(address(name))
    roles = {
        "desk/": (Role.CASE_OFFICER, "ES"),
        "locked/": (Role.SAFEGUARDING,),
        "leads/": (Role.INVESTIGATOR,),
    }
    own = (Role.ADMINISTRATOR,) if "staff_user" in name else (Role.MODERATOR,)
    user = staff(*roles.get(room.prefix, own))
    client.force_login(user)
    return user


@pytest.mark.parametrize("name", sorted(rooms.RECENT))
def test_a_session_left_open_on_a_desk_opens_none_of_these(client, name):
    person_for(client, name)
    assert "reauthenticate" not in client.get(address(name)).headers.get("Location", "")
    grow_old(client)
    for answer in (client.get(address(name)), client.post(address(name))):
        assert answer.status_code == 302, name
        assert answer.headers["Location"].startswith("/accounts/reauthenticate/?next="), name


def test_after_the_password_the_export_goes_on(client):
    user = person_for(client, "leads_csv")
    grow_old(client)
    asked = client.get("/leads/export.csv")
    wrong = client.post(asked.headers["Location"], {"password": "wrong"})
    assert wrong.status_code == 200
    assert client.get("/leads/export.csv").status_code == 302
    answer = client.post(asked.headers["Location"], {"password": PASSWORD}, follow=True)
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert Entry.objects.filter(action="staff.sign_in_failed", target=user.username).exists()


def test_a_form_is_kept_while_its_sender_confirms_and_is_sent_by_a_click(client):
    tip = send(published(pictures=0), "In Lisbon", contact="jane@example.org")
    person_for(client, "admin:tips_tip_contact")
    grow_old(client)
    asked = client.post(reverse("admin:tips_tip_contact", args=[tip.pk]))
    page = client.post(asked.headers["Location"], {"password": PASSWORD}, follow=True)
    text = page.content.decode()
    assert "was about to be sent from this browser, and has been kept" in text
    assert "Show the contact details of a tip" in text
    assert b"jane@example.org" not in page.content
    assert "has been kept" in client.get("/accounts/continue/").content.decode()  # a reload
    action = re.search(r'action="(/admin/[^"]+)"', text)[1]
    assert b"jane@example.org" in client.post(action).content
    assert "has been kept" not in client.get("/accounts/continue/", follow=True).content.decode()


def sign_in(client, address, user):
    return client.post(address, {"login": user.username, "password": PASSWORD}, follow=True)


def typed_into_an_ended_session(client, user):
    """Type a question into a page whose session has just ended. Return the answer."""
    client.force_login(user)
    StaffSession.objects.update(expire_date=timezone.now())
    tip = send(published(pictures=0), "In Lisbon", contact="jane@example.org")
    return client.post(f"/admin/tips/tip/{tip.pk}/ask/", {"question": "What colour was it?"})


def test_what_was_typed_is_still_there_when_the_session_has_ended(client):
    user = staff(Role.MODERATOR)
    asked = typed_into_an_ended_session(client, user)
    assert asked.headers["Location"] == "/accounts/login/?next=/accounts/continue/"
    page = sign_in(client, asked.headers["Location"], user).content.decode()
    assert 'name="question" value="What colour was it?"' in page


def test_what_was_typed_is_shown_to_no_colleague_in_the_same_browser(client):
    asked = typed_into_an_ended_session(client, staff(Role.MODERATOR))
    page = sign_in(client, asked.headers["Location"], staff(Role.MODERATOR))
    assert "What colour" not in page.content.decode()


def test_nothing_is_kept_for_a_stranger(client):
    client.post("/admin/tips/tip/1/ask/", {"question": "x" * 10_000})
    assert not StaffSession.objects.exists()


def test_a_form_too_long_to_keep_is_said_so(client):
    person_for(client, "admin:staff_user_add")
    grow_old(client)
    answer = client.post("/admin/staff/user/add/", {"first_name": "x" * recent.LARGEST_FORM})
    assert answer.headers["Location"].endswith("?next=%2Fstaff%2F")
    assert "could not be kept" in client.get(answer.headers["Location"]).content.decode()


def test_a_kept_form_can_be_discarded(client):
    client.force_login(staff(Role.MODERATOR))
    grow_old(client)
    asked = client.post("/admin/tips/tip/1/contact/")
    client.post(asked.headers["Location"], {"password": PASSWORD})
    assert "has been kept" in client.get("/accounts/continue/").content.decode()
    client.get("/accounts/continue/?discard")
    assert client.get("/accounts/continue/").status_code == 302


def test_the_page_of_a_kept_form_says_what_it_does_and_with_what(client):
    boss, victim = staff(Role.ADMINISTRATOR), staff(Role.MODERATOR)
    client.force_login(boss)
    grow_old(client)
    address = reverse("admin:staff_user_reset_factors", args=[victim.pk])
    client.post(address, {"reason": "Because <b>I</b> like to"})
    text = client.get("/accounts/continue/").content.decode()
    assert "Reset a second factor" in text
    assert address in text
    assert "Because &lt;b&gt;I&lt;/b&gt; like to" in text
    assert "You have confirmed" not in text
