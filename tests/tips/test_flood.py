"""Proof of work and floods: a machine pays, a person notices nothing, and the queue stays readable."""

import base64
import json
import re
import secrets
from datetime import timedelta

import pytest
from altcha.v2 import Challenge, solve_challenge
from django.utils import timezone

from tests.factories import published, send
from tips.intake import limits
from tips.intake.form import nonces, proof
from tips.models import Claim, Tip
from tips.triage import claim_queue

WORDS = [
    "red",
    "green",
    "tall",
    "wet",
    "old",
    "loud",
    "thin",
    "odd",
    "warm",
    "kind",
    "grey",
    "bold",
]


@pytest.fixture(autouse=True)
def own_cache(settings):
    prefix = f"test-{secrets.token_hex(6)}"
    memory = {**settings.CACHES["memory"], "KEY_PREFIX": prefix}
    settings.CACHES = {**settings.CACHES, "memory": memory}


def opened(client, made, ago=60):
    """Return the number and the proof of work of a form as a browser has them a minute later."""
    page = client.get(f"{made.get_absolute_url()}tip/").content.decode()
    nonce = re.search(r'name="nonce" value="([^"]+)"', page)[1]
    challenge = json.loads(re.search(r'data-challenge="([^"]+)"', page)[1].replace("&quot;", '"'))
    return nonce, solve(challenge)


def solve(challenge):
    solution = solve_challenge(Challenge.from_dict(challenge))
    told = {"counter": solution.counter, "derivedKey": solution.derived_key, "time": 1}
    return base64.b64encode(
        json.dumps({"challenge": challenge, "solution": told}).encode()
    ).decode()


def post(client, made, text="Sold in Sevilla", **fields):
    return client.post(f"{made.get_absolute_url()}tip/", {"text": text, **fields})


@pytest.fixture
def patient(monkeypatch):
    """Make every form a minute older."""
    real = nonces.age
    monkeypatch.setattr(nonces, "age", lambda nonce, now: (real(nonce, now) or 0) + 60)


def test_a_tip_with_proof_of_work_is_trusted_more(client, patient):
    made = published(pictures=0)
    nonce, payload = opened(client, made)
    assert post(client, made, nonce=nonce, altcha=payload).status_code == 200
    assert Tip.objects.get().trust == "proven"


def test_a_tip_without_proof_of_work_has_lower_trust_and_a_lower_limit(client, patient):
    made = published(pictures=0)
    assert post(client, made).status_code == 200
    assert Tip.objects.get().trust == "plain"
    assert limits.UNPROVEN_TIPS.max_count < limits.TIPS.max_count


def test_a_proof_is_good_for_one_tip_and_the_text_of_the_second_stays(client, patient):
    made = published(pictures=0)
    nonce, payload = opened(client, made)
    for _ in range(2):  # a double click is no replay
        assert post(client, made, nonce=nonce, altcha=payload).status_code == 200
    again = post(client, made, "Another story", nonce=nonce, altcha=payload)
    assert again.status_code == 409
    page = again.content.decode()
    assert "Another story" in page
    assert Tip.objects.count() == 1
    fresh = re.search(r'name="nonce" value="([^"]+)"', page)[1]
    assert fresh != nonce


def test_a_proof_that_is_old_forged_or_of_another_form_is_invalid(client):
    now = timezone.now()
    nonce, other = nonces.create(), nonces.create()
    good = solve(proof.challenge(nonce, now))
    assert proof.verify(good, nonce)
    assert not proof.verify(good, other)
    old = solve(proof.challenge(nonce, now - proof.LIFETIME - timedelta(minutes=1)))
    assert not proof.verify(old, nonce)
    for false in ("", "x", "e30=", base64.b64encode(b"[1]").decode(), "A" * 5000):
        assert not proof.verify(false, nonce)
    harder = json.loads(base64.b64decode(good))
    harder["challenge"]["parameters"]["cost"] = 10
    assert not proof.verify(base64.b64encode(json.dumps(harder).encode()).decode(), nonce)


def test_difficulty_rises_with_the_load_and_falls_again(monkeypatch):
    monkeypatch.setattr(proof, "COUNT_INTERVAL", 0)
    now = timezone.now()

    def asked(at):
        found = proof.challenge("n", at)["parameters"]
        return found["cost"] * 16 ** len(found["keyPrefix"])

    calm = asked(now)
    for _ in range(120):
        proof.count_tip(now)
    busy = asked(now)
    for _ in range(500):
        proof.count_tip(now)
    assert calm < busy < asked(now)
    assert asked(now + timedelta(minutes=3)) == calm


def test_a_form_filled_in_by_a_program_is_accepted_as_doubtful(client, monkeypatch):
    monkeypatch.setattr(nonces, "MIN_SECONDS", 600)  # however slow this machine is
    made = published(pictures=0)
    nonce, payload = opened(client, made)
    assert post(client, made, nonce=nonce, altcha=payload).status_code == 200
    assert post(client, made, "And more", website="https://spam.example").status_code == 200
    assert set(Tip.objects.values_list("trust", flat=True)) == {"doubtful"}


def test_nobody_can_forge_how_long_a_form_was_open():
    nonce = nonces.create()
    assert 7.5 <= nonces.age(nonce, timezone.now() + timedelta(seconds=9)) < 60
    value, _, signature = nonce.split(":")
    assert nonces.age(f"{value}:1a2b3c:{signature}", timezone.now()) is None
    assert nonces.age("n1", timezone.now()) is None


def flood(made, number, start=0, **fields):
    for index in range(start, start + number):
        text = (
            " ".join(WORDS[index // 12**place % 12] for place in range(4))
            + f" {secrets.token_hex(4)}"
        )
        send(made, text, **fields)


def test_a_flooder_with_a_sender_fills_one_claim(client):
    made = published(pictures=0)
    witness = send(made, "Sold in Sevilla, Spain", sender="w" * 32)
    flood(made, 60, sender="f" * 32)
    waiting = claim_queue.claims().filter(state=Claim.State.OPEN)
    assert waiting.count() == 2
    marked = waiting.get(is_flood=True)
    assert marked.tips.count() == 60  # those from before the flood was seen are with it
    assert all(tip.relation == "flood" and tip.reasons for tip in marked.tips.all())
    witness.refresh_from_db()
    assert witness.claim != marked
    assert Claim.objects.filter(state="merged", merged_into=marked).exists()


def test_a_volunteer_who_spends_the_night_on_it_is_no_flooder():
    made = published(pictures=0)
    flood(made, 40, sender="v" * 32, trust="proven")
    assert not Claim.objects.filter(is_flood=True).exists()


def test_a_flood_without_senders_or_proofs_fills_one_claim_and_hides_no_proven_tip():
    made = published(pictures=0)
    flood(made, 55)
    real = send(made, "I bought it in Faro, Portugal", trust="proven")
    open_claims = Claim.objects.filter(state="open")
    assert open_claims.count() == 2
    assert open_claims.get(is_flood=True).tips.count() == 55
    assert real.claim.is_flood is False


def test_a_flooders_duplicate_of_a_witness_joins_the_witness():
    made = published(pictures=0)
    witness = send(made, "Sold at Lidl in Sevilla, Spain", trust="proven")
    flood(made, 50)
    again = send(made, "Sold at Lidl in Sevilla, Spain")
    assert again.claim == witness.claim


def test_a_decided_or_shared_claim_is_never_merged_into_a_flood():
    made = published(pictures=0)
    flood(made, 3, sender="f" * 32)
    shared = Tip.objects.first()
    send(made, shared.text, sender="o" * 32)
    flood(made, 20, start=50, sender="f" * 32)
    shared.refresh_from_db()
    assert shared.claim.is_flood is False
    assert shared.claim.state == "open"


def test_the_queue_stays_usable_for_the_next_flood_too(client):
    """A rejected flood claim is not reopened. A later flood opens a new one."""
    from tests.factories import staff
    from tips.triage import decisions
    from traceobject.staff.roles import Role

    made = published(pictures=0)
    flood(made, 14, sender="f" * 32)
    marked = Claim.objects.get(is_flood=True)
    decisions.reject(marked, by=staff(Role.MODERATOR), reason="spam")
    flood(made, 5, start=99, sender="f" * 32)
    assert Claim.objects.filter(is_flood=True, state="open").get().tips.count() == 5
