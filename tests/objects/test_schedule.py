"""An approved object is published at its time or with its whole campaign, never before."""

from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.utils import timezone

from objects import publishing
from objects.models import Campaign, HashList, KnownHash, TraceObject
from objects.publishing import lifecycle
from tests.factories import ALL_CHECKED, identified, published, staff, submitted
from traceobject.audit.models import Entry
from traceobject.errors import StepRefused
from traceobject.staff.roles import Role

State = TraceObject.State
NOW = timezone.now()
LATER = NOW + timedelta(hours=2)


def approved(**fields):
    made = submitted(**fields)
    publishing.approve(
        made,
        by=staff(Role.ANALYST),
        checked=ALL_CHECKED,
        now=NOW,
        seen=publishing.fingerprint(made),
    )
    made.refresh_from_db()
    return made


def test_an_approved_object_waits_for_its_time(client):
    made = approved(publish_at=LATER)
    assert made.state == State.SUBMITTED
    assert publishing.publish_due(LATER - timedelta(seconds=1)) == 0
    assert client.get(made.get_absolute_url()).status_code == 404
    assert storages["public"].listdir("")[1] == [] if storages["public"].exists("") else True
    assert publishing.publish_due(LATER) == 1
    assert client.get(made.get_absolute_url()).status_code == 200


def test_a_time_in_the_past_is_now():
    assert approved(publish_at=NOW - timedelta(days=1)).state == State.PUBLISHED


def test_an_object_that_is_due_but_not_approved_is_not_published():
    made = submitted(publish_at=NOW)
    assert publishing.publish_due(LATER) == 0
    made.refresh_from_db()
    assert made.state == State.SUBMITTED


def test_an_object_that_cannot_be_published_at_its_time_records_the_reason_once(client):
    made = approved(publish_at=LATER)
    KnownHash.objects.create(
        hash_list=HashList.objects.create(source="List", dated=NOW.date()),
        pdq=made.pictures.get().pdq,
    )
    for _ in range(3):
        assert publishing.publish_due(LATER) == 0
    made.refresh_from_db()
    assert made.state == State.SUBMITTED
    assert "hash list" in made.hold_reason
    assert Entry.objects.filter(action="object.held").count() == 1
    client.force_login(staff(Role.ANALYST))
    page = client.get(f"/admin/objects/traceobject/{made.pk}/change/").content.decode()
    assert "was not published as planned" in page


def test_an_approved_object_can_be_published_at_once():
    made = approved(publish_at=LATER)
    publishing.publish_now(made, by=staff(Role.ANALYST))
    made.refresh_from_db()
    assert made.state == State.PUBLISHED
    with pytest.raises(StepRefused):
        publishing.publish_now(made, by=staff(Role.ANALYST))


def test_an_object_that_nobody_approved_cannot_be_published_at_once():
    with pytest.raises(StepRefused, match="not approved"):
        publishing.publish_now(submitted(), by=staff(Role.ANALYST))


def test_a_campaign_is_published_as_a_whole():
    campaign = Campaign.objects.create(name="Spring")
    batch = [approved(campaign=campaign) for _ in range(3)]
    assert {each.state for each in batch} == {State.SUBMITTED}
    publishing.launch(campaign, by=staff(Role.ANALYST))
    states = TraceObject.objects.filter(campaign=campaign).values_list("state", "published_at")
    assert len(set(states)) == 1  # all published, in the same moment
    assert states[0][0] == State.PUBLISHED
    with pytest.raises(StepRefused, match="already been launched"):
        publishing.launch(campaign, by=staff(Role.ANALYST))


def test_a_campaign_with_one_object_that_is_not_ready_is_not_published():
    campaign = Campaign.objects.create(name="Spring", publish_at=LATER)
    approved(campaign=campaign)
    late = submitted(campaign=campaign)
    with pytest.raises(StepRefused, match=f"Not approved yet: {late.reference}"):
        publishing.launch(campaign, by=staff(Role.ANALYST))
    assert publishing.publish_due(LATER) == 0
    campaign.refresh_from_db()
    assert late.reference in campaign.hold_reason
    assert not TraceObject.objects.public().exists()
    publishing.approve(
        late, by=staff(Role.ANALYST), checked=ALL_CHECKED, seen=publishing.fingerprint(late)
    )
    assert publishing.publish_due(LATER) == 2


def test_a_launch_that_fails_in_the_middle_publishes_nothing(monkeypatch):
    campaign = Campaign.objects.create(name="Spring")
    for _ in range(3):
        approved(campaign=campaign)
    real, calls = lifecycle.publish_locked, []

    def fails_at_the_third(*args, **kwargs):
        calls.append(1)
        if len(calls) == 3:
            raise OSError("the store is gone")
        real(*args, **kwargs)

    monkeypatch.setattr(lifecycle, "publish_locked", fails_at_the_third)
    with pytest.raises(OSError, match="gone"):
        publishing.launch(campaign, by=staff(Role.ANALYST))
    assert not TraceObject.objects.public().exists()


def test_the_campaigns_page_plans_and_launches(client):
    analyst = staff(Role.ANALYST)
    client.force_login(analyst)
    client.post(
        "/admin/objects/campaign/add/", {"name": "Spring", "publish_at_0": "", "publish_at_1": ""}
    )
    campaign = Campaign.objects.get()
    made = approved(campaign=campaign)
    page = client.get(f"/admin/objects/campaign/{campaign.pk}/change/").content.decode()
    assert made.reference in page
    client.post(f"/admin/objects/campaign/{campaign.pk}/launch/")
    made.refresh_from_db()
    assert made.state == State.PUBLISHED
    client.force_login(staff(Role.ADMINISTRATOR))
    assert client.post(f"/admin/objects/campaign/{campaign.pk}/launch/").status_code == 403


def test_an_identified_object_is_closed_in_each_language():
    made = published()
    made.translations.create(language_code="fr", title="Un sac", question="Où ?")
    identified({"en": "Thank you", "fr": "Merci"}, found=made)
    words = dict(made.translations.values_list("language_code", "closing_words"))
    assert words == {"en": "Thank you", "fr": "Merci"}
