"""nginx with deploy/nginx.conf, on a test's own ports and folders. The benches use it, too."""

from __future__ import annotations

import re
import shutil
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

from tests.stack import wait_until

DEPLOYED = Path(__file__).resolve().parents[1] / "deploy" / "nginx.conf"
FRAME = """
daemon off;
worker_processes auto;
pid {folder}/nginx.pid;
error_log {folder}/error.log notice;
events {{ worker_connections 1024; }}
http {{
    include {types};
    default_type application/octet-stream;
    access_log off;
    {temporary}
{site}
}}
"""


def find_nginx() -> str | None:
    """Return the path of nginx, from PATH or Debian's folder, or None."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


def configuration(
    folder: Path, port: int, upstream: int, static: Path, *, is_caching: bool = True
) -> str:
    """Return the deployed configuration, changed to plain HTTP on ``port`` and folders in ``folder``."""
    site = DEPLOYED.read_text()
    if not is_caching:
        site = site.replace("proxy_cache traceobject;", "proxy_cache off;")
    site = re.sub(r"(?s)server \{\s+listen 80;.*?\n\}\n", "", site, count=1)
    site = site.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    site = re.sub(r"\n\s+(listen \[::\]:443 ssl;|ssl_[^\n]*)", "", site)
    for there, here in {
        "server 127.0.0.1:8000;": f"server 127.0.0.1:{upstream};",
        "TRACE.AGENCY.EXAMPLE": "127.0.0.1",
        "/var/cache/nginx/traceobject": f"{folder}/cache",
        "/var/log/nginx/": f"{folder}/",
        "/SRV/TRACEOBJECT/var/static/": f"{static}/",
        "/SRV/TRACEOBJECT/deploy": str(DEPLOYED.parent),
        "/dev/shm/traceobject-uploads": f"{folder}/uploads",
        "X-Forwarded-Proto $scheme": "X-Forwarded-Proto https",
        "proxy_set_header Host $host;": "proxy_set_header Host $http_host;",
    }.items():
        assert there in site, there
        site = site.replace(there, here)
    temporary = "\n    ".join(
        f"{name}_temp_path {folder}/{name};" for name in ("proxy", "fastcgi", "uwsgi", "scgi")
    )
    types = folder / "mime.types"
    types.write_text(
        "types { text/html html; text/css css; text/javascript js; image/svg+xml svg; }"
    )
    return FRAME.format(folder=folder, types=types, temporary=temporary, site=site)


class Nginx:
    """A running nginx. Stop it with :meth:`stop`."""

    def __init__(
        self, folder: Path, port: int, upstream: int, static: Path, *, is_caching: bool = True
    ):
        self.url, self.folder = f"http://127.0.0.1:{port}", folder
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)  # its workers are another user's where root starts it
        file = folder / "nginx.conf"
        file.write_text(
            "user root;\n" * _is_root()
            + configuration(folder, port, upstream, static, is_caching=is_caching)
        )
        program = find_nginx()
        assert program
        self.process = subprocess.Popen(
            [program, "-c", str(file), "-p", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=(folder / "start.log").open("wb"),
        )
        wait_until(lambda: self.process.poll() is not None or self._answers())
        if self.process.poll() is not None:
            raise RuntimeError((folder / "start.log").read_text())

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.url}/robots.txt", timeout=2).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


def _is_root() -> bool:
    import os

    return os.geteuid() == 0
