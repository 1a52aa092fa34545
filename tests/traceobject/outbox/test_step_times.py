"""No page or command about steps shows a clock closer than the hour beside a tip's number."""

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from tests.factories import staff
from traceobject.outbox.models import Step
from traceobject.staff.roles import Role

MOMENT = datetime(2031, 5, 4, 13, 37, 42, tzinfo=UTC)


@pytest.fixture
def steps():
    """One step of each kind of trouble, all at one moment."""
    times = {"waiting_since": MOMENT, "due_at": MOMENT}
    trouble = {"attempts": 3, "last_error": "ValueError", "reason": "It failed."}
    Step.objects.create(name="match", subject=4711, **times)
    Step.objects.create(name="match", subject=4712, **times, **trouble)
    return Step.objects.create(name="match", subject=4713, **times, **trouble, given_up_at=MOMENT)


def has_the_minute(text):
    return any(part in text for part in (":37", "37:42", "T13:37", "1:37"))


@pytest.mark.parametrize(
    "page", ["/staff/", "/admin/outbox/step/", "/admin/outbox/step/{pk}/change/"]
)
def test_no_page_about_steps_shows_the_minute(client, steps, page):
    client.force_login(staff(Role.ADMINISTRATOR))
    text = client.get(page.format(pk=steps.pk)).content.decode()
    assert "4713" in text
    assert not has_the_minute(text)


def test_the_start_page_shows_the_hour(client, steps):
    client.force_login(staff(Role.ADMINISTRATOR))
    assert "4 May, 13:00" in client.get("/staff/").content.decode()


def test_the_command_shows_no_time(steps, capsys):
    with pytest.raises(CommandError):
        call_command("outbox", "list")
    text = capsys.readouterr().out
    assert "4713" in text
    assert not has_the_minute(text)


@pytest.mark.parametrize(
    "query",
    [
        *("due_at__lt=2031-05-04 13:37:43", "due_at__gte=2031-05-04", "waiting_since__minute=37"),
        *("given_up_at__second=42", "given_up_at__gt=2031-05-04 13:37", "o=99&due_at__hour=13"),
    ],
)
def test_no_address_of_the_admin_tells_the_minute(client, steps, query):
    client.force_login(staff(Role.ADMINISTRATOR))
    assert client.get(f"/admin/outbox/step/?{query}").status_code == 400


def test_the_filters_of_the_page_still_work(client, steps):
    client.force_login(staff(Role.ADMINISTRATOR))
    for query, count in (("name=match", 3), ("given_up_at__isempty=0", 1), ("name__exact=x", 0)):
        answer = client.get(f"/admin/outbox/step/?{query}")
        assert answer.context["cl"].result_count == count, query
