"""deploy/nginx.conf holds up who asks for too much, and no witness beside them."""

import http.client
import re
import select
import socket
import subprocess
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from tests.factories import published
from tests.nginx import DEPLOYED, find_nginx
from tests.skips import skip_or_fail
from tests.stack import free_port, wait_until

pytestmark = [pytest.mark.stack]
FLOODER, WITNESS = (
    "127.0.0.2",
    "127.0.0.3",
)  # two addresses of this machine; 127.0.0.1 is nobody's own


def ask(front, path, sender, body=None, **headers):
    """Return status, headers and body of an answer to a request from an address."""
    site = urlsplit(front.url)
    connection = http.client.HTTPConnection(
        site.hostname, site.port, timeout=20, source_address=(sender, 0)
    )
    with ExitStack() as closing:
        closing.callback(connection.close)
        connection.request("POST" if body is not None else "GET", path, body, headers)
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()


def stalled(front, sender, length, method="POST"):
    """Begin to send a body of a length, and stop. Return the socket."""
    site = urlsplit(front.url)
    sending = socket.create_connection(
        (site.hostname, site.port), timeout=10, source_address=(sender, 0)
    )
    sending.sendall(
        f"{method} /receipt/ HTTP/1.1\r\nHost: {site.netloc}\r\nContent-Length: {length}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\nx".encode()
    )
    return sending


def refused(held, expected):
    """Return how many of these were refused, waiting for as many as expected. The others get no answer."""
    found = wait_until(lambda: len(select.select(held, [], [], 0.5)[0]) >= expected) and [
        each.recv(12) for each in select.select(held, [], [], 0.5)[0]
    ]
    assert set(found) <= {b"HTTP/1.1 429"}
    return len(found)


def test_who_searches_without_end_is_refused_and_others_are_not(front):
    answers = [ask(front, f"/?q=bag{number}", FLOODER) for number in range(400)]
    assert {each[0] for each in answers} == {200, 429}
    assert [each[0] for each in answers[:100]] == [200] * 100
    _, headers, page = next(each for each in answers if each[0] == 429)
    assert "Wait a minute" in page.decode()
    assert "Hinweiscode" in page.decode()
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["retry-after"] == "60"
    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert ask(front, "/?q=bag", WITNESS)[0] == 200
    assert ask(front, "/", FLOODER)[0] == 200  # what everybody reads


def test_reading_has_no_limit_and_neither_has_the_onion_service(front):
    for sender, path in ((FLOODER, "/"), ("127.0.0.1", "/?q=bag")):
        assert {ask(front, path, sender)[0] for _ in range(150)} == {200}


def test_a_tip_goes_in_beside_a_flood_of_uploads(front):
    tip = f"{published(pictures=0).get_absolute_url()}tip/"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    with ExitStack() as closing:
        held = [closing.enter_context(stalled(front, FLOODER, 20_000_000)) for _ in range(8)]
        assert refused(held, 0) == 0
        assert refused([closing.enter_context(stalled(front, FLOODER, 20_000_000))], 1) == 1
        assert refused([closing.enter_context(stalled(front, WITNESS, 20_000_000))], 0) == 0
        for sender in (FLOODER, WITNESS):  # behind one address, a tip of words goes through
            status, _, page = ask(front, tip, sender, "text=Sold+in+Sevilla", **form)
            assert (status, b"receipt-code" in page) == (200, True)


def test_a_body_that_does_not_say_its_length_counts_as_a_large_one(front):
    site = urlsplit(front.url)
    with ExitStack() as closing:
        held = []
        for _ in range(9):
            sending = closing.enter_context(
                socket.create_connection((site.hostname, site.port), 10, (FLOODER, 0))
            )
            sending.sendall(
                f"POST /receipt/ HTTP/1.1\r\nHost: {site.netloc}\r\n"
                "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n".encode()
            )
            held.append(sending)
        assert refused(held, 1) == 1


def test_all_uploads_together_are_bounded(front):
    senders = [f"127.0.0.{number}" for number in range(10, 17)]
    with ExitStack() as closing:
        held = [
            closing.enter_context(stalled(front, sender, 20_000_000))
            for sender in senders
            for _ in range(7)
        ]
        assert refused(held, 1) == 1


def test_connections_from_one_address_are_bounded(front):
    with ExitStack() as closing:
        held = [closing.enter_context(stalled(front, FLOODER, 1000, "PUT")) for _ in range(201)]
        assert refused(held, 1) == 1
        assert ask(front, "/", WITNESS)[0] == 200


def test_no_log_knows_who_was_refused(front):
    for number in range(300):
        ask(front, f"/?q=secret{number}", FLOODER)
    front.stop()
    written = b"".join(path.read_bytes() for path in front.folder.glob("*.log"))
    assert b"GET 429" in written
    assert FLOODER.encode() not in written
    assert b"secret" not in written


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2:ffff::1", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8::1", "2001:db9::1", False),
        ("198.51.100.1", "198.51.100.2", False),
        ("198.51.100.1", "198.51.100.1", True),
        ("127.0.0.1", "198.51.100.1", False),
    ],
)
def test_addresses_of_one_network_count_together(tmp_path, one, other, are_one):
    """nginx itself is asked, with an address that a header names in place of the visitor's."""
    if find_nginx() is None:
        skip_or_fail("NO NGINX")
    visitor = re.search(r"map \$remote_addr \$visitor \{.*?\n\}", DEPLOYED.read_text(), re.S)
    port = free_port()
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log {tmp_path}/e.log; daemon off;\n"
        "events {} http { access_log off;\n"
        + visitor.group()
        .replace("$remote_addr", "$http_x_address")
        .replace("$binary_remote_addr", "$http_x_address")
        + f'server {{ listen 127.0.0.1:{port}; return 200 "key=$visitor"; }} }}'
    )
    nginx = subprocess.Popen([find_nginx(), "-c", tmp_path / "nginx.conf", "-p", tmp_path])
    try:
        keys = [key(port, address) for address in (one, other)]
    finally:
        nginx.terminate()
        nginx.wait()
    assert (keys[0] == keys[1]) == are_one
    assert (keys[0] == "key=") == (one == "127.0.0.1")


def key(port, address):
    def answer():
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/", headers={"X-Address": address})
            return connection.getresponse().read().decode()
        except ConnectionRefusedError:
            return ""

    return wait_until(answer)
