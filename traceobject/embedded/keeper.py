"""The keeper: a small detached process that owns both servers.

It runs without Django, and imports nothing of this project outside this folder.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

from .locks import open_lock
from .paths import (
    DATABASE,
    SUPERUSER,
    SYSTEM_USER,
    EmbeddedError,
    Paths,
    postgres_program,
    valkey_program,
)
from .processes import die_with_parent

START_SECONDS = 60

# Errors, their statements and details quote tips; so does the report of a process that was killed.
QUIET_LOG = (
    *("log_min_messages=log", "log_min_error_statement=panic", "log_error_verbosity=terse"),
    *("log_statement=none", "log_min_duration_statement=-1"),
    *("log_parameter_max_length=0", "log_parameter_max_length_on_error=0"),
)


class Keeper:
    """Start both servers, restart one that dies, and stop them when nobody uses them."""

    def __init__(self, var: Path):
        self.paths = Paths(var)
        self.user: dict[str, object] = {}
        if os.geteuid() == 0:
            self.user = {"user": SYSTEM_USER, "group": SYSTEM_USER, "extra_groups": []}
        self.postgres: subprocess.Popen[bytes] | None = None
        self.valkey: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        lock = open_lock(self.paths.run / "keeper.lock")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # another keeper was first
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        try:
            self.start()
        except Exception as error:
            self.stop()
            self.write_ready_file({"error": f"The embedded servers did not start: {error}"})
            raise
        self.write_ready_file({"keeper": os.getpid()})
        threading.Thread(target=self.wait_for_last_user, args=[stop], daemon=True).start()
        while not stop.wait(0.5):
            if self.postgres is not None and self.postgres.poll() is not None:
                self.start_postgres()
            if self.valkey is not None and self.valkey.poll() is not None:
                self.start_valkey()
        self.paths.ready.unlink(missing_ok=True)
        self.stop()

    def write_ready_file(self, state: dict[str, object]) -> None:
        fresh = self.paths.ready.with_suffix(".new")
        fresh.write_text(json.dumps(state))
        fresh.replace(self.paths.ready)

    def wait_for_last_user(self, stop: threading.Event) -> None:
        fcntl.flock(open_lock(self.paths.run / "users.lock"), fcntl.LOCK_EX)
        stop.set()

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
        # Without PG_VERSION, the files are from an initdb that was killed: start over.
        pgdata.mkdir(mode=0o700, exist_ok=True)
        pgdata.chmod(0o700)  # PostgreSQL accepts no other
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
            child.rename(pgdata / child.name)  # PG_VERSION last: it marks a complete folder
        fresh.rmdir()

    def start_postgres(self) -> None:
        self.remove_stale_pid_file()
        folder = self.paths.pg_socket_folder
        folder.mkdir(mode=0o700, exist_ok=True)
        options = os.environ.get("EMBEDDED_POSTGRES_OPTIONS", "").split()
        self.postgres = subprocess.Popen(
            [postgres_program("postgres"), "-D", self.paths.pgdata, "-k", folder]
            + ["-c", "listen_addresses=", "-c", "max_connections=200"]
            + [part for each in QUIET_LOG for part in ("-c", each)]
            + options,
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

    def remove_stale_pid_file(self) -> None:
        """Wait for a postmaster that is shutting down, and remove the pid file of one that is gone.

        PostgreSQL removes a stale file itself, unless the number now belongs to another running process.
        We hold the keeper's lock, so it cannot be another keeper's server.
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
