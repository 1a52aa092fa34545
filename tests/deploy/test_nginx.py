"""deploy/nginx.conf as it is deployed: caches for a second, forgets withdrawn pages, and logs no visitor."""

import re
import subprocess
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager

import psutil
import pytest

from objects import publishing
from tests.factories import published, staff
from tests.nginx import find_nginx
from tests.skips import skip_or_fail
from tests.stack import wait_until
from tests.tips.intake.uploads import photo
from tips.models import Tip
from traceobject.staff.roles import Role

pytestmark = [pytest.mark.stack]


def ask(front, path, data=None, **headers):
    request = urllib.request.Request(front.url + path, data=data, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, _named(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, _named(error.headers), error.read()


def _named(headers):
    return {name.lower(): value for name, value in headers.items()}


def test_a_page_is_the_sites_own_and_comes_from_the_cache(front, stack):
    made = published()
    path = made.get_absolute_url()
    first = ask(front, path)
    assert first[0] == 200
    assert "content-security-policy" in first[1]

    def kept():
        for _ in range(2):  # what is asked for once is not kept
            ask(front, path)
        with frozen(stack.site.processes["web"].pid):
            return answer_at_once(front, path)

    assert wait_until(kept) == first[2]  # a slow machine may need more than the second at first


def test_what_is_withdrawn_is_shown_to_nobody_who_asks_two_seconds_later(front):
    made = published()
    path = made.get_absolute_url()
    for _ in range(2):
        assert ask(front, path)[0] == 200
    publishing.withdraw(made, by=staff(Role.ANALYST), reason="a mistake")
    withdrawn = time.monotonic()
    still_shown = []  # when those asked who saw it, in seconds after the withdrawal

    def is_gone():
        asked = time.monotonic() - withdrawn
        if ask(front, path)[0] == 404:
            return True
        still_shown.append(asked)
        return False

    wait_until(is_gone)
    assert max(still_shown, default=0) <= 2


def test_what_is_withdrawn_is_not_shown_while_the_site_hangs_either(front, stack):
    """Readers wait for a site that hangs, instead of getting nginx's last page."""
    made = published(pictures=0)
    path = made.get_absolute_url()
    for _ in range(2):
        assert ask(front, path)[0] == 200
    publishing.withdraw(made, by=staff(Role.ANALYST), reason="a mistake")
    with ThreadPoolExecutor(4) as readers, frozen(stack.site.processes["web"].pid):
        wait_until(lambda: not answers_at_once(front, path))
        asking = [readers.submit(ask, front, path) for _ in range(4)]
        assert not wait(asking, timeout=0.5).done
    assert {each.result()[0] for each in asking} == {404}


@contextmanager
def frozen(pid):
    """Freeze a process and its children in a with block."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    for process in family:
        process.suspend()
    try:
        yield
    finally:
        for process in family:
            process.resume()


def answer_at_once(front, path):
    try:
        with urllib.request.urlopen(front.url + path, timeout=0.3) as answer:
            return answer.read()
    except TimeoutError:
        return b""


def answers_at_once(front, path):
    return bool(answer_at_once(front, path))


def test_a_flood_of_made_up_addresses_fills_no_disk(front):
    for number in range(300):
        assert ask(front, f"/?x={number}")[0] == 200
    assert not [path for path in (front.folder / "cache").rglob("*") if path.is_file()]
    for _ in range(2):
        ask(front, "/")
    wait_until(lambda: [path for path in (front.folder / "cache").rglob("*") if path.is_file()])


def test_forms_receipts_and_staff_pages_are_never_kept(front):
    made = published(pictures=0)
    for path in (f"{made.get_absolute_url()}tip/", "/receipt/", "/accounts/login/"):
        status, headers, _ = ask(front, path)
        assert status == 200
        assert "no-store" in headers["cache-control"]
    one, other = (ask(front, f"{made.get_absolute_url()}tip/")[2] for _ in range(2))
    assert one != other  # each has a number of its own


def test_a_tip_with_a_picture_comes_through_and_no_log_knows_of_it(front):
    made = published(pictures=0)
    body = (
        b'--xx\r\nContent-Disposition: form-data; name="text"\r\n\r\nSold in Sevilla\r\n--xx\r\n'
        b'Content-Disposition: form-data; name="pictures"; filename="holiday.jpg"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n" + photo() + b"\r\n--xx--\r\n"
    )
    status, _, page = ask(
        front,
        f"{made.get_absolute_url()}tip/?secret=query",
        data=body,
        **{
            "Content-Type": "multipart/form-data; boundary=xx",
            "Referer": "https://search.example/",
            "User-Agent": "Telling/1.0",
        },
    )
    assert status == 200
    assert b"receipt-code" in page
    assert Tip.objects.get().attachments.count() == 1
    ask(front, "/no-such-page/?secret=query")
    front.stop()  # writes what it held back
    written = b"".join(path.read_bytes() for path in front.folder.glob("*.log"))
    for told in (b"127.0.0.1", b"secret", b"Telling", b"search.example", b"holiday"):
        assert told not in written.replace(b"[notice]", b""), told
    assert b"POST 200" in written
    assert not re.search(rb"T\d\d:", written)  # the hour, and nothing closer


def test_static_files_have_what_an_isolated_page_asks_for(front):
    status, headers, body = ask(front, "/static/css/site.0123456789ab.css")
    assert (status, body) == (200, b"body{}")
    assert "immutable" in headers["cache-control"]
    assert headers["cross-origin-embedder-policy"] == "require-corp"
    assert headers["x-content-type-options"] == "nosniff"


def test_the_file_as_it_is_deployed_is_whole(tmp_path):
    """The parts that the tests replace (TLS, ports) are parsed by nginx too."""
    if find_nginx() is None:
        skip_or_fail("NO NGINX")
    from tests.nginx import DEPLOYED

    key, cert = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"),
            *("-subj", "/CN=trace.agency.example", "-keyout", key, "-out", cert),
        ],
        check=True,
        capture_output=True,
    )
    site = DEPLOYED.read_text().replace("/etc/ssl/TRACE.AGENCY.EXAMPLE", str(tmp_path))
    site = site.replace("/var/cache/nginx/traceobject", f"{tmp_path}/cache")
    site = site.replace("/var/log/nginx/", f"{tmp_path}/")
    file = tmp_path / "nginx.conf"
    file.write_text(
        f"pid {tmp_path}/pid; error_log {tmp_path}/e.log; events {{}} http {{\n{site}\n}}"
    )
    done = subprocess.run([find_nginx(), "-t", "-c", file], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr
