"""Pages from memory are the pages; what changed or is withdrawn is never given from it."""

import gzip
from wsgiref.util import setup_testing_defaults

import pytest
from django.db import connection, transaction

from objects import publishing
from objects.models import TraceObject
from tests.factories import published, staff
from tips.models import Hotline
from traceobject import fastpath
from traceobject.staff.roles import Role

pytestmark = [pytest.mark.stack]


@pytest.fixture
def site(own_database):
    """The application as granian has it, and how often Django was asked."""
    from traceobject.wsgi import django

    asked = []

    def counted(environment, start):
        asked.append(environment["PATH_INFO"])
        return django(environment, start)

    application = fastpath.remembering(counted)

    def get(path, **headers):
        environment = {"PATH_INFO": path, "HTTP_HOST": "localhost", **headers}
        path, _, environment["QUERY_STRING"] = path.partition("?")
        environment["PATH_INFO"] = path
        setup_testing_defaults(environment)
        told = []
        answer = application(environment, lambda *given: told.extend(given))
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        return told[0], dict(told[1]), body

    get.asked = asked
    return get


def test_the_second_reader_has_the_same_bytes_without_django(site):
    made = published()
    path = made.get_absolute_url()
    first, second = site(path), site(path)
    assert first == second
    assert first[0] == "200 OK"
    assert site.asked == [path]
    status, headers, packed = site(path, HTTP_ACCEPT_ENCODING="gzip, br")
    assert gzip.decompress(packed) == first[2]
    assert headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in headers["Vary"]
    assert int(headers["Content-Length"]) == len(packed)
    assert site(path, HTTP_IF_NONE_MATCH=headers["ETag"])[0].startswith("304")
    status, headers, body = site(path, REQUEST_METHOD="HEAD")
    assert (status, body) == ("200 OK", b"")
    assert len(site.asked) == 1


def test_a_withdrawal_is_seen_by_the_next_reader_everywhere(site):
    made = published(title="Shopping bag")
    name = made.pictures.get().largest.name
    paths = ["/", made.get_absolute_url(), f"/pictures/{name}", "/feed/", "/objects.json"]
    paths += ["/sitemap.xml", f"/oembed?url=http://localhost:8000{made.get_absolute_url()}"]
    for path in paths:
        assert site(path)[0] == "200 OK", path
    publishing.withdraw(made, by=staff(Role.ANALYST), reason="a mistake")
    for path in paths:
        status, _, body = site(path)
        assert status.startswith("404") or made.reference.encode() not in body, path


@pytest.mark.parametrize(
    "change",
    [
        lambda made: TraceObject.objects.filter(pk=made.pk).update(state="withdrawn"),
        lambda made: made.translations.update(title="Another title"),
        lambda made: made.translations.all().delete(),
        lambda made: connection.cursor().execute(
            "UPDATE objects_traceobject SET made = 'in 1998' WHERE id = %s", [made.pk]
        ),
    ],
)
def test_no_change_slips_past_however_it_is_made(site, change):
    made = published(pictures=0, title="Shopping bag")
    before = site(made.get_absolute_url())
    change(made)
    assert site(made.get_absolute_url()) != before


def test_a_change_counts_when_it_is_committed(site):
    made = published(pictures=0, title="Shopping bag")
    before = fastpath._generation()
    with transaction.atomic():
        made.translations.update(title="Another title")
        assert fastpath._generation() == before  # nobody sees the change yet, either
    assert fastpath._generation() > before


def test_hotlines_and_released_figures_count_too(site):
    site("/report/")
    Hotline.objects.create(name="New line", address="https://line.example/")
    assert b"New line" in site("/report/")[2]


@pytest.mark.parametrize("path", ["/receipt/", "/accounts/login/", "/healthz", "/no-such-page/"])
def test_what_is_not_for_all_is_never_kept(site, path):
    for _ in range(2):
        site(path)
    assert site.asked == [path, path]


def test_a_form_and_what_it_sends_reach_django(site):
    made = published(pictures=0)
    tip = f"{made.get_absolute_url()}tip/"
    for _ in range(2):
        site(tip)
        site(tip, REQUEST_METHOD="POST", CONTENT_LENGTH="0")
    assert len(site.asked) == 4


def test_hosts_and_schemes_are_kept_apart(site):
    site("/")
    site("/", HTTP_HOST="127.0.0.1")
    site("/", HTTP_X_FORWARDED_PROTO="https")
    assert len(site.asked) == 3


def test_where_the_number_cannot_be_read_django_answers(site, monkeypatch):
    monkeypatch.setattr(fastpath, "_generation", lambda: None)
    for _ in range(2):
        assert site("/")[0] == "200 OK"
    assert len(site.asked) == 2


def test_memory_has_an_end(site, monkeypatch):
    monkeypatch.setattr(fastpath, "ROOM", 30_000)
    for number in range(20):
        assert site(f"/?q=word{number}")[0] == "200 OK"
    site("/?q=word0")
    assert len(site.asked) == 21
