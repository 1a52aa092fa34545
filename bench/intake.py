"""Tips accepted per second through the real form over HTTP, against pgbench on the same server.

    make bench

Prints what four clients reach with the form (granian, Django, one transaction a tip with its outbox
row) and what four pgbench clients reach with a single-row INSERT and COMMIT, in the same run on the
same PostgreSQL with its durable defaults. The ratio is the figure; the aim is 0.15 or better. The
forms are fetched beforehand; what is timed is the sending. No worker runs beside it.
"""

from __future__ import annotations

import os
import re
import socket
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path

CLIENTS = 4
SECONDS = 8.0
AIM = 0.15
VAR = Path(__file__).resolve().parent.parent / "var" / "bench"

os.environ |= {
    "TRACEOBJECT_PROFILE": "demo",
    "VAR_DIR": str(VAR),
    "DJANGO_SETTINGS_MODULE": "traceobject.settings",
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


def post(path: str, nonce: str, text: str) -> bytes:
    """The form as a browser sends it: multipart, all fields there."""
    fields = {"nonce": nonce, "text": text, "country": "ES", "url": "", "contact": ""}
    body = "".join(
        f'--xx\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    body = (body + "--xx--\r\n").encode()
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=xx\r\n"
    return (head + f"Content-Length: {len(body)}\r\n\r\n").encode() + body


def send_tips(port: int, path: str) -> tuple[float, list[float]]:
    """Give tips per second of all clients together, and each tip's seconds."""
    page = Client(port).ask(get(path)).decode()
    nonce = re.search(r'name="nonce" value="([^"]+)"', page).group(1)
    took: list[list[float]] = [[] for _ in range(CLIENTS)]
    until = time.perf_counter() + SECONDS

    def work(mine: int) -> None:
        client, number = Client(port), 0
        while time.perf_counter() < until:
            number += 1
            text = (
                f"I saw bag {mine}-{number} at a market stall in Sevilla, two years ago in spring."
            )
            request = post(path, f"{nonce}{mine}-{number}", text)
            begun = time.perf_counter()
            answer = client.ask(request)
            took[mine].append(time.perf_counter() - begun)
            assert b"receipt-code" in answer, answer[:400]

    threads = [threading.Thread(target=work, args=[n]) for n in range(CLIENTS)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    everything = [seconds for each in took for seconds in each]
    return len(everything) / (time.perf_counter() - begun), everything


def pgbench(folder: Path) -> float:
    """Give pgbench's transactions per second for one INSERT and COMMIT, with as many clients."""
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


def main() -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection, connections

    from objects.models import TraceObject
    from tips.models import Tip
    from traceobject import embedded, serve

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    TraceObject.objects.get_or_create(
        reference="B1-01",
        defaults={"state": "published", "title": "A bag", "question": "Where is it sold?"},
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS bench_row (id bigserial PRIMARY KEY, words text)"
        )
    before = Tip.objects.count()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    site = serve.Site(VAR / "log")
    try:
        site.start("web", serve.web_command(port))
        site.wait_for_web(port)
        path = "/objects/B1-01/tip/"
        for _ in range(100):
            Client(port).ask(get(path))  # warm both processes
        rate, took = send_tips(port, path)
    finally:
        site.stop()
    kept = Tip.objects.count() - before
    connections.close_all()
    limit = pgbench(embedded.Paths(settings.VAR_DIR).pg_socket_folder)
    p50, p99 = statistics.median(took), statistics.quantiles(took, n=100)[98]
    assert kept == len(took), f"{len(took)} thank-you pages, {kept} tips"
    print(f"{'':34}{'per second':>12}{'of pgbench':>12}")
    print(f"{'pgbench, INSERT and COMMIT':34}{limit:>12.0f}{1:>12.2f}")
    print(f"{'tips through the form over HTTP':34}{rate:>12.0f}{rate / limit:>12.3f}   (aim {AIM})")
    print(
        f"p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms, {CLIENTS} clients, {kept} tips, none lost"
    )
    print("The aim is met." if rate / limit >= AIM else "The aim is not met.")


if __name__ == "__main__":
    main()
