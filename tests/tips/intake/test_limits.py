"""A flood from one sender is held up with its text kept; nobody else is, and nobody is cached_picture_jobs."""

import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import redis
from django.db import DatabaseError
from django.utils import timezone

from tests.factories import published
from tests.stack import free_port
from tips.intake import limits
from tips.intake.form import submit
from tips.models import Tip

FLOODER, OTHER = "203.0.113.7", "203.0.113.8"


@pytest.fixture(autouse=True)
def own_cache(settings):
    """Use keys of the test alone on the server that other tests use at the same time."""
    prefix = f"test-{secrets.token_hex(6)}"
    memory = {**settings.CACHES["memory"], "KEY_PREFIX": prefix}
    settings.CACHES = {**settings.CACHES, "memory": memory}
    return prefix


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(limits, "TIPS", limits.Limit("tips", max_count=3, seconds=3600))
    monkeypatch.setattr(
        limits, "UNPROVEN_TIPS", limits.Limit("unproven", max_count=3, seconds=3600)
    )
    monkeypatch.setattr(limits, "WRONG_CODES", limits.Limit("codes", max_count=3, seconds=3600))


def send(client, made, text="Sold in Sevilla", address=FLOODER):
    path = f"{made.get_absolute_url()}tip/"
    return client.post(path, {"text": text}, headers={}, REMOTE_ADDR=address)


def count(request, now):
    limits.count(limits.TIPS, limits.sender_hash(request, now), now)


def wait(request, now):
    return limits.minutes_to_wait(limits.TIPS, limits.sender_hash(request, now), now)


def test_past_the_limit_the_text_is_kept_and_the_wait_is_named(client, few):
    made = published(pictures=0)
    for _ in range(3):
        assert send(client, made).status_code == 200
    held = send(client, made, "My long story about this bag")
    assert held.status_code == 429
    page = held.content.decode()
    assert "My long story about this bag" in page
    minutes = int(re.search(r"again in (\d+) minutes", page)[1])
    assert 1 <= minutes <= 60
    assert held.headers["Retry-After"] == str(minutes * 60)
    assert Tip.objects.count() == 3
    assert send(client, made, address=OTHER).status_code == 200


def test_a_new_window_starts_at_zero(few, rf):
    request = rf.get("/", REMOTE_ADDR=FLOODER)
    now = timezone.now()
    for _ in range(3):
        count(request, now)
    assert wait(request, now) > 0
    assert wait(request, now + timedelta(hours=1)) == 0


def test_a_form_with_a_mistake_is_not_counted(client, few):
    made = published(pictures=0)
    for _ in range(5):
        assert send(client, made, "").status_code == 422
    assert send(client, made).status_code == 200


def test_simultaneous_tips_never_exceed_the_limit(few):
    now = timezone.now()
    with ThreadPoolExecutor(8) as crowd:
        told = list(crowd.map(lambda _: limits.acquire(limits.TIPS, "w" * 32, now), range(24)))
    assert told.count(0) == 3


def test_a_tip_that_could_not_be_stored_is_not_counted(own_database, client, few, monkeypatch):
    made = published(pictures=0)

    def fails(*_, **__):
        raise DatabaseError

    with monkeypatch.context() as broken:
        broken.setattr(submit, "accept", fails)
        for _ in range(5):
            assert send(client, made).status_code == 503
    assert send(client, made).status_code == 200


def test_guessing_receipt_codes_is_limited(client, few):
    guess = {"code": "7K2M7K2M7K2M7K2M7K2M"}
    for _ in range(3):
        assert client.post("/receipt/", guess, REMOTE_ADDR=FLOODER).status_code == 422
    assert client.post("/receipt/", guess, REMOTE_ADDR=FLOODER).status_code == 429
    assert client.post("/receipt/", guess, REMOTE_ADDR=OTHER).status_code == 422


def test_visitors_of_the_onion_service_do_not_share_a_limit(client, few):
    made = published(pictures=0)
    for _ in range(6):
        assert send(client, made, address="127.0.0.1").status_code == 200


def test_an_ipv6_sender_is_its_whole_network(few, rf):
    now = timezone.now()
    for end in range(3):
        count(rf.get("/", REMOTE_ADDR=f"2001:db8::{end:x}"), now)
    assert wait(rf.get("/", REMOTE_ADDR="2001:db8::ffff"), now) > 0
    assert wait(rf.get("/", REMOTE_ADDR="2001:db8:0:1::1"), now) == 0


def test_behind_a_proxy_the_address_that_the_proxy_saw_counts(few, rf, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    now = timezone.now()
    for number in range(3):
        told = f"198.51.100.{number}, {FLOODER}"  # the first is the sender's invention
        request = rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=told)
        count(request, now)
    assert wait(request, now) > 0
    without = rf.get("/", REMOTE_ADDR="10.0.0.1")
    assert wait(without, now) == 0


def test_a_tip_is_accepted_without_the_cache(client, few, settings):
    memory = {**settings.CACHES["memory"], "LOCATION": f"redis://127.0.0.1:{free_port()}/0"}
    settings.CACHES = {**settings.CACHES, "memory": memory}
    made = published(pictures=0)
    for _ in range(5):
        assert send(client, made).status_code == 200


def test_the_cache_holds_no_address_and_the_salt_changes_daily(client, rf, settings, own_cache):
    send(client, published(pictures=0))
    raw = redis.Redis.from_url(settings.CACHES["memory"]["LOCATION"])
    kept = b"\n".join(key + b"=" + (raw.get(key) or b"") for key in raw.keys(f"{own_cache}*"))
    assert b"limit:unproven" in kept
    assert FLOODER.encode() not in kept
    request, now = rf.get("/", REMOTE_ADDR=FLOODER), timezone.now()
    assert limits.sender_hash(request, now) != limits.sender_hash(request, now + timedelta(days=1))
    assert raw.ttl(next(key for key in raw.keys(f"{own_cache}*salt*"))) <= 26 * 3600
