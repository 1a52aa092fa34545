"""What monitoring and staff see of the outbox."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import staff
from tests.traceobject.outbox.failing import raising
from traceobject.outbox import queue
from traceobject.outbox.failures import GiveUp, StepFailed
from traceobject.outbox.models import Step
from traceobject.staff.roles import Role


def waits_long():
    Step.objects.update(waiting_since=timezone.now() - timedelta(hours=1))


def test_health_says_when_the_outbox_falls_behind(client, done):
    assert client.get("/healthz").json() == {"status": "ok"}
    queue.put("note", 1)
    waits_long()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"status": "late"})
    assert client.get("/livez").status_code == 200


def test_health_says_that_a_step_fails_though_each_try_moves_its_time(client, steps):
    steps("fails", raising(StepFailed("Not yet.")))
    queue.put("fails", 1)
    queue.drain(names=["fails"])
    waits_long()
    assert client.get("/healthz").json() == {"status": "late"}


def test_health_says_that_a_step_was_given_up(client, steps):
    steps("fails", raising(GiveUp("No.")))
    queue.put("fails", 1)
    queue.drain(names=["fails"])
    assert client.get("/healthz").json() == {"status": "given up"}
    assert client.get("/livez").status_code == 200


def test_an_administrator_sees_why_a_step_was_given_up_and_has_it_retried(client, steps):
    seen = []
    steps("refused", raising(GiveUp("The mail server refuses this address for good (550).")))
    queue.put("refused", 1)
    queue.drain(names=["refused"])
    client.force_login(staff(Role.ADMINISTRATOR))
    page = client.get("/staff/").content.decode()
    assert "The mail server refuses this address for good (550)." in page
    step = Step.objects.get()
    answer = client.post("/staff/retry/", {"step": step.pk}, follow=True)
    assert "1 step will be retried." in answer.content.decode()
    assert Step.objects.get().given_up_at is None
    assert not seen


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_nobody_else_retries_steps(client, role):
    client.force_login(staff(role))
    assert client.post("/staff/retry/", {"all": "1"}).status_code == 403


def test_a_row_of_the_outbox_reveals_no_time_closer_than_five_minutes(done):
    queue.put("note", 1)
    step = Step.objects.get()
    assert step.waiting_since.timestamp() % 300 == 0
    assert step.due_at.year == 2000
    assert time.time() - step.waiting_since.timestamp() < 600
