"""Ranking: the most helpful claim comes first, and every point is explained."""

import itertools
import re
from pathlib import Path

import pytest
from django.utils import timezone

from tests.factories import drawing, encoded, published, send, staff
from tests.tips.intake.uploads import chosen
from tests.tips.intake.uploads import send as send_form
from tests.tips.test_claims import FIRST, TEXTS
from tips.claims import membership, ranking, same_pictures
from tips.claims.match import match
from tips.intake.uploads.inspect_upload import inspect
from tips.models import Claim, Tip
from tips.triage import claim_queue
from traceobject.staff.roles import Role


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


def test_independent_senders_raise_a_claim_and_one_sender_ten_times_does_not():
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


def test_the_same_picture_relates_two_tips_and_merges_nothing(client):
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


def test_running_counts_equal_a_recount():
    made = published(pictures=0)
    for text, number in zip(TEXTS * 2, itertools.count()):
        send(made, text, sender=f"{number % 5:032}", sureness="certain" if number % 3 else "")
    for claim in Claim.objects.filter(state="open"):
        kept = claim.facts
        membership.recount(claim)
        assert claim.facts == kept
