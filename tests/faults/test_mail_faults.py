"""If a mail server hangs, refuses or is gone, nothing is lost and nobody else waits."""

import pytest
from django.utils import timezone

from tests.factories import lead, published, referral, send, staff
from tests.mailserver import mail_server, silent_server
from tests.pauses import expire_pauses
from tips.models import Alert, Attachment
from tips.steps import TipStep
from tips.triage import alerts
from traceobject import mail
from traceobject.outbox import health, queue
from traceobject.outbox.models import Step
from traceobject.staff.authority import System
from traceobject.staff.models import User
from traceobject.staff.roles import Role


@pytest.fixture
def mailbox(settings):
    with mail_server() as (mailbox, url):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST = "127.0.0.1"
        settings.EMAIL_PORT = int(url.rpartition(":")[2])
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield mailbox


def locked_file():
    tip = send(published(pictures=0), "Seen in Sevilla")
    return Attachment.objects.create(
        tip=tip, state="locked", original="uploads/x", sha256="0" * 64, received_at=timezone.now()
    )


def test_one_bad_address_stops_the_alert_for_nobody_else(mailbox):
    people = [staff(Role.SAFEGUARDING, name=name) for name in ("anna", "bert", "cleo")]
    mailbox.refused[people[0].email] = "550 No such person"
    alerts.alert_safeguarding(locked_file().pk)
    for _ in range(4):
        queue.drain(names=[TipStep.SEND_ALERT])
        expire_pauses()
    assert sorted(mailbox.addresses) == [people[1].email, people[2].email]  # and once each
    (step,) = health.given_up()
    assert step.reason == "The mail server refuses this address for good (550)."
    assert "anna" in health.describe(step)
    people[0].email = "anna@elsewhere.example"
    people[0].save()
    queue.retry([step], by=System.COMMAND_LINE)
    queue.drain(names=[TipStep.SEND_ALERT])
    assert sorted(mailbox.addresses)[0] == "anna@elsewhere.example"
    assert Alert.objects.filter(sent_at__isnull=False).count() == 3


def test_an_address_of_an_international_domain_gets_its_mail(mailbox):
    mail.send(to="officer@bücher.example", subject="s", body="b", name="n")
    assert mailbox.addresses == ["officer@xn--bcher-kva.example"]


def test_an_address_that_is_refused_for_now_is_tried_again(mailbox):
    officer = staff(Role.CASE_OFFICER, "ES")
    mailbox.refused[officer.email] = "450 Mailbox busy"
    referral("ES")
    queue.drain(names=[TipStep.DELIVER])
    assert (
        health.failing(TipStep.DELIVER).get().reason.endswith("refuses this address for now (450).")
    )
    mailbox.refused.clear()
    expire_pauses()
    queue.drain(names=[TipStep.DELIVER])
    assert mailbox.addresses == [officer.email]


def test_an_alert_waits_until_somebody_may_open_the_file(mailbox):
    staff(Role.ADMINISTRATOR)  # cannot open it, and is not told
    attachment = locked_file()
    queue.put(TipStep.ALERT, attachment.pk)
    queue.drain(names=[TipStep.ALERT, TipStep.SEND_ALERT])
    assert mailbox.addresses == []
    assert health.failing(TipStep.ALERT).get().reason.startswith("Nobody with the role")
    guardian = staff(Role.SAFEGUARDING)
    expire_pauses()
    queue.drain(names=[TipStep.ALERT, TipStep.SEND_ALERT])
    assert mailbox.addresses == [guardian.email]


def test_an_alert_goes_to_whoever_has_the_role_when_it_is_sent(mailbox):
    guardian = staff(Role.SAFEGUARDING)
    alerts.alert_safeguarding(locked_file().pk)
    User.objects.filter(pk=guardian.pk).update(is_active=False)
    steps = [TipStep.ALERT, TipStep.SEND_ALERT]
    queue.drain(names=steps)
    queue.drain(names=steps)
    assert mailbox.addresses == []
    (waiting,) = Step.objects.filter(name__in=steps)  # the alert is not dropped for it
    assert (waiting.name, waiting.given_up_at) == (TipStep.ALERT, None)
    successor = staff(Role.SAFEGUARDING)
    expire_pauses()
    queue.drain(names=steps)
    queue.drain(names=steps)
    assert mailbox.addresses == [successor.email]
    assert not Step.objects.filter(name__in=steps).exists()


def test_a_mail_server_that_hangs_is_tried_once_and_then_left_alone(settings, mailbox):
    staff(Role.CASE_OFFICER, "ES", "FR", "PT")
    with silent_server() as (port, connected):
        good, settings.EMAIL_PORT = settings.EMAIL_PORT, port
        settings.EMAIL_TIMEOUT = 0.2
        lead_ = lead("ES", "FR", "PT")
        queue.drain(names=[TipStep.ROUTE, TipStep.DELIVER])
        assert connected.is_set()
    failed = [step.reason for step in health.failing(TipStep.DELIVER)]
    assert failed == ["The mail server did not answer in time."]
    assert Step.objects.filter(name=TipStep.DELIVER, attempts=0).count() == 3
    settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = good, 10
    expire_pauses()
    queue.drain(names=[TipStep.DELIVER])
    assert len(mailbox.received) == 3
    assert lead_.referrals.filter(deliveries__sent_at__isnull=False).count() == 3
