"""The headers that Mozilla's Observatory demands for an A+, and those of the onion service."""

import pytest

from tests.factories import published, staff
from tests.traceobject import observatory
from traceobject.staff.roles import Role

ONION = "traceobjectexampleonionaddressabcdefghijklmnopqrstuvwxyz.onion"


@pytest.fixture
def production(settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 63072000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True


@pytest.fixture
def onion(settings):
    settings.ONION_URL, settings.ONION_HOST = f"http://{ONION}", ONION
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, ONION]


@pytest.fixture
def paths():
    made = published(pictures=0)
    own = made.get_absolute_url()
    return [
        "/",
        own,
        f"{own}tip/",
        "/receipt/",
        "/results/",
        "/report/",
        "/accounts/login/",
        "/no/",
    ]


def test_observatory_finds_nothing_to_improve(client, production, paths):
    for path in paths:
        answer = client.get(path, secure=True)
        policy = dict(
            part.strip().partition(" ")[::2]
            for part in answer.headers["Content-Security-Policy"].split(";")
        )
        assert policy["default-src"] == "'none'", path
        assert policy["frame-ancestors"] == "'none'"
        assert policy["base-uri"] == "'none'"
        assert policy["form-action"] == "'self'"
        assert policy["require-trusted-types-for"] == "'script'"
        assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:"} & set(
            " ".join(policy.values()).split()
        )
        hsts = answer.headers["Strict-Transport-Security"]
        assert "max-age=63072000" in hsts
        assert "preload" in hsts
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Referrer-Policy"] in ("no-referrer", "same-origin")
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Embedder-Policy"] == "require-corp"
        assert "Access-Control-Allow-Origin" not in answer.headers
        for cookie in answer.cookies.values():
            assert cookie["httponly"]
            assert cookie["samesite"] == "Strict"


def test_the_observatory_gives_every_page_an_a_plus(client, production, paths, settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    for path in paths:
        found = observatory.modifiers(client.get(path, secure=True), client.get(path))
        assert min(found.values()) == 0, (path, found)
        assert observatory.score(found) >= 130, (path, found)


def test_the_grades_of_worse_pages_are_worse(client, production):
    """So an A+ means something."""
    good, plain = client.get("/", secure=True), client.get("/")
    for header, value in {
        "Content-Security-Policy": "default-src 'self' 'unsafe-inline'",
        "Strict-Transport-Security": "max-age=3600",
        "Access-Control-Allow-Origin": "*",
        "X-Content-Type-Options": "",
        "Referrer-Policy": "unsafe-url",
    }.items():
        kept = good.headers.get(header)
        good.headers[header] = value
        assert min(observatory.modifiers(good, plain).values()) < 0, header
        if kept is None:
            del good.headers[header]
        else:
            good.headers[header] = kept
    assert observatory.score(observatory.modifiers(good, plain)) >= observatory.A_PLUS
    assert observatory.score(observatory.modifiers(good, good)) < observatory.A_PLUS


def test_every_answer_says_its_type_and_charset(client, paths, settings):
    settings.SECURITY_CONTACT = "mailto:security@agency.example"
    others = {
        "/feed/": "application/atom+xml",
        "/objects.json": "application/json",
        "/sitemap.xml": "application/xml",
        "/robots.txt": "text/plain",
        "/.well-known/security.txt": "text/plain",
        "/healthz": "application/json",
        "/livez": "application/json",
    }
    for path in [*paths, *others]:
        kind, _, charset = client.get(path).headers["Content-Type"].partition(";")
        assert kind == others.get(path, "text/html"), path
        assert charset.strip() == "charset=utf-8" or kind in (
            "application/json",  # it is always UTF-8 (RFC 8259)
            "application/xml",  # which says so itself
        ), path


def test_plain_http_is_sent_to_https(client, production):
    answer = client.get("/receipt/")
    assert answer.status_code == 301
    assert answer.headers["Location"].startswith("https://")


def test_the_onion_address_is_named_on_public_pages_alone(client, onion, paths):
    for path in paths:
        told = client.get(path).headers.get("Onion-Location")
        assert told == (None if path.startswith("/accounts/") else f"http://{ONION}{path}"), path
    client.force_login(staff(Role.MODERATOR))
    assert "Onion-Location" not in client.get("/admin/tips/claim/").headers


def test_without_the_setting_no_page_names_one(client, paths):
    assert not any("Onion-Location" in client.get(path).headers for path in paths)


def test_on_the_onion_host_nobody_is_sent_to_https_and_staff_pages_do_not_exist(
    client, production, onion, paths
):
    for path in paths:
        answer = client.get(path, headers={"host": ONION})
        assert answer.status_code == (404 if path in ("/accounts/login/", "/no/") else 200), path
        secure = client.get(path, headers={"host": ONION}, secure=True)
        assert "Strict-Transport-Security" not in secure.headers
        assert "Onion-Location" not in answer.headers
    client.force_login(staff(Role.MODERATOR))
    for host in (ONION, ONION.upper(), f"{ONION}:80", f"{ONION}."):
        assert client.get("/admin/tips/claim/", headers={"host": host}).status_code == 404


def test_a_worker_of_the_browser_gets_the_isolation_that_its_page_has(client):
    answer = client.get("/static/vendor/altcha-worker.js")
    assert answer.status_code == 200
    assert answer.headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
