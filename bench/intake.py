"""Tips accepted per second through the real form over HTTP, against two baselines in the same run.

    python -m bench.intake

Four clients run in turns, because a machine's speed changes from minute to minute:

- pgbench with a single-row INSERT and COMMIT on the same PostgreSQL with its durable defaults;
- a plain Django site (bench/plain_site.py): a ModelForm with one INSERT and ``.delay()`` after the
  commit, served by granian with the same settings, without our checks;
- our form as a browser sends it: proof of work, the form's signed number, a sender with limits;
- our form as a browser without JavaScript sends it through Tor: no proof, no sender.

Forms and proofs are made beforehand, and only the sending is timed. No worker runs. The processor time is
that of the web server's processes for a tip, without PostgreSQL and the cache.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

CLIENTS = 4
ROUNDS = 3
SECONDS = 4.0
EACH = 10  # tips over one connection: then another, so that all processes have as many
FORMS = 6000  # made beforehand for each round with proofs; more than can be sent
AIM, AIM_OF_PLAIN = 0.15, 1.0
VAR = Path(__file__).resolve().parent.parent / "var" / "bench-intake"
PATH = "/objects/B1-01/tip/"

os.environ |= {
    "TRACEOBJECT_PROFILE": "demo",
    "VAR_DIR": str(VAR),
    "DJANGO_SETTINGS_MODULE": "traceobject.settings",
    "PROXY_COUNT": "1",  # each tip says which address it is from
}


class Client:
    """One kept-alive connection that speaks as little HTTP as will do, to leave the cores to the site."""

    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> bytes:
        self.socket.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self.socket.recv(65536)
        head, _, body = answer.partition(b"\r\n\r\n")
        length = int(re.search(rb"content-length: (\d+)", head, re.IGNORECASE).group(1))
        while len(body) < length:
            body += self.socket.recv(65536)
        return head + b"\r\n\r\n" + body


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def post(text: str, nonce: str = "", altcha: str = "", address: str = "") -> bytes:
    """The form as a browser sends it: multipart, all fields there."""
    fields = {"nonce": nonce, "altcha": altcha, "website": "", "text": text, "country": "ES"}
    fields |= {"place": "", "url": "", "seen_when": "", "why": "", "contact_by": "none"}
    fields |= {"contact": "", "language": "en"}
    body = "".join(
        f'--xx\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    body += '--xx\r\nContent-Disposition: form-data; name="pictures"; filename=""\r\n'
    body += "Content-Type: application/octet-stream\r\n\r\n\r\n"  # no picture chosen
    body = (body + "--xx--\r\n").encode()
    head = f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=xx\r\n"
    if address:
        head += f"X-Forwarded-For: {address}\r\n"
    return (head + f"Content-Length: {len(body)}\r\n\r\n").encode() + body


def texts() -> Iterator[str]:
    run = os.urandom(4).hex()
    for number in range(10**9):
        yield f"I saw bag {run}-{number} at a market stall in Sevilla, two years ago in spring."


def plain_forms() -> Iterator[bytes]:
    return (post(text) for text in texts())


def unproven_forms() -> Iterator[bytes]:
    return (post(text, os.urandom(12).hex()) for text in texts())


def proven_forms() -> Iterator[bytes]:
    """Make forms that were opened a minute ago and have the proof of work, each from another sender.

    The challenge costs what the site asks for; only its first answer is right, so that making thousands
    takes seconds. Verifying costs the same.
    """
    from unittest import mock

    from altcha.v2 import create_challenge, solve_challenge
    from django.utils import timezone

    from tips.intake.form import nonces, proof

    now = timezone.now()
    made = []
    a_minute_ago = time.time() - 60
    with mock.patch("time.time", return_value=a_minute_ago):
        numbers = [nonces.create() for _ in range(FORMS)]
    for number, (nonce, text) in enumerate(zip(numbers, texts(), strict=False)):
        challenge = create_challenge(
            "PBKDF2/SHA-256",
            proof.DIFFICULTY[-1][1],
            key_prefix="",
            expires_at=now + proof.LIFETIME,
            data={"form": proof._hash(nonce)},
            hmac_secret=proof._secret(),
        )
        solution = solve_challenge(challenge)
        told = {"counter": solution.counter, "derivedKey": solution.derived_key, "time": 1}
        payload = json.dumps({"challenge": challenge.to_dict(), "solution": told}).encode()
        address = f"198.{18 + (number >> 16)}.{number >> 8 & 255}.{number & 255}"
        made.append(post(text, nonce, base64.b64encode(payload).decode(), address))
    return iter(made)


@dataclass
class Way:
    """One way of sending, and what its rounds took."""

    name: str
    port: int
    forms: Callable[[], Iterator[bytes]]
    marker: bytes
    rates: list[float] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)  # seconds of the web server's processes a tip
    server: int = 0  # the process group of the web server

    def warm(self) -> None:
        for _ in range(50):
            Client(self.port).ask(get(PATH))
        client = Client(self.port)
        for _, form in zip(range(60), self.forms(), strict=False):
            assert self.marker in client.ask(form)
            client = Client(self.port)

    def round(self, seconds: float = SECONDS) -> None:
        forms, lock = self.forms(), threading.Lock()
        until = time.perf_counter() + seconds

        def work() -> None:
            for number in range(10**9):
                if time.perf_counter() > until:
                    return
                if number % EACH == 0:  # the kernel chooses a process for each connection
                    client = Client(self.port)
                with lock:
                    form = next(forms)
                begun = time.perf_counter()
                answer = client.ask(form)
                self.took.append(time.perf_counter() - begun)
                assert self.marker in answer, answer[:400]

        threads, before = [threading.Thread(target=work) for _ in range(CLIENTS)], len(self.took)
        begun, cpu = time.perf_counter(), cpu_seconds(self.server)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        sent = len(self.took) - before
        self.rates.append(sent / (time.perf_counter() - begun))
        self.cpu.append((cpu_seconds(self.server) - cpu) / sent)


def cpu_seconds(group: int) -> float:
    """Return the processor time that the processes of a group have taken."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            told = stat.read_text().rpartition(")")[2].split()
            if int(told[2]) == group:
                ticks += int(told[11]) + int(told[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def pgbench(folder: Path) -> float:
    """Return pgbench's transactions per second for one INSERT and COMMIT, with as many clients."""
    from traceobject.embedded import postgres_program

    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(
            "INSERT INTO bench_row (words) VALUES ('I saw this bag at a market stall in Sevilla');\n"
        )
        script.flush()
        done = subprocess.run(
            [postgres_program("pgbench"), "-n", "-h", folder, "-U", "postgres", "-f", script.name]
            + ["-c", str(CLIENTS), "-j", "2", "-T", str(int(SECONDS)), "traceobject"],
            capture_output=True,
            text=True,
            check=True,
        )
    return float(re.search(r"tps = ([\d.]+)", done.stdout).group(1))


def plain_command(port: int) -> list[str]:
    """Return the command line of granian for the plain site, with what traceobject.web sets for ours."""
    from django.conf import settings

    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "bench.plain_site:application"),
        *("--host", "127.0.0.1", "--port", str(port), "--http", "1"),
        *(
            "--workers",
            str(settings.WEB_PROCESSES),
            "--blocking-threads",
            str(settings.WEB_THREADS),
        ),
        *("--http1-header-read-timeout", str(settings.WEB_HEADER_SECONDS * 1000)),
        *("--no-access-log", "--log-level", "error"),
    ]


def plain_environment() -> dict[str, str]:
    from django.conf import settings
    from django.db import connection

    server = connection.settings_dict
    return {
        "BENCH_DATABASE": server["NAME"],
        "BENCH_USER": server["USER"],
        "BENCH_HOST": server["HOST"],
        "BENCH_BROKER": settings.CELERY_BROKER_URL,
    }


def prepare() -> None:
    from django.core.management import call_command
    from django.db import connection

    from objects.models import TraceObject
    from tests.factories import published

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if not TraceObject.objects.filter(reference="B1-01").exists():
        published(pictures=0, reference="B1-01", title="A bag", question="Where is it sold?")
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS bench_row (id bigserial PRIMARY KEY, words text);"
            "CREATE TABLE IF NOT EXISTS bench_plain_tip (id bigserial PRIMARY KEY, object varchar(20)"
            " NOT NULL, text text NOT NULL, country varchar(2) NOT NULL, url varchar(2000) NOT NULL,"
            " contact varchar(254) NOT NULL, received_at timestamptz NOT NULL)"
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main() -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections

    from tips.models import Tip
    from traceobject import embedded, serve

    prepare()
    before = Tip.objects.count()
    folder = embedded.Paths(settings.VAR_DIR).pg_socket_folder
    ours, plain = free_port(), free_port()
    site, baseline = serve.Site(VAR / "log"), serve.Site(VAR / "log", plain_environment())
    ways = [
        Way("a plain Django form", plain, plain_forms, b"Its number is"),
        Way("ours, every check on", ours, proven_forms, b"receipt-code"),
        Way("ours, no proof, no sender", ours, unproven_forms, b"receipt-code"),
    ]
    limits = []
    try:
        baseline.start("plain", plain_command(plain))
        site.start("web", serve.web_command(ours))
        site.wait_for_web(ours)
        for way in ways:
            way.server = (
                baseline.processes["plain"] if way.port == plain else site.processes["web"]
            ).pid
            way.warm()
        for _ in range(ROUNDS):
            limits.append(pgbench(folder))
            for way in ways:
                way.round()
    finally:
        site.stop()
        baseline.stop()
    sent = sum(len(way.took) for way in ways[1:]) + 2 * 60
    kept = Tip.objects.count() - before
    connections.close_all()
    report(statistics.median(limits), ways)
    assert kept == sent, f"{sent} thank-you pages, {kept} tips"
    print(f"{CLIENTS} clients, {ROUNDS} rounds in turns; {kept} tips, none lost")


def report(limit: float, ways: list[Way]) -> None:
    print(
        f"{'':28}{'per second':>11}{'of pgbench':>12}{'of plain':>10}{'p50 ms':>8}{'p99 ms':>8}{'CPU ms':>8}"
    )
    print(f"{'pgbench, INSERT and COMMIT':28}{limit:>11.0f}{1:>12.2f}")
    plain = ways[0]
    for way in ways:
        rate = statistics.median(way.rates)
        share = statistics.median(a / b for a, b in zip(way.rates, plain.rates, strict=True))
        p50, p99 = statistics.median(way.took), statistics.quantiles(way.took, n=100)[98]
        print(
            f"{way.name:28}{rate:>11.0f}{rate / limit:>12.3f}{share:>10.2f}"
            f"{p50 * 1000:>8.1f}{p99 * 1000:>8.1f}{statistics.median(way.cpu) * 1000:>8.2f}"
        )
        if way is not plain:
            met = rate / limit >= AIM and share >= AIM_OF_PLAIN
            print(f"{'':28}aims {AIM} and {AIM_OF_PLAIN}: {'met' if met else 'not met'}")


if __name__ == "__main__":
    main()
