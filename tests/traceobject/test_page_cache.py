"""Cached pages are identical to Django's, and a changed or withdrawn page is never served."""

import gzip
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from wsgiref.util import setup_testing_defaults

import pytest
from django.db import connection, transaction

from objects import publishing
from objects.models import TraceObject
from tests.factories import published, staff
from tips.models import Hotline
from traceobject import page_cache
from traceobject.staff.roles import Role

pytestmark = [pytest.mark.stack]


class Site:
    """The application as granian runs it, with its cache and the paths that Django answered."""

    def __init__(self, **options):
        from traceobject.wsgi import django

        self.django, self.asked = django, []
        self.memory = options.setdefault("memory", page_cache.PageMemory())
        self.application = page_cache.cache_pages(self._counted, **options)

    def _counted(self, environment, start):
        self.asked.append(environment["PATH_INFO"])
        return self.django(environment, start)

    def __call__(self, path, **headers):
        environment = {"HTTP_HOST": "localhost", **headers}
        environment["PATH_INFO"], _, environment["QUERY_STRING"] = path.partition("?")
        setup_testing_defaults(environment)
        told = []
        answer = self.application(environment, lambda *given: told.extend(given))
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        return told[0], dict(told[1]), body


@pytest.fixture
def site(own_database):
    return Site()


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
def test_every_change_is_noticed_however_it_is_made(site, change):
    made = published(pictures=0, title="Shopping bag")
    before = site(made.get_absolute_url())
    change(made)
    assert site(made.get_absolute_url()) != before


def test_a_change_counts_when_it_is_committed(site):
    made = published(pictures=0, title="Shopping bag")
    before = page_cache.read_generation()
    with transaction.atomic():
        made.translations.update(title="Another title")
        assert page_cache.read_generation() == before  # nobody sees the change yet, either
    assert page_cache.read_generation() > before


def test_hotlines_and_released_figures_count_too(site):
    site("/report/")
    Hotline.objects.create(name="New line", address="https://line.example/")
    assert b"New line" in site("/report/")[2]


@pytest.mark.parametrize("path", ["/receipt/", "/accounts/login/", "/healthz", "/no-such-page/"])
def test_only_public_answers_are_cached(site, path):
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


def test_each_host_and_scheme_has_its_own_page(site):
    site("/")
    site("/", HTTP_HOST="127.0.0.1")
    site("/", **{"wsgi.url_scheme": "https"})
    assert len(site.asked) == 3


def test_if_the_generation_cannot_be_read_django_answers(own_database):
    site = Site(generation=lambda: None)
    for _ in range(2):
        assert site("/")[0] == "200 OK"
    assert len(site.asked) == 2


# --- what a stranger may try ----------------------------------------------------------------------


@pytest.mark.parametrize("query", ["q=word{}", "category=c{}", "page={}", "x{}=1", "fbclid={}"])
def test_ten_thousand_queries_do_not_push_out_a_page(site, query):
    first = site("/")
    size = site.memory.pages.currsize
    site.django = lambda environment, start: start("200 OK", [("Cache-Control", "public")]) or []
    asked = len(site.asked)
    for number in range(10_000):
        site(f"/?{query.format(number)}")
    assert site.memory.pages.currsize == size
    already = len(site.asked)
    assert already - asked in (
        0,
        10_000,
    )  # nobody's parameter costs nothing, one that is read is fresh
    assert site("/") == first
    assert len(site.asked) == already


def test_ten_thousand_missing_pages_do_not_push_out_a_page(site):
    first = site("/")
    size = site.memory.pages.currsize
    for number in range(200):  # Django's own answers
        assert site(f"/objects/X{number}/")[0].startswith("404")
    site.django = lambda environment, start: start("404 Not Found", []) or []
    for number in range(10_000):
        site(f"/objects/X{number}/")
        site(f"/{number}/", HTTP_HOST=f"localhost:{number}")
    assert site.memory.pages.currsize == size
    asked = len(site.asked)
    assert site("/") == first
    assert len(site.asked) == asked


def test_a_page_is_cached_once_whatever_its_query_and_headers(site):
    for number in range(200):
        told = {"HTTP_HOST": f"LocalHost:{number + 1}", "HTTP_X_FORWARDED_PROTO": f"x{number}"}
        assert site(f"/?fbclid={number}", HTTP_COOKIE=f"a={number}", **told)[0] == "200 OK"
    assert site.asked == ["/"]
    assert len(site.memory.pages) == 1


UNKEYED = [
    {"HTTP_HOST": "localhost:666"},
    {"HTTP_X_FORWARDED_HOST": "evil.example"},
    {"HTTP_COOKIE": "django_language=fr; sessionid=x"},
    {"HTTP_ACCEPT_LANGUAGE": "fr"},
    {"HTTP_REFERER": "https://evil.example/"},
    {"CONTENT_TYPE": "text/plain; charset=utf-7"},
    {"HTTP_RANGE": "bytes=0-9"},
    {"HTTP_IF_NONE_MATCH": "*"},
    {"HTTP_CLIENT": "666"},
]


def test_nothing_from_the_first_readers_request_is_in_the_page_of_the_second(
    own_database, settings
):
    settings.ONION_URL = "http://trace.onion"  # a header names the whole address of the page
    settings.ONION_HOST = "trace.onion"
    published(pictures=0)
    plain = Site()
    for path in ("/", "/results/", "/report/", "/feed/", "/objects.json"):
        for headers in UNKEYED:
            poisoned = Site()
            poisoned(f"{path}?evil=666&+AHE-=evil", **headers)
            assert poisoned(path) == plain(path)
            assert poisoned.asked == [path]


def test_a_host_that_only_a_wildcard_allows_is_answered_and_not_kept(own_database, settings):
    settings.ALLOWED_HOSTS = ["localhost", ".agency.example"]
    site = Site()
    for number in range(5):
        assert site("/", HTTP_HOST=f"x{number}.agency.example")[0] == "200 OK"
    assert len(site.memory.pages) == 0
    assert site("/", HTTP_HOST="evil.example")[0].startswith("400")


def a_page(number, length=3000):
    key = page_cache.Key("localhost", False, f"/objects/G4-{number}/")
    headers = [(f"Name-{each}", f"value {each} {number}") for each in range(20)]
    return page_cache.Page(
        *(key, frozenset(), 1, float("inf"), f'"{number}"', headers),
        *(bytes(length), [*headers], bytes(length // 5)),
    )


@pytest.mark.parametrize("length", [10, 3000])
def test_memory_takes_no_more_bytes_than_its_bound_with_keys_and_headers(length):
    memory = page_cache.PageMemory(2_000_000)
    tracemalloc.start()
    try:
        for number in range(5000):
            memory.put(a_page(number, length))
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert memory.pages.currsize <= 2_000_000
    assert len(memory.pages) > 100
    assert taken < 2_000_000


def test_a_page_larger_than_the_memory_is_not_kept_and_costs_no_other():
    memory = page_cache.PageMemory(100_000)
    memory.put(a_page(1))
    memory.put(a_page(2, 200_000))
    assert list(memory.pages) == [a_page(1).key]


def test_the_page_that_was_read_longest_ago_goes_first():
    memory = page_cache.PageMemory(3 * a_page(1).size + 100)
    for number in (1, 2, 3):
        memory.put(a_page(number))
    memory.get(a_page(1).key)
    memory.put(a_page(4))
    assert {key.path for key in memory.pages} == {f"/objects/G4-{n}/" for n in (1, 3, 4)}


def test_threads_share_the_memory_and_its_count_stays_true():
    memory = page_cache.PageMemory(30 * a_page(1).size)

    def work(seed):
        for step in range(3000):
            number = (seed * 7 + step * 13) % 60
            page = memory.get(a_page(number, 30).key)
            assert page is None or page.key.path == f"/objects/G4-{number}/"
            memory.put(a_page(number, 30 + step % 3000))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    assert memory.pages.currsize == sum(page.size for page in memory.pages.values())
    assert memory.pages.currsize <= memory.pages.maxsize
