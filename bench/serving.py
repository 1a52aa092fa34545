"""Public pages per second with and without each cache, against nginx serving the same bytes from a file.

    python -m bench.serving

wrk requests one object's page, gzipped, with 64 connections. Then it requests the page with a different query
each time, as links in social networks have (``?fbclid=…``). Each layer is left out in turn, and all are
measured in turns, because a machine's speed changes from minute to minute. Aims: 0.9 of the file through
deploy/nginx.conf, 3,000 a second from the Python processes alone. It takes two minutes and needs nginx and
wrk (Debian: nginx-light, wrk).
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from objects.models import TraceObject

SECONDS = 2
ROUNDS = 3
VAR = Path(__file__).resolve().parent.parent / "var" / "bench"

os.environ |= {
    "TRACEOBJECT_PROFILE": "demo",
    "VAR_DIR": str(VAR),
    "DJANGO_SETTINGS_MODULE": "traceobject.settings",
}


# Another query with each request.
SHARED = """
math.randomseed(tonumber(tostring({}):match("0x(%x+)"), 16))
function request() return wrk.format(nil, wrk.path .. "?fbclid=" .. math.random(1, 2^31)) end
"""


@dataclass(frozen=True)
class Row:
    """A line of the table: which layers there are, and where the page is asked for."""

    name: str
    url: str
    is_shared: bool = False


def wrk(row: Row, script: Path) -> tuple[float, str]:
    """Return requests per second and the 99th percentile as wrk writes it."""
    command = ["wrk", "-t2", "-c64", f"-d{SECONDS}s", "--latency", "-H", "Accept-Encoding: gzip"]
    command += ["-s", str(script)] if row.is_shared else []
    told = subprocess.run([*command, row.url], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in told:
        sys.exit(f"{row.url}: {told}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1])
    return rate, re.search(r"99%\s+(\S+)", told)[1]


def milliseconds(told: str) -> float:
    """Read wrk's way of writing a time."""
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", told).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def page_of(url: str) -> bytes:
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        return answer.read()


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from tests.nginx import Nginx, find_nginx
    from traceobject import serve

    if find_nginx() is None or shutil.which("wrk") is None:
        sys.exit("nginx and wrk are needed: apt-get install nginx-light wrk")
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    path = an_object().get_absolute_url()
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        site = serve.Site(folder / "log", {**os.environ})
        stack.callback(site.stop)
        whole, plain, unasked, *fronts = free_ports(6)
        site.start("web", serve.web_command(whole))
        site.start("plain", granian("without_memory", plain))
        site.start("unasked", granian("without_number", unasked))
        site.wait_for_web(whole)
        page = page_of(f"http://127.0.0.1:{whole}{path}")
        static = folder / "static"
        static.mkdir()
        (static / "page.html").write_bytes(page)
        (script := folder / "shared.lua").write_text(SHARED)
        ways = [(whole, True), (plain, True), (whole, False)]
        both, micro, passing = (
            Nginx(folder / str(front), front, port, static, is_caching=is_caching)
            for front, (port, is_caching) in zip(fronts, ways, strict=True)
        )
        for running in (both, micro, passing):
            stack.callback(running.stop)
        file = f"{both.url}/static/page.html"
        alone = f"http://127.0.0.1:{whole}{path}"
        table = [
            Row("nginx, a file of the same bytes", file),
            Row("nginx with micro-cache, memory", both.url + path),
            Row("nginx with micro-cache, no memory", micro.url + path),
            Row("nginx without, memory", passing.url + path),
            Row("no nginx, memory", alone),
            Row("no nginx, memory, number not read", f"http://127.0.0.1:{unasked}{path}"),
            Row("no nginx, no memory", f"http://127.0.0.1:{plain}{path}"),
            Row("each with a query of its own: a file", file, True),
            Row("  nginx with micro-cache, memory", both.url + path, True),
            Row("  nginx with micro-cache, no memory", micro.url + path, True),
            Row("  nginx without, memory", passing.url + path, True),
            Row("  no nginx, memory", alone, True),
        ]
        rounds = [{row: wrk(row, script) for row in table} for _ in range(ROUNDS)]
    print(f"one object page, {len(page):,} bytes packed: requests/s   p99      of the file")
    limit = table[0]
    for row in table:
        limit = row if "file" in row.name else limit
        rate = statistics.median(each[row][0] for each in rounds)
        share = statistics.median(each[row][0] / each[limit][0] for each in rounds)
        late = sorted((each[row][1] for each in rounds), key=milliseconds)[ROUNDS // 2]
        print(f"{row.name:38} {rate:12,.0f}   {late:8} {share:.2f}")


def granian(name: str, port: int) -> list[str]:
    """Return the command that serves the site with a layer less, as manage.py serve would."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1"]
    command += ["--port", str(port), "--workers", "2", "--blocking-threads", "16"]
    return [*command, f"bench.serving_layers:{name}"]


def an_object() -> TraceObject:
    """Return a public object with a picture, published as analysts do it."""
    from objects.models import TraceObject
    from tests.factories import published

    found = TraceObject.objects.public().filter(pictures__isnull=False).first()
    return found or published(title="Shopping bag", question="Where is this bag sold?", made="1998")


def free_ports(number: int) -> list[int]:
    from tests.stack import free_port

    return [free_port() for _ in range(number)]


if __name__ == "__main__":
    main()
