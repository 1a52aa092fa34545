"""Hostile URLs, methods, headers and hosts cause no error of ours, lose no tip and leave nothing in a log."""

import urllib.parse

import pytest

from tests.factories import PASSWORD, published, staff
from tests.raw_http import ask, request
from tips.models import Tip
from traceobject.staff.roles import Role

pytestmark = [pytest.mark.stack]


def form(**fields):
    return urllib.parse.urlencode(fields).encode()


@pytest.fixture
def public(stack):
    stack.web()
    stack.reference = published(pictures=0).reference
    return stack


@pytest.mark.parametrize(
    "path",
    [
        *("/pictures/%00", "/objects/%00/", "/objects/%00", "/%00", "/fr/objects/%00/"),
        *("/objects/%00/tip/", "/feed/%00/", "/static/%00", "/admin/%00/", "/desk/1/%00"),
    ],
)
def test_no_page_has_nul_in_its_address(public, path):
    status, _, page = ask(public.port, request("GET", path))
    assert status == 404
    assert b"</html>" in page


def test_nul_is_taken_out_of_whatever_is_asked(public):
    for path in (
        "/?q=%00",
        "/?q=a%00b&category=%00&region=%00&status=%00&order=%00&page=%00",
        "/?%00=1",
        "/oembed?url=%00&format=json",
        "/oembed?url=http://localhost/objects/%2500/",
        "/accounts/login/?next=%00",
        "/admin/login/?next=/%00",
        "/feed/?%00",
        "/results/?%00=%00",
    ):
        assert ask(public.port, request("GET", path))[0] < 500, path


def test_nul_costs_no_tip_and_no_field_of_a_form_is_an_error(public):
    tip = f"/objects/{public.reference}/tip/"
    body = form(text="Seen\0 in\0 Lyon", place="Bellecour\0", contact="", nonce="\0", why="\0")
    assert ask(public.port, request("POST", tip, body))[0] == 200
    found = Tip.objects.get()
    assert (found.text, found.place) == ("Seen in Lyon", "Bellecour")
    names = [*("text", "country", "place", "url", "seen_when", "sureness", "why", "contact")]
    names += [*("contact_by", "language", "website", "nonce", "kept", "altcha", "location_allowed")]
    for name in [*names, "un\0known"]:
        fields = {"text": "Seen in Lyon", name: "a\0b"}
        assert ask(public.port, request("POST", tip, form(**fields)))[0] < 500, name
    for path in ("/receipt/", "/accounts/login/", "/admin/login/"):
        for name in ("code", "do", "text", "login", "password", "csrfmiddlewaretoken", "next"):
            fields = {"code": "7K2M", name: "\0"}
            assert ask(public.port, request("POST", path, form(**fields)))[0] < 500, (path, name)


def test_nul_in_a_part_of_a_form_costs_no_tip(public):
    body = (
        b'--xx\r\nContent-Disposition: form-data; name="text"\r\n\r\nSold in\0 Sevilla\r\n--xx\r\n'
        b'Content-Disposition: form-data; name="pictures"; filename="a\0b.jpg"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n\xff\xd8\xff\0\0\0\r\n--xx--\r\n"
    )
    tip = f"/objects/{public.reference}/tip/"
    kind = "multipart/form-data; boundary=xx"
    assert ask(public.port, request("POST", tip, body, Content_Type=kind))[0] == 200
    found = Tip.objects.get()
    assert found.text == "Sold in Sevilla"
    assert found.attachments.get().size == 6


HOSTILE = [
    *("/%", "/%zz", "/%c3%28", "/%ff%fe", "/%ed%a0%80", "/%f0%28%8c%28/", "/..%2f..%2fetc/passwd"),
    *("//", "///example.org/", "/\\example.org", "/./../", "/;a=b", "/?", "/?&&&=", "/?q=%ff%fe"),
    *("/?q=%ed%a0%80", "/?page=" + "9" * 5000, "/?q=" + "%f0%9f%98%80" * 1000, "/" + "a" * 20_000),
    *(
        "/objects/" + "A" * 5000 + "/",
        "/objects/%2f/",
        "/objects/%0a%0d/",
        "/objects/../",
        "/de/%ff/",
    ),
    *(
        "/objects/%ed%a0%80/",
        "/pictures/..%2f..%2fsecrets.json",
        "/pictures/%2e%2e",
        "/pictures/a.jpg",
    ),
    *(
        "/pictures/" + "b" * 3000,
        "/feed/%ff/",
        "/oembed",
        "/oembed?url=http://[",
        "/oembed?url=//%5b",
    ),
    *(
        "/oembed?url=http://localhost/%ff&maxwidth=%c2%b2",
        "/static/..%2f..%2fmanage.py",
        "/static/%ff",
    ),
    *("/accounts/login/?next=//example.org", "/desk/99999999999999999999999/", "/locked/0/"),
    *("/admin/tips/claim/%ff/change/", "/admin/r/99/99999999999999999/", "/admin/jsi18n/?%ff"),
    *(
        "/healthz?%ff",
        "/objects.json?%ff=%ff",
        "/sitemap.xml?p=-1",
        "/sitemap.xml?p=%ff",
        "/leave/?%ff",
    ),
    *(
        "/static/%5c..%5c",
        "/.well-known/%ff",
        "/fr",
        "/fr/fr/",
        "/xx/",
        "*",
        "http://[/",
        "http://x/",
    ),
]


def test_no_address_is_an_error_of_ours(public):
    for target in HOSTILE:
        for method in ("GET", "HEAD", "POST"):
            status, _, _ = ask(public.port, request(method, target))
            assert 200 <= status < 500, (method, target, status)
    assert ask(public.port, request("GET", "/"))[0] == 200


def test_no_method_header_or_form_is_an_error_of_ours(public):
    tip = f"/objects/{public.reference}/tip/"
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "X", "get", "GET\x01"):
        for path in ("/", tip, "/receipt/", "/healthz", "/static/css/site.css", "/admin/"):
            status, _, _ = ask(public.port, request(method, path, b"text=abc"))
            assert 200 <= status < 500, (method, path, status)
    for headers in (
        {"Cookie": 'sessionid="\\000aaaaaaaa\\000bbbb"; __Host-session="\\000aaaaaaaaaaaa"'},
        {"Cookie": "sessionid=\xff\xfe; csrftoken=\xff" + "a" * 5000},
        {"Cookie": "=;;;=" * 500},
        {"Accept_Language": "\xff" * 50},
        {"Accept_Encoding": "\xff;q=a"},
        {"If_None_Match": '"' * 500},
        {"If_Modified_Since": "Thu, 99 Foo 99999 99:99:99 GMT"},
        {"Range": "bytes=9-1,,-,a"},
        {"X_Forwarded_For": "\xff, 1.2.3"},
        {"X_Forwarded_Proto": "gopher"},
        {"Content_Type": "multipart/form-data; boundary=\xff"},
        {"Content_Type": "multipart/form-data"},
        {"Content_Type": "application/x-www-form-urlencoded; charset=klingon"},
        {"Content_Type": "text/plain; charset=\xff"},
        {"Content_Encoding": "gzip"},
        {"Content_Length": "-1"},
        {"Content_Length": "9" * 40},
        {"Content_Length": "abc"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Referer": "http://[\xff"},
    ):
        for method, path in (("GET", "/staff/"), ("POST", tip), ("POST", "/accounts/login/")):
            body = b"text=a%00bc%ff" if method == "POST" else b""
            status, _, _ = ask(public.port, request(method, path, body, **headers))
            assert 200 <= status < 500, (headers, method, path, status)
    for part in (
        b"",
        b"--xx",
        b"--xx--\r\n",
        b'--xx\r\nContent-Disposition: form-data; name="text\r\n\r\nabc\r\n--xx--\r\n',
        b"--xx\r\nContent-Disposition: form-data; name=text; filename*=UTF-8''%00%ff\r\n\r\na\r\n--xx--\r\n",
        b"--xx\r\nContent-Disposition: form-data; name*=klingon''a\r\n\r\na\r\n--xx--\r\n",
        b"--xx\r\nContent-Disposition: form-data; name=text\r\nContent-Transfer-Encoding: base64\r\n\r\n*\r\n--xx--\r\n",
        b"--xx\r\nContent-Disposition: form-data; name=text\r\nContent-Type: a; charset=klingon\r\n\r\n\xff\r\n--xx--\r\n",
        b"--xx\r\n" + b"X: y\r\n" * 3000 + b"\r\na\r\n--xx--\r\n",
        b"--xx\r\nContent-Disposition: form-data; name=pictures; filename="
        + b"a" * 5000
        + b"\r\n\r\na\r\n--xx--\r\n",
    ):
        kind = "multipart/form-data; boundary=xx"
        status, _, _ = ask(public.port, request("POST", tip, part, Content_Type=kind))
        assert 200 <= status < 500, (part[:200], status)


def test_a_wrong_host_is_400_and_leaves_no_trace_of_itself_in_the_log(public):
    before = len(public.log("web"))
    hosts = ["telltale.example", "telltale" * 600, "telltale\xff", "[telltale", "telltale:99999"]
    hosts += ["telltale/../", "telltale@localhost", "localhost:telltale", ""]
    for host in hosts:
        for method, path in (
            ("GET", "/"),
            ("POST", "/receipt/"),
            ("GET", "/staff/"),
            ("GET", "/no/"),
        ):
            body = b"code=telltale" if method == "POST" else b""
            status, _, page = ask(public.port, request(method, path, body, host=host))
            assert status == 400, (host, method, path)
            assert b"telltale" not in page
    public.site.stop()
    written = public.log("web")[before:]
    assert "telltale" not in written
    assert len(written) < 100 * len(hosts) * 4
    assert "Traceback" not in written


def test_no_log_holds_what_was_typed_as_an_address(public):
    for path in ("/telltale/", "/objects/telltale/", "/pictures/telltale.jpg", "/?q=telltale"):
        ask(public.port, request("GET", path))
    ask(public.port, request("TELLTALE", "/receipt/"))
    ask(public.port, request("POST", "/accounts/login/", b"a=b", Origin="https://telltale.example"))
    ask(
        public.port, request("POST", "/accounts/login/", b"a=b", Referer="https://telltale.example")
    )
    public.site.stop()
    assert "telltale" not in public.log("web").lower()


def test_staff_may_ask_with_nul_too(client):
    made = published(pictures=0)
    for role, path in {
        Role.MODERATOR: "/admin/tips/claim/",
        Role.ANALYST: "/admin/objects/traceobject/",
    }.items():
        assert client.login(username=staff(role).username, password=PASSWORD)
        for query in ("q=%00", "q=a%00b", "%00=1", "o=%00", "p=%00", "e=%00"):
            assert client.get(f"{path}?{query}").status_code < 500, query
        assert client.get(f"{path}%00/change/").status_code == 404
        fields = {"action": "\0", "_selected_action": ["\0", str(made.pk)], "title": "a\0b"}
        assert client.post(path, fields).status_code < 500
