"""Claims: the order of arrival does not matter, people's arrangements stay, and ranking is explained."""

import itertools
import random
import re
import threading
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import drawing, encoded, published, send, staff
from tests.tips.intake.test_uploads import chosen
from tests.tips.intake.test_uploads import send as send_form
from tips.claims import membership, ranking, same_pictures
from tips.claims.match import match
from tips.intake.accept import accept, accept_addition
from tips.intake.uploads.inspect_upload import inspect
from tips.matching import guard
from tips.models import BandKey, Claim, Tip
from tips.triage import claim_queue, decisions, merging, withdrawal
from traceobject.audit.models import Entry
from traceobject.errors import StepRefused
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


def test_what_the_same_sender_says_again_is_no_corroboration():
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
def test_a_link_is_one_whatever_its_trimmings(one, other):
    made = published(pictures=0)
    first = send(made, "Here it is sold in blue and red and green colours", url=one)
    second = send(made, "here it is sold in blue and red and green colours", url=other)
    assert first.claim == second.claim


def test_concurrent_workers_make_one_claim_of_what_says_the_same(own_database):
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


def test_what_follows_a_tip_is_never_put_into_a_claim_that_is_just_being_decided(
    own_database, monkeypatch
):
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


# --- by hand ------------------------------------------------------------------------------------------


@pytest.fixture
def two():
    made = published(pictures=0)
    return send(made, FIRST), send(made, FIRST.replace("Sevilla", "Porto"))


def test_a_moderator_joins_two_claims_and_matching_respects_it(client, two):
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


def test_a_split_or_join_that_makes_no_sense_is_refused(two):
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


def test_a_claim_whose_only_tip_is_withdrawn_is_set_aside():
    tip = send(published(pictures=0), FIRST)
    withdrawal.withdraw(tip, by=staff(Role.MODERATOR), reason="a test")
    claim = Claim.objects.get()
    assert (claim.state, claim.reason) == ("rejected", "Its only tip was withdrawn.")
    call_command("rematch")
    assert send(tip.object, FIRST).claim != claim


# --- rematching ---------------------------------------------------------------------------------------


def test_rematching_changes_nothing_where_nothing_changed(capsys):
    made = published(pictures=0)
    for text in TEXTS:
        send(made, text)
    before = partition(made)
    ids = dict(Tip.objects.values_list("pk", "claim"))
    call_command("rematch")
    assert partition(made) == before
    assert dict(Tip.objects.values_list("pk", "claim")) == ids
    assert "0 moved to another claim" in capsys.readouterr().out


def test_rematching_mends_what_an_older_matcher_tied_and_keeps_decisions(capsys):
    made = published(pictures=0)
    tips = [send(made, text) for text in TEXTS[:3]]
    decided = send(made, TEXTS[8])
    decisions.reject(decided.claim, by=staff(Role.MODERATOR), reason="known")
    wrong = Claim.objects.create(object=made)
    Tip.objects.filter(pk=tips[2].pk).update(claim=wrong, relation="first", related_to=None)
    BandKey.objects.all().delete()
    call_command("rematch", "--dry-run", "--object", made.reference)
    assert "1 would move" in capsys.readouterr().out
    assert Tip.objects.get(pk=tips[2].pk).claim == wrong
    call_command("rematch", "--object", made.reference)
    assert Tip.objects.get(pk=tips[2].pk).claim == tips[0].claim
    assert Claim.objects.get(pk=wrong.pk).state == "merged"
    decided.refresh_from_db()
    assert decided.claim.state == "rejected"
    again = send(made, TEXTS[9])
    assert again.claim == decided.claim  # what stayed is found still


def test_rematching_an_object_that_is_not_there_is_one_line():
    with pytest.raises(CommandError, match="no object"):
        call_command("rematch", "--object", "Z9-99")


# --- ranking ------------------------------------------------------------------------------------------


def test_the_claim_that_helps_most_comes_first():
    made = published(pictures=0)
    vague = send(made, "No idea, but I have seen something like it somewhere", trust="plain")
    named = send(made, "Sold in Poland")
    rich = send(
        made,
        "Sold at the market in Lublin, Poland, here https://shop.example/bag",
        sureness="certain",
    )
    assert [claim.pk for claim in claim_queue.claims()] == [
        rich.claim_id,
        named.claim_id,
        vague.claim_id,
    ]


def test_independent_senders_lift_a_claim_and_one_sender_ten_times_does_not():
    made = published(pictures=0)
    for number in range(8):
        many = send(made, FIRST, sender=f"{number:032}")
        once = send(made, FIRST.replace("Sevilla", "Porto"), sender="s" * 32)
    scores = {claim.pk: claim.score for claim in Claim.objects.all()}
    assert scores[many.claim_id] == scores[once.claim_id] + 3  # eight senders, one


def test_a_picture_counts(client):
    made = published(pictures=0)
    assert send_form(client, chosen(), made=made).status_code == 200
    tip = Tip.objects.get()
    match(tip.pk)
    tip.refresh_from_db()
    assert (
        dict(claim_queue.explain_ranking(Claim.objects.get(), timezone.now()))["has a picture"] == 2
    )


def test_the_same_picture_relates_two_tips_and_joins_nothing(client):
    made = published(pictures=0)
    tips = []
    for seed, text in ((3, "Sold in Faro"), (8, "My aunt has one"), (3, "A hotel in Lyon")):
        picture = drawing((700, 500), seed)
        if tips:
            picture = picture.rotate(90, expand=True).resize((400, 560))
        data = encoded(picture, "JPEG", quality=80)
        assert send_form(client, chosen(data), made=made, text=text).status_code == 200
        tip = Tip.objects.latest("id")
        match(tip.pk)
        inspect(tip.attachments.get().pk)
        for _ in range(2):
            same_pictures.relate(tip.attachments.get().pk)
        tip.refresh_from_db()
        tips.append(tip)
    first, other, last = tips
    assert f"same picture as tip {first.pk}" in last.reasons
    assert last.reasons.count(f"same picture as tip {first.pk}") == 1
    assert (last.relation, last.related_to) == ("related", first)
    assert len({tip.claim_id for tip in tips}) == 3
    assert not any("same picture" in reason for reason in other.reasons)


def test_the_page_explains_every_point_and_the_sum_is_the_rank(client):
    made = published(pictures=0)
    tip = send(made, FIRST, sureness="certain")
    claim = claim_queue.claims().get(pk=tip.claim_id)
    parts = claim_queue.explain_ranking(claim, timezone.now())
    assert sum(number for _, number in parts) == pytest.approx(claim.rank, abs=0.1)
    client.force_login(staff(Role.MODERATOR))
    page = client.get(f"/admin/tips/claim/{claim.pk}/change/").content.decode()
    for what, _ in parts:
        assert what.replace("'", "&#x27;") in page


def test_the_guide_shows_the_table_of_weights_as_it_is():
    guide = Path("docs/moderators.md").read_text()
    shown = dict(re.findall(r"^\| ([^|]+) \| ([+-][\d.]+) \|$", guide, re.MULTILINE))
    assert {what: float(number) for what, number in shown.items()} == ranking.WEIGHTS


def test_counting_as_tips_come_and_counting_anew_agree():
    made = published(pictures=0)
    for text, number in zip(TEXTS * 2, itertools.count()):
        send(made, text, sender=f"{number % 5:032}", sureness="certain" if number % 3 else "")
    for claim in Claim.objects.filter(state="open"):
        kept = claim.facts
        membership.recount(claim)
        assert claim.facts == kept
