"""Claims that people arrange: merged, split, withdrawn from, and left alone by matching."""

import re

import pytest
from django.core.management import call_command

from tests.factories import published, send, staff
from tests.tips.test_claims import FIRST
from tips.models import Claim, Tip
from tips.triage import decisions, merging, withdrawal
from traceobject.audit.models import Entry
from traceobject.errors import StepRefused
from traceobject.staff.roles import Role


@pytest.fixture
def two():
    made = published(pictures=0)
    return send(made, FIRST), send(made, FIRST.replace("Sevilla", "Porto"))


def test_a_moderator_merges_two_claims_and_matching_respects_it(client, two):
    one, other = two
    moderator = staff(Role.MODERATOR)
    client.force_login(moderator)
    page = client.get(f"/admin/tips/claim/{one.claim_id}/change/").content.decode()
    address = re.search(r'action="([^"]*merge/\d+/)"', page)[1]
    client.post(address)
    one.refresh_from_db()
    other.refresh_from_db()
    assert one.claim == other.claim
    assert "merged by a moderator" in other.reasons[-1]
    assert Entry.objects.filter(action="claim.joined").count() == 1
    third = send(one.object, FIRST.replace("Sevilla", "Porto").lower())
    assert third.claim == one.claim


def test_a_moderator_splits_tips_off_and_they_stay_split(client, two):
    one, _ = two
    again = send(one.object, f"Hello, {FIRST}")
    assert again.claim == one.claim
    client.force_login(staff(Role.MODERATOR))
    client.post(f"/admin/tips/claim/{one.claim_id}/split/", {"tip": [again.pk]})
    again.refresh_from_db()
    assert again.claim != one.claim
    assert "split off by a moderator" in again.reasons[-1]
    third = send(one.object, FIRST.upper())
    assert third.claim in (one.claim, again.claim)
    again.refresh_from_db()
    assert again.claim != Tip.objects.get(pk=one.pk).claim


def test_an_impossible_split_or_merge_is_refused(two):
    one, other = two
    moderator = staff(Role.MODERATOR)
    with pytest.raises(StepRefused, match="Select"):
        merging.split(one.claim, [other.pk], by=moderator)
    with pytest.raises(StepRefused, match="has to stay"):
        merging.split(one.claim, [one.pk], by=moderator)
    with pytest.raises(StepRefused, match="itself"):
        merging.merge(one.claim, one.claim, by=moderator)
    elsewhere = send(published(pictures=0), FIRST)
    with pytest.raises(StepRefused, match="different objects"):
        merging.merge(elsewhere.claim, one.claim, by=moderator)
    decisions.reject(other.claim, by=moderator, reason="no")
    with pytest.raises(StepRefused, match="rejected"):
        merging.merge(other.claim, one.claim, by=moderator)


def test_a_withdrawn_tip_leaves_its_claim_whole_and_stays_readable(client):
    made = published(pictures=0)
    first, second = send(made, FIRST), send(made, f"Hello, {FIRST}")
    client.force_login(staff(Role.MODERATOR))
    client.post(f"/admin/tips/tip/{first.pk}/withdraw/", {"reason": ""})
    assert Tip.objects.get(pk=first.pk).state == "matched"
    client.post(f"/admin/tips/tip/{first.pk}/withdraw/", {"reason": "the sender's wish"})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.claim, first.text) == ("withdrawn", None, FIRST)
    assert "the sender's wish" in first.reasons[-1]
    assert second.relation == "first"
    assert second.claim.tip_count == 1
    assert Entry.objects.filter(action="tip.withdrawn").count() == 1
    page = client.get(f"/admin/tips/claim/{second.claim_id}/change/")
    assert page.status_code == 200
    third = send(made, FIRST.lower())
    assert third.claim == second.claim


def test_a_claim_without_tips_is_rejected():
    tip = send(published(pictures=0), FIRST)
    withdrawal.withdraw(tip, by=staff(Role.MODERATOR), reason="a test")
    claim = Claim.objects.get()
    assert (claim.state, claim.reason) == ("rejected", "Its only tip was withdrawn.")
    call_command("rematch")
    assert send(tip.object, FIRST).claim != claim
