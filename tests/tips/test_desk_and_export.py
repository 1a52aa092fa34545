"""An officer sees their own countries and nothing else; exports say where each row came from."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.factories import lead, open_claim, published, referral, send, staff
from tips.desk import outcomes
from tips.desk.access import referrals_for
from tips.models import Referral, Tip
from tips.retention import expiry
from tips.routing.route import route
from traceobject.audit.models import Entry
from traceobject.errors import StepRefused
from traceobject.staff.roles import Role


@pytest.fixture
def spain():
    return staff(Role.CASE_OFFICER, "ES", name="spain")


@pytest.fixture
def france():
    return staff(Role.CASE_OFFICER, "FR", name="france")


class TestDesk:
    def test_an_officer_works_a_referral_to_its_outcome(self, client, spain):
        made = referral("ES", open_claim(published()))
        client.force_login(spain)
        assert made.reference in client.get("/desk/").content.decode()
        page = client.get(f"/desk/{made.pk}/").content.decode()
        assert made.lead.summary in page
        assert "Sold at Lidl in Sevilla, Spain" in page
        picture = made.lead.object.pictures.get()
        assert client.get(f"/desk/{made.pk}/pictures/{picture.pk}/").status_code == 200
        client.post(f"/desk/{made.pk}/acknowledge/")
        client.post(f"/desk/{made.pk}/close/", {"outcome": "confirmed", "note": "Two shops."})
        made.refresh_from_db()
        assert (made.state, made.outcome, made.outcome_note) == (
            "closed",
            "confirmed",
            "Two shops.",
        )
        trail = Entry.objects.filter(target=made.audit_name, actor="spain").values_list(
            "action", flat=True
        )
        assert list(trail) == ["referral.closed", "referral.acknowledged"]

    def test_an_officer_of_another_country_sees_nothing(self, client, spain, france):
        tip = send(published(), "Sold at Lidl in Sevilla, Spain", contact="jane@mail.example")
        made = referral("ES", tip.claim)
        picture = made.lead.object.pictures.get()
        client.force_login(france)
        assert made.reference not in client.get("/desk/").content.decode()
        assert client.get(f"/desk/{made.pk}/").status_code == 404
        assert client.get(f"/desk/{made.pk}/pictures/{picture.pk}/").status_code == 404
        for step in ("acknowledge", "close", f"contact/{tip.pk}"):
            assert (
                client.post(f"/desk/{made.pk}/{step}/", {"outcome": "nothing"}).status_code == 404
            )
        made.refresh_from_db()
        assert made.state == "sent"
        assert not Entry.objects.filter(action="contact.seen").exists()
        for door in (
            "/leads/",
            "/leads/export.csv",
            "/admin/tips/tip/",
            f"/admin/tips/tip/{tip.pk}/change/",
            "/admin/tips/claim/",
        ):
            answer = client.get(door, follow=True)
            assert b"Sevilla" not in answer.content
            assert answer.status_code == 403

    def test_a_tip_of_another_claim_cannot_be_reached_through_ones_own_referral(
        self, client, spain
    ):
        made = referral("ES")
        foreign = send(published(pictures=0), "Seen in Lyon", contact="jane@mail.example")
        client.force_login(spain)
        assert client.post(f"/desk/{made.pk}/contact/{foreign.pk}/").status_code == 404

    def test_the_steps_themselves_refuse_an_officer_of_another_country(self, spain, france):
        made = referral("ES")
        with pytest.raises(PermissionDenied):
            outcomes.acknowledge(made, by=france)
        outcomes.acknowledge(made, by=spain)
        with pytest.raises(PermissionDenied):
            outcomes.close(made, by=france, outcome="nothing", note="")

    def test_a_lead_of_two_countries_shows_each_officer_only_their_own(self, client, spain, france):
        made = lead("ES", "FR")
        route(made.pk)
        assert [str(r.country) for r in referrals_for(spain)] == ["ES"]
        assert [str(r.country) for r in referrals_for(france)] == ["FR"]
        client.force_login(france)
        page = client.get(f"/desk/{made.referrals.get(country='FR').pk}/").content.decode()
        assert "-ES" not in page

    def test_an_officer_whose_country_was_taken_away_sees_it_no_more(self, client, spain):
        made = referral("ES")
        spain.officer_countries.all().delete()
        client.force_login(spain)
        assert client.get(f"/desk/{made.pk}/").status_code == 404

    def test_a_referral_that_waits_for_a_desk_is_nobodys(self):
        made = lead("ES")
        route(made.pk)
        assert not referrals_for(staff(Role.CASE_OFFICER, "ES")).exists()

    def test_acknowledging_twice_is_once_and_closing_needs_it_first(self, client, spain):
        made = referral("ES")
        with pytest.raises(StepRefused, match="Acknowledge"):
            outcomes.close(made, by=spain, outcome="nothing", note="")
        outcomes.acknowledge(made, by=spain)
        outcomes.acknowledge(made, by=spain)
        assert Entry.objects.filter(action="referral.acknowledged").count() == 1
        outcomes.close(made, by=spain, outcome="nothing", note="")
        with pytest.raises(StepRefused, match="already been closed"):
            outcomes.close(made, by=spain, outcome="confirmed", note="")

    def test_a_missing_outcome_keeps_the_note(self, client, spain):
        made = referral("ES")
        outcomes.acknowledge(made, by=spain)
        client.force_login(spain)
        answer = client.post(f"/desk/{made.pk}/close/", {"note": "A long note"})
        assert answer.status_code == 422
        assert b"Choose an outcome" in answer.content
        assert b"A long note" in answer.content

    def test_the_database_refuses_an_outcome_before_the_end(self, spain):
        made = referral("ES")
        with pytest.raises(IntegrityError), transaction.atomic():
            Referral.objects.filter(pk=made.pk).update(outcome="confirmed")

    def test_an_officer_sees_a_contact_and_the_look_is_recorded(self, client, spain):
        tip = send(
            published(pictures=0), "Sold at Lidl in Sevilla, Spain", contact="jane@mail.example"
        )
        made = referral("ES", tip.claim)
        client.force_login(spain)
        assert b"jane@" not in client.get(f"/desk/{made.pk}/").content
        assert b"jane@mail.example" in client.post(f"/desk/{made.pk}/contact/{tip.pk}/").content
        assert Entry.objects.get(action="contact.seen").actor == "spain"


def read(text):
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


class TestExport:
    def test_leads_go_out_a_row_for_each_country_with_their_origin(self, capsys, spain):
        made = lead("ES", "IS")
        route(made.pk)
        call_command("export_leads")
        rows = read(capsys.readouterr().out)
        assert [(row["lead"], row["country"], row["referral_state"]) for row in rows] == [
            (made.reference, "ES", "sent"),
            (made.reference, "IS", "waiting"),
        ]
        assert rows[0]["object"] == made.object.reference
        assert rows[0]["tip_ids"] == str(made.claim.tips.get().pk)
        assert rows[0]["vetted_by"] == made.vetted_by.username
        assert Entry.objects.filter(action="leads.exported").count() == 1

    def test_leads_are_chosen_by_country_and_day(self, capsys):
        lead("ES")
        call_command("export_leads", "--country", "fr")
        assert read(capsys.readouterr().out) == []
        tomorrow = timezone.localdate() + timedelta(days=1)
        call_command("export_leads", "--since", str(tomorrow))
        assert read(capsys.readouterr().out) == []
        call_command("export_leads", "--country", "ES", "--since", str(timezone.localdate()))
        assert len(read(capsys.readouterr().out)) == 1

    def test_tips_go_out_with_what_matching_made_of_them_and_no_contact(self, capsys):
        trace_object = published(pictures=0)
        send(trace_object, "Sold at Lidl in Sevilla, Spain", contact="jane@mail.example")
        send(trace_object, "sold at lidl in sevilla, spain!")
        send(trace_object, "not looked at yet", matched=False)
        call_command("export_tips", "--object", trace_object.reference.lower())
        text = capsys.readouterr().out
        rows = read(text)
        assert list(rows[0]) == [
            "external_id",
            "id",
            "object",
            "claim",
            "relation",
            "reasons",
            "state",
            "countries",
        ]
        assert [(row["relation"], row["state"]) for row in rows] == [
            ("first", "open"),
            ("duplicate", "open"),
            ("", "received"),
        ]
        assert rows[0]["countries"] == "ES"
        assert rows[0]["claim"] == rows[1]["claim"] != ""
        assert "jane" not in text
        assert Tip.objects.first().receipt not in text

    @pytest.mark.parametrize(
        ("command", "options", "why"),
        [
            ("export_tips", ["--object", "NO-1"], "no object"),
            ("export_leads", ["--country", "Spain"], "ISO 3166-1"),
            ("export_leads", ["--since", "yesterday"], "is not a date"),
            ("export_leads", ["--out", "/no/such/folder/x.csv"], "cannot be written"),
        ],
    )
    def test_a_wrong_option_is_named(self, command, options, why):
        with pytest.raises(CommandError, match=why):
            call_command(command, *options)

    def test_a_file_is_written_whole_and_for_its_owner_only(self, tmp_path):
        lead("ES")
        out = tmp_path / "leads.csv"
        call_command("export_leads", "--out", str(out))
        assert len(read(out.read_text())) == 1
        assert out.stat().st_mode & 0o077 == 0
        assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["leads.csv"]

    def test_the_investigator_filters_and_takes_the_file_along(self, client):
        made = lead("ES", "PT")
        client.force_login(staff(Role.INVESTIGATOR, name="inv"))
        page = client.get("/leads/?country=ES").content.decode()
        assert "1 row:" in page
        answer = client.get("/leads/export.csv?country=PT")
        assert "attachment" in answer["Content-Disposition"]
        body = answer.getvalue().decode()
        assert body.startswith("\ufeff")
        assert [row["lead"] for row in read(body)] == [made.reference]
        assert Entry.objects.get(action="leads.exported").detail == {"country": "PT", "since": ""}
        assert client.get("/leads/?since=nonsense").status_code == 422


def test_contacts_are_forgotten_after_their_time_and_tips_stay(settings):
    trace_object = published(pictures=0)
    old = send(trace_object, "Seen in Lyon", contact="old@mail.example")
    send(trace_object, "Seen in Oslo", contact="new@mail.example")
    Tip.objects.filter(pk=old.pk).update(
        received_at=timezone.now() - settings.CONTACT_RETENTION - timedelta(days=1)
    )
    assert expiry.erase_expired(timezone.now())["contact details"] == 1
    assert Tip.objects.filter(contact__isnull=False).count() == 1
    assert Tip.objects.count() == 2
    entry = Entry.objects.get(action="retention.erased", target="contact details")
    assert (entry.actor, entry.detail) == ("retention", {"count": 1})


def test_an_outcome_that_comes_too_late_is_refused_aloud_and_the_note_is_still_there(client):
    officer = staff(Role.CASE_OFFICER, "ES")
    made = referral("ES")
    outcomes.acknowledge(made, by=officer)
    outcomes.close(made, by=officer, outcome="nothing", note="")
    client.force_login(officer)
    fields = {"outcome": "confirmed", "note": "Sold by a wholesaler in Vigo"}
    answer = client.post(f"/desk/{made.pk}/close/", fields)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This referral has already been closed." in page
    assert "Sold by a wholesaler in Vigo" in page
