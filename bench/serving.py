"""Public pages per second, against nginx serving the same bytes from a file in the same run.

    python -m bench.serving

wrk asks for one object's page, packed, with 64 connections. The limit is nginx with the page as a static
file. Beside it: the site through deploy/nginx.conf (aim 0.9 of the limit), the Python process alone
(granian, aim 3,000 a second), and the same page with Django answering each request. Needs nginx and wrk
(Debian: nginx-light, wrk).
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from objects.models import TraceObject

SECONDS = 4
ROUNDS = 5
VAR = Path(__file__).resolve().parent.parent / "var" / "bench"

os.environ |= {
    "TRACEOBJECT_PROFILE": "demo",
    "VAR_DIR": str(VAR),
    "DJANGO_SETTINGS_MODULE": "traceobject.settings",
}


def wrk(url: str) -> tuple[float, str]:
    """Give requests per second and the 99th percentile as wrk writes it."""
    command = [
        "wrk",
        "-t2",
        "-c64",
        f"-d{SECONDS}s",
        "--latency",
        "-H",
        "Accept-Encoding: gzip",
        url,
    ]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in told:
        sys.exit(f"{url}: {told}")
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
    with tempfile.TemporaryDirectory() as folder:
        site = serve.Site(Path(folder) / "log", {**os.environ})
        port, front, slow = free_ports(3)
        site.start("web", serve.web_command(port))
        site.wait_for_web(port)
        plain = [sys.executable, "-m", "granian", "--interface", "wsgi", "traceobject.wsgi:django"]
        plain += ["--port", str(slow), "--workers", "2", "--blocking-threads", "4"]
        site.start("plain", plain)
        page = page_of(f"http://127.0.0.1:{port}{path}")
        static = Path(folder) / "static"
        static.mkdir()
        (static / "page.html").write_bytes(page)
        nginx = Nginx(Path(folder) / "nginx", front, port, static)
        try:
            asked = {
                "nginx, a file of the same bytes": f"{nginx.url}/static/page.html",
                "through deploy/nginx.conf": f"{nginx.url}{path}",
                "granian alone, from memory": f"http://127.0.0.1:{port}{path}",
                "granian alone, Django each time": f"http://127.0.0.1:{slow}{path}",
            }
            # In turns, because a machine is not the same from one minute to the next.
            rounds = [{name: wrk(url) for name, url in asked.items()} for _ in range(ROUNDS)]
        finally:
            nginx.stop()
            site.stop()
    print(
        f"{'one object page, ' + format(len(page), ',') + ' bytes packed':34} requests/s   p99      of the limit"
    )
    limit = next(iter(asked))
    for name in asked:
        rate = statistics.median(each[name][0] for each in rounds)
        share = statistics.median(each[name][0] / each[limit][0] for each in rounds)
        late = sorted((each[name][1] for each in rounds), key=milliseconds)[ROUNDS // 2]
        print(f"{name:34} {rate:10,.0f}   {late:8} {share:.2f}")


def an_object() -> TraceObject:
    """Give a public object with a picture, published as analysts do it."""
    from objects.models import TraceObject
    from tests.factories import published

    found = TraceObject.objects.public().filter(pictures__isnull=False).first()
    return found or published(title="Shopping bag", question="Where is this bag sold?", made="1998")


def free_ports(number: int) -> list[int]:
    from tests.stack import free_port

    return [free_port() for _ in range(number)]


if __name__ == "__main__":
    main()
