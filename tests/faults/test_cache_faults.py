"""A cache that hangs or is gone delays no visitor and no member of staff."""

import http.cookiejar
import re
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.mfa.totp.internal import auth as totp

from objects import publishing
from tests.factories import PASSWORD, published, staff
from tests.stack import Stack, wait_until
from tests.valkey import OwnValkey, unresponsive_port
from tips.intake import limits
from tips.models import Tip
from traceobject.staff.roles import Role

pytestmark = [pytest.mark.stack]

SOON = 10  # seconds; with the fault, a request took up to 20, and 48 at once took a minute


class Visitor:
    """A simple HTTP client that keeps cookies, follows redirects and has one address."""

    def __init__(self, stack, address):
        self.stack, self.address = stack, address
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def ask(self, path, **fields):
        """Get a page, or post fields to it. Return the status and text."""
        body = urllib.parse.urlencode(fields).encode() if fields else None
        request = urllib.request.Request(f"{self.stack.url}{path}", body)
        request.add_header("X-Forwarded-For", self.address)
        try:
            with self.opener.open(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def post(self, path, **fields):
        """Open a page with a form, fill it in and send it."""
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', self.ask(path)[1])[1]
        return self.ask(path, csrfmiddlewaretoken=token, **fields)

    def sign_in(self, user, password=PASSWORD):
        return self.post("/accounts/login/", login=user.username, password=password)


@pytest.fixture
def valkey():
    server = OwnValkey()
    server.start()
    yield server
    server.close()


@pytest.fixture
def site(own_database, own_files, tmp_path, valkey):
    """The web server behind one proxy, with the test's own Valkey as its cache."""
    running = behind_a_proxy(tmp_path, valkey.url)
    running.web()
    yield running
    running.stop()


def behind_a_proxy(folder, broker):
    running = Stack(folder, broker=broker)
    running.environment["PROXY_COUNT"] = "1"
    return running


def in_time(act, *args, **fields):
    begun = time.monotonic()
    result = act(*args, **fields)
    assert time.monotonic() - begun < SOON
    return result


def tell(visitor, path, text="Seen in Lyon"):
    return visitor.ask(path, text=f"{text} {secrets.token_hex(4)}", nonce=secrets.token_hex(8))


def send_and_look_up(visitor, path):
    """Open the form, send it, and look up the receipt, as a witness does."""
    status, page = in_time(visitor.ask, path)
    assert status == 200
    assert "data-challenge" in page
    status, page = in_time(tell, visitor, path)
    assert status == 200
    code = re.search(r"(?:[0-9A-Z]{4}-){4}[0-9A-Z]{4}", page)[0]
    status, _ = in_time(visitor.ask, "/receipt/", code=code)
    assert status == 200
    assert in_time(visitor.ask, "/receipt/", code="7K2M7K2M7K2M7K2M7K2M")[0] == 422


def test_a_frozen_cache_holds_up_no_witness_and_limits_count_again_when_it_wakes(site, valkey):
    path = f"/objects/{published(pictures=0).reference}/tip/"
    visitor = Visitor(site, "203.0.113.7")
    send_and_look_up(visitor, path)  # connected, like a site that has run for a while
    valkey.freeze()
    for _ in range(3):
        send_and_look_up(visitor, path)
    most = limits.UNPROVEN_TIPS.max_count
    for _ in range(most):  # past the limit: a tip counts for more
        assert tell(visitor, path)[0] == 200
    assert Tip.objects.count() == 4 + most
    valkey.wake()
    wait_until(lambda: tell(visitor, path)[0] == 429, 60)
    assert tell(Visitor(site, "203.0.113.8"), path)[0] == 200


def test_many_who_come_at_once_to_a_frozen_cache_do_not_wait_in_line(site, valkey):
    path = f"/objects/{published(pictures=0).reference}/tip/"
    send_and_look_up(Visitor(site, "203.0.113.7"), path)
    valkey.freeze()
    with ThreadPoolExecutor(16) as crowd:
        begun = time.monotonic()
        answers = list(
            crowd.map(lambda number: tell(Visitor(site, f"198.51.100.{number}"), path), range(48))
        )
        taken = time.monotonic() - begun
    assert {status for status, _ in answers} == {200}
    assert Tip.objects.count() == 49
    assert taken < 2 * SOON  # 48 tips on 4 threads; each waiting for itself would be a minute


def test_a_cache_whose_address_swallows_packets_holds_up_nobody(own_database, own_files, tmp_path):
    path = f"/objects/{published(pictures=0).reference}/tip/"
    with unresponsive_port() as port:
        site = behind_a_proxy(tmp_path, f"redis://127.0.0.1:{port}/0")
        try:
            site.web()
            for _ in range(2):
                send_and_look_up(Visitor(site, "203.0.113.7"), path)
        finally:
            site.stop()


def test_objects_are_published_and_withdrawn_without_the_cache(valkey, settings):
    valkey.freeze()
    for alias, cache in settings.CACHES.items():
        settings.CACHES = {**settings.CACHES, alias: {**cache, "LOCATION": valkey.url}}
    made = in_time(published, pictures=0)
    in_time(publishing.withdraw, made, by=made.author, reason="a mistake")
    assert in_time(type(made).objects.get, pk=made.pk).state == "withdrawn"


# --- staff ----------------------------------------------------------------------------------------


def with_second_factor(user):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    return secret


def current(secret):
    """Return the current code, valid for some more seconds."""
    wait_until(lambda: time.time() % 30 < 24)
    return totp.format_hotp_value(
        totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time()))
    )


@pytest.mark.parametrize("fault", ["freeze", "stop"])
def test_staff_sign_in_with_a_second_factor_and_out_again_without_the_cache(site, valkey, fault):
    user = staff(Role.MODERATOR)
    secret = with_second_factor(user)
    getattr(valkey, fault)()
    member = Visitor(site, "203.0.113.9")
    status, page = in_time(member.sign_in, user)
    assert (status, 'name="code"' in page) == (200, True)
    code = current(secret)
    status, page = in_time(member.post, "/accounts/2fa/authenticate/", code=code)
    assert (status, "/admin/" in page) == (200, True)
    status, _ = in_time(member.post, "/accounts/logout/")
    assert status == 200
    assert 'name="login"' in member.ask("/staff/")[1]
    # A code that was used is used up, whoever remembers it.
    in_time(member.sign_in, user)
    _, page = in_time(member.post, "/accounts/2fa/authenticate/", code=code)
    assert "Incorrect code" in page


@pytest.mark.parametrize("fault", ["freeze", "stop"])
def test_passwords_cannot_be_guessed_without_the_cache(site, valkey, fault):
    user = staff(Role.MODERATOR)
    getattr(valkey, fault)()
    for number in range(5):
        guesser = Visitor(site, f"198.51.100.{number}")  # many machines, one account
        _, page = guesser.sign_in(user, f"guess-{number}")
        assert "not correct" in page
    _, page = Visitor(site, "198.51.100.99").sign_in(user)
    assert "Too many failed" in page
    assert 'name="login"' in page


def test_guesses_from_before_the_cache_went_away_and_after_it_came_back_count(site, valkey):
    user = staff(Role.MODERATOR)
    for number, fault in enumerate([None, None, valkey.freeze, None, valkey.wake]):
        if fault:
            fault()
        assert "not correct" in Visitor(site, "198.51.100.1").sign_in(user, f"guess-{number}")[1]
    assert "Too many failed" in Visitor(site, "198.51.100.2").sign_in(user)[1]
    valkey.stop()
    assert "Too many failed" in Visitor(site, "198.51.100.3").sign_in(user)[1]
    valkey.start()
    assert "Too many failed" in Visitor(site, "198.51.100.4").sign_in(user)[1]


def test_codes_of_the_second_factor_cannot_be_guessed_without_the_cache(site, valkey):
    user = staff(Role.MODERATOR)
    secret = with_second_factor(user)
    member = Visitor(site, "203.0.113.9")
    member.sign_in(user)
    valkey.freeze()
    right = current(secret)
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    for _ in range(5):
        assert "Incorrect code" in member.post("/accounts/2fa/authenticate/", code=wrong)[1]
    assert "Too many failed" in member.post("/accounts/2fa/authenticate/", code=current(secret))[1]
