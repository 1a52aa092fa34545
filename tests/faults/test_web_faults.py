"""Hostile requests and killed processes do no lasting harm to the web server."""

import contextlib
import http.client
import re
import select
import signal
import socket
import subprocess
import threading
import time
import urllib.parse

import psutil
import pytest

from tests.factories import PASSWORD, published
from tests.raw_http import answer, ask, connect, request
from tests.stack import free_port, manage, wait_until
from tips.models import Tip
from traceobject import serve

pytestmark = [pytest.mark.stack]


def form(**fields):
    return urllib.parse.urlencode(fields).encode()


def children(process):
    return [child for child in psutil.Process(process.pid).children() if child.name() != "postgres"]


# --- processes ----------------------------------------------------------------------------------


def test_a_killed_web_process_is_replaced_and_the_others_answer_meanwhile(stack):
    stack.start("web", serve.web_command(stack.port, processes=2))
    stack.site.wait_for_web(stack.port)
    server = stack.site.processes["web"]
    wait_until(lambda: len(children(server)) == 2)
    victim, other = children(server)
    victim.send_signal(signal.SIGKILL)
    # Until the kernel has taken it apart, its socket may still be given a connection.
    wait_until(lambda: not psutil.pid_exists(victim.pid))
    for _ in range(40):
        assert ask(stack.port, request("GET", "/"))[0] == 200
    wait_until(lambda: len(children(server)) == 2 and victim not in children(server))
    assert other in children(server)
    assert server.poll() is None


def test_no_web_process_outlives_a_killed_server(stack):
    stack.web()
    server = stack.site.processes["web"]
    (child,) = children(server)
    server.send_signal(signal.SIGKILL)
    server.wait()
    wait_until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
    wait_until(lambda: serve.port_is_free(stack.port))


def test_a_server_told_to_stop_takes_the_tip_that_is_coming_in(stack):
    reference = published(pictures=0).reference
    stack.web()
    body = form(text="Seen in Lyon")
    whole = request("POST", f"/objects/{reference}/tip/", body)
    sender = connect(stack.port, whole[:-5])
    assert ask(stack.port, request("GET", "/robots.txt"))[0] == 200
    server = stack.site.processes["web"]
    server.send_signal(signal.SIGTERM)
    wait_until(lambda: serve.port_is_free(stack.port))
    sender.sendall(whole[-5:])
    assert answer(sender)[0] == 200
    assert Tip.objects.get().text == "Seen in Lyon"
    assert server.wait(20) == 0


def test_a_port_in_use_is_one_line_and_exit_code_1(stack):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = manage("serve", "--port", str(port), environment=stack.environment)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert f"port {port}: it is in use" in done.stderr


@pytest.mark.parametrize(
    ("name", "value"), [("WEB_THREADS", "1"), ("WEB_BODY_SECONDS", "0"), ("WEB_BODIES_MB", "1")]
)
def test_a_limit_that_makes_no_sense_is_named(name, value):
    done = manage("serve", "--port", str(free_port()), environment={name: value})
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert name in done.stderr


# --- bodies -------------------------------------------------------------------------------------


@pytest.fixture
def impatient_site(stack):
    """The web server with short time limits for bodies."""
    stack.environment |= {"WEB_BODY_SECONDS": "2", "WEB_THREADS": "8"}
    stack.reference = published(pictures=0).reference
    stack.form = f"/objects/{stack.reference}/tip/"
    stack.web()
    return stack


def send_tip(site, text, **headers):
    status, _, page = ask(site.port, request("POST", site.form, form(text=text), **headers))
    return status, page.decode()


def stall(site, number):
    """Start a number of forms and stall. Return the connections that wait, and the refused ones."""
    asked = request("POST", site.form, Content_Length="1000", Expect="100-continue")
    begun = [connect(site.port, asked) for _ in range(number)]
    told = {sock: sock.recv(1000) for sock in begun}
    waited_for = [sock for sock in begun if b" 100 Continue" in told[sock]]
    assert all(b" 503 " in told[sock] for sock in begun if sock not in waited_for)
    return waited_for, [sock for sock in begun if sock not in waited_for]


def test_fifty_stalled_bodies_hold_up_no_page_and_afterwards_a_tip_goes_in(stack):
    stack.environment |= {"WEB_BODY_SECONDS": "10", "WEB_THREADS": "8"}
    reference = published(pictures=0).reference
    stack.form = f"/objects/{reference}/tip/"
    stack.web()
    waited_for, refused = stall(stack, 50)
    assert (len(waited_for), len(refused)) == (4, 46)  # half of the threads, and nobody else
    for path in ["/", f"/objects/{reference}/", stack.form, "/receipt/", "/robots.txt"] * 2:
        assert ask(stack.port, request("GET", path))[0] == 200
    assert select.select(waited_for, [], [], 0)[0] == []  # all that while they stalled
    wait_until(lambda: send_tip(stack, "Seen in Lyon")[0] == 200, 30)
    assert {answer(sock)[0] for sock in waited_for} == {408}
    assert Tip.objects.get().text == "Seen in Lyon"


def test_a_body_too_many_is_refused_with_a_page_that_says_what_to_do(stack):
    stack.environment |= {"WEB_THREADS": "8"}
    stack.form = f"/objects/{published(pictures=0).reference}/tip/"
    stack.web()
    waited_for, _ = stall(stack, 4)
    status, headers, page = ask(stack.port, request("POST", f"/de{stack.form}", form(text="Lyon")))
    assert status == 503
    assert int(headers["retry-after"]) > 0
    assert headers["cache-control"] == "no-store"
    assert "content-security-policy" in headers
    assert "in einer Minute erneut" in page.decode()
    assert not Tip.objects.exists()
    for sock in waited_for:
        sock.close()
    wait_until(lambda: send_tip(stack, "Seen in Lyon")[0] == 200, 20)


def test_bodies_that_trickle_are_given_up_too_and_one_that_is_fast_enough_is_not(impatient_site):
    trickling = [
        connect(
            impatient_site.port,
            request("POST", impatient_site.form, b"text=abc", Content_Length="900000"),
        )
        for _ in range(3)
    ]
    body = b"text=Seen+in+Lyon&why=" + b"x" * 1000 + b"&filler=" + b"y" * 600_000
    honest = connect(
        impatient_site.port,
        request("POST", impatient_site.form, Content_Length=str(len(body)))[:-2],
    )
    honest.sendall(b"Content-Type: application/x-www-form-urlencoded\r\n\r\n")
    for start in range(0, len(body), 60_000):  # for longer than a body has by itself
        time.sleep(0.3)
        honest.sendall(body[start : start + 60_000])
        for sock in trickling:
            with contextlib.suppress(OSError):
                sock.sendall(b"x")
    assert answer(honest)[0] == 200
    assert {answer(sock)[0] for sock in trickling} <= {408, 0}
    assert Tip.objects.get().text == "Seen in Lyon"


def test_no_other_connection_of_the_same_address_is_cut(impatient_site):
    reader = http.client.HTTPConnection("127.0.0.1", impatient_site.port, timeout=20)
    reader.request("GET", "/robots.txt")
    sock = reader.sock
    stalled = connect(
        impatient_site.port, request("POST", impatient_site.form, b"x", Content_Length="1000")
    )
    ended = []
    told = threading.Thread(target=lambda: ended.append(answer(stalled)[0]))
    told.start()
    while not ended:  # a reader who turns the pages, on one connection
        assert reader.getresponse().read().startswith(b"User-agent")
        time.sleep(0.1)
        reader.request("GET", "/robots.txt")
    assert reader.getresponse().status == 200
    assert reader.sock is sock
    assert ended == [408]


def test_half_a_body_is_never_half_a_tip(impatient_site):
    sock = connect(
        impatient_site.port,
        request("POST", impatient_site.form, b"text=The+first+half", Content_Length="1000"),
    )
    sock.shutdown(socket.SHUT_WR)
    assert answer(sock)[0] in (400, 0)
    assert send_tip(impatient_site, "Seen in Lyon")[0] == 200
    assert [tip.text for tip in Tip.objects.all()] == ["Seen in Lyon"]


def test_a_body_that_is_larger_than_allowed_is_refused_before_it_is_sent(impatient_site):
    asked = request("POST", impatient_site.form, Content_Length=str(65 * 1024**2))
    status, headers, page = ask(impatient_site.port, asked)
    assert status == 413
    assert b"smaller pictures" in page
    assert headers["cache-control"] == "no-store"


def test_a_body_without_a_length_is_refused(impatient_site):
    chunked = request("POST", impatient_site.form, Transfer_Encoding="chunked") + b"5\r\ntext=\r\n"
    assert ask(impatient_site.port, chunked)[0] == 411
    assert not Tip.objects.exists()


def test_bodies_in_flight_are_bounded_in_memory(stack):
    stack.environment |= {"WEB_BODY_MB": "8", "WEB_BODIES_MB": "16"}
    path = f"/objects/{published(pictures=0).reference}/tip/"
    stack.web()
    asked = request("POST", path, Content_Length=str(6 * 1024**2), Expect="100-continue")
    first = [connect(stack.port, asked) for _ in range(2)]
    for sock in first:
        assert b"100 Continue" in sock.recv(1000)  # it is waited for
    assert ask(stack.port, asked)[0] == 503
    assert ask(stack.port, request("POST", path, form(text="Seen in Lyon")))[0] == 200
    for sock in first:
        sock.close()


def test_readers_who_take_nothing_of_a_file_hold_up_no_page(stack):
    stack.web()
    readers = []
    for _ in range(40):
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        sock.connect(("127.0.0.1", stack.port))
        sock.sendall(request("GET", "/static/vendor/openseadragon.js") * 12)
        readers.append(sock)
    try:
        for _ in range(10):
            assert ask(stack.port, request("GET", "/"))[0] == 200
    finally:
        for sock in readers:
            sock.close()


def test_headers_that_stall_are_given_up(stack):
    stack.environment |= {"WEB_HEADER_SECONDS": "1"}
    stack.web()
    stalled = [connect(stack.port, b"GET / HTTP/1.1\r\nHost: loc") for _ in range(50)]
    assert ask(stack.port, request("GET", "/"))[0] == 200
    for sock in stalled:
        answer(sock)  # it ends, with whatever


# --- the demo -------------------------------------------------------------------------------------


def test_the_demo_survives_the_death_of_each_of_its_parts_and_says_so(tmp_path):
    """Run ``manage.py demo``, kill a worker, its beat, its web server and one of its processes."""
    import os
    import sys

    port = free_port()
    environment = {"TRACEOBJECT_PROFILE": "demo", "VAR_DIR": str(tmp_path)}
    environment["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
    # With somebody there, the demo spares itself the sample data.
    assert manage("migrate", environment=environment).returncode == 0
    some = ("--username=somebody", "--email=somebody@agency.example")
    assert manage("createsuperuser", "--noinput", *some, environment=environment).returncode == 0
    demo = subprocess.Popen(
        [sys.executable, "manage.py", "demo", "--port", str(port)],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        for line in demo.stdout:
            if "Ctrl-C" in line:
                break
        for part, said in {
            "quick": "The quick worker ended unexpectedly (signal 9). Started again.",
            "beat": "The beat ended unexpectedly (signal 9). Started again.",
            "serve": "The web server ended unexpectedly (signal 9). Started again.",
        }.items():
            found = [each for each in children(demo) if part in each.cmdline()]
            assert len(found) == 1, part
            found[0].send_signal(signal.SIGKILL)
            assert demo.stdout.readline().strip() == said
            wait_until(lambda part=part: [e for e in children(demo) if part in e.cmdline()])
        wait_until(lambda: _is_up(port))
        server = next(each for each in children(demo) if "serve" in each.cmdline())
        wait_until(lambda: len(server.children()) >= 2)
        victim = server.children()[0]
        victim.send_signal(signal.SIGKILL)
        wait_until(lambda: not psutil.pid_exists(victim.pid))
        for _ in range(20):
            assert _is_up(port)
        demo.send_signal(signal.SIGTERM)
        assert demo.wait(30) == 0
    finally:
        demo.kill()
        rest = demo.stdout.read()
    assert re.fullmatch(r"\s*Stopping everything\s*", rest), rest


def _is_up(port):
    try:
        return ask(port, request("GET", "/"))[0] == 200
    except ConnectionError:
        return False
