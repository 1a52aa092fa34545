"""Bodies are received whole, within a time limit, and a limited number at once."""

import io
import socket
import threading

import pytest

from tests.stack import wait_until
from traceobject import connections
from traceobject.bodies import REFUSAL, Limits, Receiver

LIMITS = Limits(max_bodies=2, max_bytes=1000, max_total_bytes=2000, seconds=30, rate=20_000)


class Stalled:
    """A body that stalls until it is told to end."""

    def __init__(self):
        self.told = threading.Event()

    def read(self, size):
        self.told.wait(30)
        return b""


def environment(body=b"", method="POST", **more):
    return {
        "REQUEST_METHOD": method,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "REMOTE_ADDR": "192.0.2.1",
        "SERVER_PORT": "8000",
        **more,
    }


def site(asked, start):
    """A WSGI application that answers with the body or refusal that Django would get."""
    refusal = asked.get(REFUSAL)
    return [str(refusal.status).encode() if refusal else asked["wsgi.input"].read()]


def test_a_whole_body_is_given_on_byte_for_byte():
    for size in (1, 64 * 1024, 64 * 1024 + 1, 500_000):
        body = bytes(number % 251 for number in range(size))
        limits = Limits(max_bodies=1, max_bytes=10**6, max_total_bytes=10**6, seconds=30, rate=1)
        assert Receiver(limits).wrap(site)(environment(body), None) == [body]


def test_a_body_can_be_read_in_pieces_and_by_lines():
    def lines(asked, start):
        body = asked["wsgi.input"]
        return [body.readline(), body.read(2), *body, body.read(5)]

    assert Receiver(LIMITS).wrap(lines)(environment(b"a\nbcd\ne"), None) == [
        *(b"a\n", b"bc", b"d\n", b"e", b"")
    ]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (environment(b"x", CONTENT_LENGTH="1001"), b"413"),
        (environment(b"x", HTTP_TRANSFER_ENCODING="chunked"), b"411"),
        (environment(b"x", CONTENT_LENGTH="all"), b"411"),
        (environment(b"half", CONTENT_LENGTH="8"), b"400"),
    ],
)
def test_a_body_that_cannot_be_received_is_refused_with_a_status(asked, status):
    assert Receiver(LIMITS).wrap(site)(asked, None) == [status]


def test_no_other_method_brings_a_body():
    for method in ("GET", "HEAD", "PUT", "DELETE", "X"):
        assert Receiver(LIMITS).wrap(site)(environment(b"abc", method), None) == [b""]


def test_a_body_over_the_limit_is_refused_unread_and_its_place_is_released():
    receiver = Receiver(LIMITS)
    serve = receiver.wrap(site)
    stalled = Stalled()
    waiting = [
        threading.Thread(
            target=serve, args=(environment(**{"wsgi.input": stalled, "CONTENT_LENGTH": "9"}), None)
        )
        for _ in range(2)
    ]
    for thread in waiting:
        thread.start()
    wait_until(lambda: len(receiver.incoming_bodies) == 2)
    unread = io.BytesIO(b"abc")
    assert serve(environment(b"abc", **{"wsgi.input": unread}), None) == [b"503"]
    assert unread.tell() == 0
    assert serve(environment(b""), None) == [b""]
    stalled.told.set()
    for thread in waiting:
        thread.join()
    assert serve(environment(b"abc"), None) == [b"abc"]
    assert (receiver.bytes_held, receiver.incoming_bodies) == (0, set())


def test_the_memory_of_a_body_is_counted_until_its_request_is_answered():
    receiver = Receiver(LIMITS)
    held = []

    def fails(asked, start):
        held.append(receiver.bytes_held)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        receiver.wrap(fails)(environment(b"x" * 900), None)
    assert held == [900]
    assert receiver.bytes_held == 0


def test_the_kernel_counts_a_connections_bytes_and_it_can_be_hung_up():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        served, _ = listening.accept()
        client.sendall(b"x" * 100)
        served.sendall(b"y" * 7)
        with connections.open_connections(port) as found:
            (ours,) = found
            assert (ours.address, ours.received) == ("127.0.0.1", 100)
            assert ours.sent in (7, 8)  # the kernel may count the handshake as one
            ours.hang_up()
        assert served.recv(1000) == b"x" * 100
        assert served.recv(1000) == b""
        served.sendall(b"late")  # an answer still goes out
        assert client.recv(1000) == b"y" * 7 + b"late"
        served.close()
        client.close()
        with connections.open_connections(port) as found:
            assert found == []
