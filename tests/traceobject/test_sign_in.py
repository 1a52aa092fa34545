"""A table limits the guessing of passwords, and reveals neither who tried nor from where."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from tests.factories import PASSWORD, staff
from traceobject.staff import sign_in
from traceobject.staff.adapter import KNOWN_BROWSER
from traceobject.staff.models import SignInLimit
from traceobject.staff.roles import Role
from traceobject.staff.tasks import delete_expired_sign_in_limits

KEY = "allauth:rl:of:a:test"
ADDRESS = "203.0.113.7"


def sign_in_as(client, user, password, address=ADDRESS):
    fields = {"login": user.username, "password": password}
    return client.post("/accounts/login/", fields, REMOTE_ADDR=address)


def refused(answer):
    return b"Too many failed" in answer.content


def test_five_wrong_passwords_lock_an_account_for_five_minutes_from_everywhere(client):
    user = staff(Role.MODERATOR)
    for number in range(5):
        assert not refused(sign_in_as(client, user, "guess", f"198.51.100.{number}"))
    assert refused(sign_in_as(client, user, PASSWORD, "198.51.100.9"))
    longest = max(SignInLimit.objects.values_list("expires_at", flat=True))
    assert timedelta(minutes=4) < longest - timezone.now() <= timedelta(minutes=5)


def test_an_address_that_guesses_at_many_accounts_is_refused(client):
    for number in range(10):
        user = staff(Role.MODERATOR)
        assert not refused(sign_in_as(client, user, "guess"))
    assert refused(sign_in_as(client, user, PASSWORD))
    assert not refused(sign_in_as(client, user, PASSWORD, "198.51.100.1"))


def test_a_guesser_does_not_lock_the_owner_out_of_a_browser_they_have_used(client):
    user = staff(Role.MODERATOR)
    sign_in_as(client, user, PASSWORD, "198.51.100.1")
    client.post("/accounts/logout/")
    for number in range(8):
        guesser = Client()
        sign_in_as(guesser, user, "guess", f"203.0.113.{number}")
    assert refused(sign_in_as(Client(), user, PASSWORD, "198.51.100.1"))
    assert sign_in_as(client, user, PASSWORD, "198.51.100.1").status_code == 302


def test_a_known_browser_has_five_guesses_too_and_knows_one_account(client):
    user, other = staff(Role.MODERATOR), staff(Role.MODERATOR)
    sign_in_as(client, user, PASSWORD)
    client.post("/accounts/logout/")
    for number in range(5):
        assert not refused(sign_in_as(client, user, "guess", f"203.0.113.{number}"))
    assert refused(sign_in_as(client, user, PASSWORD, "198.51.100.9"))
    for number in range(5):
        sign_in_as(Client(), other, "guess", f"203.0.113.{100 + number}")
    assert refused(sign_in_as(client, other, PASSWORD, "198.51.100.8"))


def test_a_forged_or_old_cookie_makes_no_browser_known(client):
    user = staff(Role.MODERATOR)
    for number in range(5):
        sign_in_as(Client(), user, "guess", f"203.0.113.{number}")
    client.cookies[KNOWN_BROWSER] = f"{user.username}:0123456789abcdef"
    assert refused(sign_in_as(client, user, PASSWORD, "198.51.100.9"))
    sign_in_as(client, staff(Role.MODERATOR), PASSWORD, "198.51.100.7")
    cookie = client.cookies[KNOWN_BROWSER]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"


def test_a_successful_sign_in_is_not_counted(client):
    user = staff(Role.MODERATOR)
    for _ in range(8):
        assert sign_in_as(client, user, PASSWORD).status_code == 302
        client.logout()


def test_no_row_tells_who_tried_or_from_where(client):
    user = staff(Role.MODERATOR, name="jane.moderator")
    sign_in_as(client, user, "guess")
    rows = str(list(SignInLimit.objects.values_list())).lower()
    assert SignInLimit.objects.count() == 3  # by account, by address, and posts by address
    for told in (ADDRESS, "jane", "login", "allauth", "guess"):
        assert told not in rows


def test_a_hash_cannot_be_made_again_without_the_secret(client, settings):
    user = staff(Role.MODERATOR)
    sign_in_as(client, user, "guess")
    before = set(SignInLimit.objects.values_list("key", flat=True))
    settings.SECRET_KEY = "another" * 10
    sign_in_as(client, user, "guess")
    assert SignInLimit.objects.exclude(key__in=before).count() == len(before)


def test_rows_that_no_longer_count_are_removed(client):
    sign_in_as(client, staff(Role.MODERATOR), "guess")
    SignInLimit.objects.update(expires_at=timezone.now())
    sign_in_as(client, staff(Role.MODERATOR), "guess", "198.51.100.1")
    assert SignInLimit.objects.count() == 3
    SignInLimit.objects.update(expires_at=timezone.now())
    assert delete_expired_sign_in_limits() == 3
    assert not SignInLimit.objects.exists()


def test_the_table_is_in_no_log_of_changes_and_no_copy_made_from_it():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'staff_signinlimit'")
        assert cursor.fetchone() == ("u",)


def test_a_value_is_returned_unchanged_until_it_expires():
    times = [time.time(), time.time() - 1.25]
    cache.set(KEY, times, 60)
    assert cache.get(KEY) == times
    assert not cache.add(KEY, True, 60)
    SignInLimit.objects.update(expires_at=timezone.now())
    assert cache.get(KEY, "gone") == "gone"
    assert cache.add(KEY, "y", 60)
    assert cache.get(KEY) == "y"
    assert cache.delete(KEY)
    assert not cache.delete(KEY)


def test_a_code_that_many_use_at_once_admits_one(own_database):
    def add(_):
        try:
            return cache.add("allauth.mfa.totp.used?user=1&code=123456", "y", 30)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(add, range(24))) == [False] * 23 + [True]


def test_the_table_stores_only_allauths_keys():
    for keep in (cache.set, cache.add):
        with pytest.raises(ImproperlyConfigured):
            keep("salt:2026-11-25", "salt")
    assert cache.get("salt:2026-11-25") is None
    assert not cache.delete("parler.objects.TraceObjectTranslation.1.en")
    assert not SignInLimit.objects.exists()
    assert sign_in.delete_expired() == 0
