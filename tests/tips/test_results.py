"""The public figures are useful, rounded, and give nothing and nobody away."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from objects import publishing
from tests.factories import identified, published, referral, send, staff
from tips.desk import outcomes
from tips.models import Hotline, Tip
from tips.results.figures import figures
from traceobject.staff.roles import Role

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def tips(made, number, at):
    first = send(made, "Sold in Sevilla")
    Tip.objects.filter(pk=first.pk).update(received_at=at)
    Tip.objects.bulk_create(
        Tip(object=made, text=f"Seen {n}", received_at=at) for n in range(number - 1)
    )


def closed(outcome, *, is_released, country="ES", made=None):
    officer = staff(Role.CASE_OFFICER, country)
    claim = send(made or published(pictures=0), "Sold at Lidl in Sevilla").claim
    found = referral(country, claim=claim)
    outcomes.acknowledge(found, by=officer)
    outcomes.close(found, by=officer, outcome=outcome, note="", is_released=is_released)
    return found


def test_it_works(client):
    identified("A shop in Faro. Thank you.")
    tips(published(pictures=0), 47, NOW - timedelta(days=40))
    closed("confirmed", is_released=True)
    page = client.get("/results/").content.decode()
    assert re.search(r"Tips up to last month</dt><dd>40<", page)
    assert "A shop in Faro. Thank you." in page
    assert page.count("<table") == 2
    assert page.count('<svg class="bar"') == 16
    assert all('aria-hidden="true"' in svg for svg in re.findall(r'<svg class="bar"[^>]*>', page))


def test_no_single_message_moves_a_figure():
    made = published(pictures=0)
    tips(made, 49, NOW - timedelta(days=40))
    before = figures(NOW)
    Tip.objects.create(object=made, text="Mine", received_at=NOW)
    assert figures(NOW) == before
    assert before.tips == 40


def test_tips_on_objects_that_are_not_public_count_for_nothing():
    made = published(pictures=0)
    tips(made, 30, NOW - timedelta(days=40))
    publishing.withdraw(made, by=staff(Role.ANALYST), reason="a mistake")
    assert figures(NOW).tips == 0
    assert all(bar.number == 0 for bar in figures(NOW).months)


def test_an_outcome_counts_only_where_its_officer_released_it():
    closed("confirmed", is_released=False)
    assert figures(NOW).countries == 0
    closed("confirmed", is_released=True)
    closed("confirmed", is_released=True)
    found = figures(NOW)
    assert found.countries == 1
    assert {bar.label: bar.number for bar in found.outcomes}["confirmed"] == 2


def test_the_officer_releases_it_on_their_page(client):
    officer = staff(Role.CASE_OFFICER, "ES")
    found = referral("ES")
    outcomes.acknowledge(found, by=officer)
    client.force_login(officer)
    client.post(f"/desk/{found.pk}/close/", {"outcome": "confirmed", "is_released": "on"})
    found.refresh_from_db()
    assert found.is_released


def test_no_page_names_the_countries(client):
    closed("confirmed", is_released=True, country="ES")
    page = client.get("/results/").content.decode()
    assert "Spain" not in page
    assert "Sevilla" not in page


def test_hotlines_are_listed_by_country_and_edited_by_administrators(client):
    page = client.get("/fr/report/").content.decode()
    assert "Allemagne" in page
    assert "Internet-Beschwerdestelle" in page
    client.force_login(staff(Role.ADMINISTRATOR))
    client.post(
        "/admin/tips/hotline/add/",
        {"country": "SE", "name": "Test line", "address": "https://line.example/", "telephone": ""},
    )
    assert Hotline.objects.get(country="SE").name == "Test line"
    assert "Test line" in client.get("/report/").content.decode()


@pytest.mark.parametrize("address", ["http://line.example/", "javascript:alert(1)", "line.example"])
def test_a_hotline_is_reached_by_https_alone(client, address):
    client.force_login(staff(Role.ADMINISTRATOR))
    answer = client.post(
        "/admin/tips/hotline/add/", {"country": "SE", "name": "Test line", "address": address}
    )
    assert answer.status_code == 200
    assert not Hotline.objects.filter(name="Test line").exists()


def test_every_form_says_where_pictures_of_abuse_go(client):
    made = published(pictures=0)
    page = client.get(f"{made.get_absolute_url()}tip/").content.decode()
    assert "Never send us pictures of children or of abuse" in page
    assert 'href="/report/"' in page
