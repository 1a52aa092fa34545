"""From claim to referral: decisions once, one referral a country, one officer, one mail."""

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from objects.models import TraceObject
from tests.factories import lead, open_claim, published, referral, send, staff
from tips.desk import outcomes
from tips.models import Claim, Delivery, Desk, Referral, Tip
from tips.routing.deliver import deliver
from tips.routing.route import route, route_waiting
from tips.triage import claim_queue, contact, decisions
from traceobject.audit.models import Entry, PendingEntry
from traceobject.errors import StepRefused
from traceobject.outbox import queue as outbox
from traceobject.outbox.models import Step
from traceobject.staff.roles import Role


class TestQueue:
    def test_the_urgent_then_the_named_then_the_often_said_come_first(self):
        normal, urgent = (
            published(pictures=0),
            published(pictures=0, priority=TraceObject.Priority.URGENT),
        )
        often = open_claim(normal, "Sold at a market in Lyon, France")
        send(normal, "sold at a market in lyon, france")
        once = open_claim(normal, "My neighbour had it in Oslo, Norway")
        nameless = open_claim(normal, "No idea where that could be from")
        first = open_claim(urgent, "Something about it seems familiar to me")
        assert list(claim_queue.claims().filter(state="open")) == [first, often, once, nameless]

    def test_the_moderator_sees_open_claims_first_and_the_text_is_harmless(self, client):
        open_claim(text="<img src=x onerror=alert(1)> seen in Lyon")
        client.force_login(staff(Role.MODERATOR))
        page = client.get("/admin/tips/claim/").content.decode()
        assert "&lt;img src=x" in page
        assert "<img src=x" not in page

    def test_a_moderator_vets_with_one_form_and_goes_on_to_the_next_claim(self, client):
        trace_object = published(pictures=0)
        claim, other = (
            open_claim(trace_object),
            open_claim(trace_object, "My aunt in Oslo has this"),
        )
        client.force_login(staff(Role.MODERATOR))
        page = client.get(f"/admin/tips/claim/{claim.pk}/change/").content.decode()
        assert "One tip says: Sold at Lidl in Sevilla, Spain" in page
        assert 'value="ES" checked' in page
        answer = client.post(
            f"/admin/tips/claim/{claim.pk}/vet/",
            {"summary": "Sold in Sevilla.", "countries": ["ES", "", "PT"], "relation": "sold"},
        )
        assert answer["Location"] == f"/admin/tips/claim/{other.pk}/change/"
        assert set(claim.lead.countries.values_list("country", flat=True)) == {"ES", "PT"}

    @pytest.mark.parametrize(
        ("fields", "why"),
        [
            ({"summary": "", "countries": ["ES"]}, "Enter a summary"),
            ({"summary": "My careful summary", "countries": [""]}, "at least one country"),
            ({"summary": "My careful summary", "countries": ["XX"]}, "valid choice"),
        ],
    )
    def test_a_mistake_keeps_what_the_moderator_wrote(self, client, fields, why):
        claim = open_claim()
        client.force_login(staff(Role.MODERATOR))
        answer = client.post(f"/admin/tips/claim/{claim.pk}/vet/", {"relation": "sold", **fields})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert why in page
        assert fields["summary"] in page
        claim.refresh_from_db()
        assert claim.state == "open"

    def test_others_cannot_decide(self, client):
        claim = open_claim()
        for role in set(Role) - {Role.MODERATOR}:
            client.force_login(staff(role))
            client.post(
                f"/admin/tips/claim/{claim.pk}/vet/",
                {"summary": "x", "countries": ["ES"], "relation": "sold"},
            )
            client.post(f"/admin/tips/claim/{claim.pk}/reject/", {"reason": "x"})
        claim.refresh_from_db()
        assert claim.state == "open"


class TestDecisions:
    def test_a_claim_is_decided_once(self):
        claim, moderator = open_claim(), staff(Role.MODERATOR)
        decisions.reject(claim, by=moderator, reason="Nothing in it")
        with pytest.raises(StepRefused, match="rejected"):
            decisions.vet(claim, by=moderator, summary="x", countries={"ES": "sold"})

    def test_a_rejection_needs_a_reason_and_can_be_taken_back(self):
        claim, moderator = open_claim(), staff(Role.MODERATOR)
        with pytest.raises(StepRefused, match="Give a reason"):
            decisions.reject(claim, by=moderator, reason=" ")
        decisions.reject(claim, by=moderator, reason="Nothing in it")
        decisions.reopen(claim, by=moderator)
        claim.refresh_from_db()
        assert claim.state == "open"
        actions = list(
            Entry.objects.filter(target=claim.audit_name).values_list("action", flat=True)
        )
        assert actions == ["claim.reopened", "claim.rejected"]

    def test_rejecting_deletes_nothing_and_later_tips_join(self):
        trace_object = published(pictures=0)
        claim = open_claim(trace_object)
        decisions.reject(claim, by=staff(Role.MODERATOR), reason="Nothing in it")
        later = send(trace_object, "sold at lidl in sevilla, spain")
        assert later.claim == claim
        assert Tip.objects.count() == 2

    def test_the_database_refuses_a_decision_without_a_name(self):
        claim = open_claim()
        with pytest.raises(IntegrityError), transaction.atomic():
            Claim.objects.filter(pk=claim.pk).update(state="vetted")

    def test_the_lead_and_its_next_step_are_written_together(self):
        made = lead("ES")
        assert Step.objects.filter(name="route", subject=made.pk).exists()


class TestContact:
    def test_a_look_at_a_contact_is_recorded_without_the_contact(self, client):
        tip = send(published(pictures=0), "Seen in Lyon", contact="jane@mail.example")
        client.force_login(staff(Role.MODERATOR, name="mod"))
        assert b"jane@" not in client.get(f"/admin/tips/tip/{tip.pk}/change/").content
        assert b"jane@mail.example" in client.post(f"/admin/tips/tip/{tip.pk}/contact/").content
        entry = Entry.objects.get(action="contact.seen")
        assert (entry.actor, entry.target) == ("mod", tip.audit_name)
        assert "jane" not in str(Entry.objects.values_list())

    def test_who_may_not_see_contacts_does_not(self):
        tip = send(published(pictures=0), "Seen in Lyon", contact="jane@mail.example")
        for role in (Role.ANALYST, Role.INVESTIGATOR, Role.ADMINISTRATOR):
            with pytest.raises(PermissionDenied):
                contact.reveal(tip, by=staff(role))
        assert not Entry.objects.filter(action="contact.seen").exists()


def leave(officer, how):
    """Make an officer leave their country's desk."""
    if how == "is deactivated":
        officer.is_active = False
        officer.save()
    elif how == "loses the role":
        officer.groups.clear()
    else:
        officer.officer_countries.all().delete()


class TestRouting:
    def test_each_country_gets_one_referral_however_often_routing_runs(self):
        staff(Role.CASE_OFFICER, "ES", "PT")
        made = lead("ES", "PT")
        for _ in range(3):
            route(made.pk)
        assert sorted(str(r.country) for r in made.referrals.all()) == ["ES", "PT"]
        assert Delivery.objects.count() == 2

    def test_the_database_refuses_a_second_referral_to_a_country(self):
        staff(Role.CASE_OFFICER, "ES")
        first = referral("ES")
        with pytest.raises(IntegrityError), transaction.atomic():
            Referral.objects.create(lead=first.lead, country="ES")

    def test_the_officer_on_duty_gets_it(self):
        staff(Role.CASE_OFFICER, "ES")
        on_duty = staff(Role.CASE_OFFICER, "ES")
        Desk.objects.create(country="ES", name="Madrid", on_duty=on_duty)
        assert referral("ES").officer == on_duty

    def test_one_on_duty_who_no_longer_answers_for_the_country_does_not(self):
        still = staff(Role.CASE_OFFICER, "ES")
        Desk.objects.create(country="ES", name="Madrid", on_duty=staff(Role.CASE_OFFICER, "FR"))
        assert referral("ES").officer == still

    def test_a_country_without_an_officer_waits_and_is_served_when_there_is_one(self):
        made = lead("IS")
        route(made.pk)
        assert made.referrals.get().state == "waiting"
        officer = staff(Role.CASE_OFFICER, "IS")
        assert route_waiting() == 1
        outbox.drain(names=["route"])
        assert made.referrals.get().officer == officer

    def test_the_mail_holds_no_word_of_the_case(self):
        officer = staff(Role.CASE_OFFICER, "ES")
        made = referral("ES")
        outbox.drain(names=["deliver"])
        (message,) = mail.outbox
        assert message.to == [officer.email]
        assert f"/desk/{made.pk}/" in message.body
        for secret in (
            made.lead.summary,
            made.lead.object.title,
            made.lead.claim.tips.first().text,
        ):
            assert secret not in message.body + message.subject

    def test_a_delivery_is_sent_once_however_often_it_is_tried(self):
        staff(Role.CASE_OFFICER, "ES")
        delivery = referral("ES").deliveries.get()
        deliver(delivery.pk)
        deliver(delivery.pk)
        assert len(mail.outbox) == 1

    def test_a_machine_that_dies_between_sending_and_noting_sends_the_same_message_again(
        self, monkeypatch
    ):
        staff(Role.CASE_OFFICER, "ES")
        delivery = referral("ES").deliveries.get()
        from traceobject.audit import trail

        with monkeypatch.context() as dying:
            dying.setattr(trail, "record", lambda *_, **__: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                deliver(delivery.pk)
        deliver(delivery.pk)
        first, second = mail.outbox
        assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
        assert PendingEntry.objects.filter(action="delivery.sent").count() == 1

    @pytest.mark.parametrize("leaves", ["is deactivated", "loses the role", "loses the country"])
    def test_an_officer_who_left_gets_no_mail_and_the_next_one_does(self, leaves):
        first, second = staff(Role.CASE_OFFICER, "ES"), staff(Role.CASE_OFFICER, "ES")
        made = referral("ES")
        leave(first, leaves)
        outbox.drain(names=["deliver"])
        outbox.drain(names=["deliver"])
        assert [message.to for message in mail.outbox] == [[second.email]]
        made.refresh_from_db()
        assert (made.state, made.officer) == ("sent", second)
        entry = PendingEntry.objects.get(action="referral.handed_on")
        assert entry.detail["previous_officer"] == first.username
        assert entry.detail["officer"] == second.username

    @pytest.mark.parametrize("leaves", ["is deactivated", "loses the role", "loses the country"])
    @pytest.mark.parametrize("state", ["sent", "acknowledged"])
    def test_open_referrals_of_an_officer_who_leaves_are_handed_on(self, leaves, state):
        first, second = staff(Role.CASE_OFFICER, "ES"), staff(Role.CASE_OFFICER, "ES")
        made = referral("ES")
        outbox.drain(names=["deliver"])
        if state == "acknowledged":
            outcomes.acknowledge(made, by=first)
        assert route_waiting() == 0
        leave(first, leaves)
        assert route_waiting() == 1
        outbox.drain(names=["route"])
        outbox.drain(names=["deliver"])
        made.refresh_from_db()
        assert (made.state, made.officer, made.acknowledged_by) == ("sent", second, None)
        assert [message.to for message in mail.outbox] == [[first.email], [second.email]]
        assert route_waiting() == 0

    def test_without_a_next_officer_the_referral_waits_and_says_why(self):
        first = staff(Role.CASE_OFFICER, "ES")
        made = referral("ES")
        outcomes.acknowledge(made, by=first)
        leave(first, "is deactivated")
        assert route_waiting() == 1
        outbox.drain(names=["route"])
        made.refresh_from_db()
        assert (made.state, made.officer) == ("waiting", None)
        entry = PendingEntry.objects.filter(action="referral.waiting").latest("pk")
        assert entry.detail["previous_officer"] == first.username
        second = staff(Role.CASE_OFFICER, "ES")
        assert route_waiting() == 1
        outbox.drain(names=["route"])
        made.refresh_from_db()
        assert (made.state, made.officer) == ("sent", second)

    def test_who_acknowledged_a_referral_keeps_it_when_the_first_one_leaves(self):
        first, second = staff(Role.CASE_OFFICER, "ES"), staff(Role.CASE_OFFICER, "ES")
        made = referral("ES")
        outcomes.acknowledge(made, by=second)
        leave(first, "is deactivated")
        assert route_waiting() == 0
        outbox.drain(names=["deliver"])
        made.refresh_from_db()
        assert (made.state, made.acknowledged_by) == ("acknowledged", second)
        assert not mail.outbox

    def test_an_officer_who_comes_back_is_told_again(self):
        first = staff(Role.CASE_OFFICER, "ES")
        made = referral("ES")
        outbox.drain(names=["deliver"])
        leave(first, "is deactivated")
        route(made.lead_id)
        first.is_active = True
        first.save()
        route(made.lead_id)
        outbox.drain(names=["deliver"])
        assert [message.to for message in mail.outbox] == [[first.email], [first.email]]

    def test_a_closed_referral_stays_with_who_closed_it(self):
        first, _ = staff(Role.CASE_OFFICER, "ES"), staff(Role.CASE_OFFICER, "ES")
        made = referral("ES")
        outcomes.acknowledge(made, by=first)
        outcomes.close(made, by=first, outcome="nothing", note="")
        leave(first, "is deactivated")
        assert route_waiting() == 0

    def test_a_mail_server_that_is_down_loses_nothing(self, settings):
        staff(Role.CASE_OFFICER, "ES")
        made = referral("ES")
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
        assert outbox.drain(names=["deliver"]) == 0
        step = Step.objects.get(name="deliver")
        assert (step.subject, step.attempts) == (made.deliveries.get().pk, 0)
        assert step.reason == "The mail server cannot be reached (ConnectionRefusedError)."


@pytest.mark.parametrize(
    ("step", "fields"),
    [
        ("reject", {"reason": "Seen by me as well"}),
        ("vet", {"summary": "Seen by me as well", "countries": ["ES"], "relation": "sold"}),
    ],
)
def test_a_second_decision_is_refused_aloud_and_its_words_are_still_there(client, step, fields):
    claim = open_claim()
    decisions.reject(claim, by=staff(Role.MODERATOR), reason="First")
    client.force_login(staff(Role.MODERATOR))
    answer = client.post(f"/admin/tips/claim/{claim.pk}/{step}/", fields)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"C-{claim.pk} has already been rejected." in page
    assert "Seen by me as well" in page


def test_a_digit_that_is_no_number_is_no_claim_and_no_tip(client):
    claim = open_claim()
    client.force_login(staff(Role.MODERATOR))
    assert client.get("/admin/tips/claim/²/change/").status_code == 404
    assert client.get("/admin/tips/tip/²/change/").status_code in (302, 404)
    answer = client.post(f"/admin/tips/claim/{claim.pk}/split/", {"tip": ["²"]}, follow=True)
    assert "Select the tips to split off." in answer.content.decode()
