"""Claims: the order of arrival does not matter, and what people decided stays."""

import random
import threading

import pytest
from django.db import connections
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import published, send, staff
from tips.claims.match import match
from tips.intake.accept import accept, accept_addition
from tips.matching import guard
from tips.models import Claim, Tip
from tips.triage import decisions
from traceobject.staff.roles import Role

FIRST = "I am sure this bag is sold at the Lidl market in Sevilla, we bought one there in 2017."


TEXTS = [
    FIRST,
    FIRST.lower(),
    f"Hello, {FIRST} Thanks!",
    FIRST.replace("market", "makret"),
    FIRST.replace("bought", "boought").replace("market", "markett"),
    FIRST.replace("Sevilla", "Porto"),
    FIRST.replace("Sevilla", "Porto").upper(),
    FIRST.replace("2017", "2018"),
    "Carpet of the hotel near the station in Lyon, room 214, with brown hexagons all over it.",
    "carpet of the hotel near the station in Lyon, room 214, with brown hexagons all over it",
    "Lidl, Spain",
    "lidl spain",
]


def partition(trace_object):
    found = {}
    for text, claim in Tip.objects.filter(object=trace_object).values_list("text", "claim"):
        found.setdefault(claim, set()).add(text)
    return sorted(map(sorted, found.values()))


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_the_order_in_which_tips_come_changes_no_claim(rng):
    shuffled = rng.sample(TEXTS, len(TEXTS))
    usual, other = published(pictures=0), published(pictures=0)
    for text in TEXTS:
        send(usual, text)
    for text in shuffled:
        send(other, text)
    assert partition(usual) == partition(other)


SHOP = "The shop near the harbour sells blue striped towels with a red anchor"


BORDER = "Blue striped towels with a red anchor woven into the broad white border"


BOTH = f"{SHOP} woven into the broad white border"


@pytest.mark.parametrize("texts", [(SHOP, BORDER), (BORDER, SHOP)])
def test_a_tip_that_says_the_same_as_two_claims_joins_them(texts):
    made = published(pictures=0)
    one, two = (send(made, text) for text in texts)
    assert one.claim_id != two.claim_id
    both = send(made, BOTH)
    assert both.relation == "duplicate"
    (joined,) = Claim.objects.filter(state="open")
    assert set(joined.tips.all()) == {one, two, both}
    assert joined.tip_count == 3
    assert joined.pk == one.claim_id
    (emptied,) = Claim.objects.filter(state="merged")
    assert (emptied.pk, emptied.merged_into_id) == (two.claim_id, joined.pk)
    assert (emptied.tip_count, emptied.tips.exists()) == (0, False)
    two.refresh_from_db()
    assert f"tip {both.pk} says the same as both" in two.reasons


def test_claims_that_people_decided_on_are_joined_by_no_tip():
    made = published(pictures=0)
    one, two = send(made, SHOP), send(made, BORDER)
    decisions.reject(two.claim, by=staff(Role.MODERATOR), reason="nonsense")
    assert send(made, BOTH).claim_id == one.claim_id
    assert {claim.state for claim in Claim.objects.all()} == {"open", "rejected"}
    two.refresh_from_db()
    assert two.claim_id != one.claim_id


def test_a_sender_cannot_corroborate_their_own_tip():
    made = published(pictures=0)
    first = send(made, FIRST, sender="a" * 32)
    again = send(made, f"Hello, {FIRST}", sender="a" * 32)
    other = send(made, FIRST.lower(), sender="b" * 32)
    assert again.relation == "same_sender"
    assert again.reasons[0] == f"same sender as tip {first.pk}"
    assert other.relation == "duplicate"
    facts = Claim.objects.get(pk=first.claim_id).facts
    assert (facts["tips"], facts["senders"]) == (3, 2)


def test_every_tip_says_what_it_shares_and_what_differs():
    made = published(pictures=0)
    send(made, FIRST + " https://shop.es/bag/55")
    other = send(made, FIRST.replace("Sevilla", "Málaga") + " https://shop.pt/bag/55")
    told = " ".join(other.reasons)
    assert "same page in another language or region" in told
    assert "differs in places" in told
    assert "differs in links" in told


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://www.shop.example/p/1?utm_source=x", "http://m.shop.example/p/1#top"),
        ("https://shop.example/p/1/", "https://SHOP.example/P/1?fbclid=abc&ref=9"),
    ],
)
def test_variants_of_a_link_match(one, other):
    made = published(pictures=0)
    first = send(made, "Here it is sold in blue and red and green colours", url=one)
    second = send(made, "here it is sold in blue and red and green colours", url=other)
    assert first.claim == second.claim


def test_concurrent_workers_open_one_claim_for_duplicates(own_database):
    made = published(pictures=0)
    for number, text in enumerate([*TEXTS[:5], *TEXTS[8:10]] * 3):
        accept(made, text=text, nonce=f"n{number}", now=timezone.now(), trust="proven")
    tips = list(Tip.objects.values_list("pk", flat=True))
    random.Random(1).shuffle(tips)

    def work(mine):
        try:
            for pk in mine:
                for _ in range(5):
                    try:
                        match(pk)
                        break
                    except Exception:  # a deadlock is tried again, as the outbox does
                        connections.close_all()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=[tips[n::4]]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Tip.objects.filter(state="matched").count() == len(tips)
    assert len(partition(made)) == 2
    assert sum(claim.tip_count for claim in Claim.objects.filter(state="open")) == len(tips)


def test_an_addition_never_joins_a_claim_that_is_being_decided(own_database, monkeypatch):
    made = published(pictures=0)
    first = send(made, FIRST)
    accept_addition(first, text="It was in the cellar", now=timezone.now())
    follow_up = Tip.objects.get(follows=first)
    moderator = staff(Role.MODERATOR)
    reading, go_on = threading.Event(), threading.Event()
    real = guard.contradictions

    def slowly(*details):
        reading.set()
        go_on.wait(30)
        return real(*details)

    monkeypatch.setattr(guard, "contradictions", slowly)

    def run(work):
        def closing():
            try:
                work()
            finally:
                connections.close_all()

        thread = threading.Thread(target=closing)
        thread.start()
        return thread

    matching = run(lambda: match(follow_up.pk))
    assert reading.wait(30)
    deciding = run(lambda: decisions.reject(first.claim, by=moderator, reason="no"))
    deciding.join(1)
    assert deciding.is_alive()  # it waits for the tip that is on its way into the claim
    go_on.set()
    matching.join(30)
    deciding.join(30)
    follow_up.refresh_from_db()
    assert follow_up.claim == first.claim
    assert Claim.objects.get(pk=first.claim_id).tip_count == 2
