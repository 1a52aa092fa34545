"""Start the embedded servers on demand, and release them when a process ends."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from .locks import exclusive_lock, is_locked, lock_shared, open_lock
from .paths import EmbeddedError, Paths
from .root import prepare_system_user

START_SECONDS = 60

_users_lock: int | None = None
_users_pid: int | None = None


def ensure_running(var: Path) -> None:
    """Start both servers if necessary, and keep them running while this process lives.

    It is cheap if they run: it only tries a lock.

    Raises:
        EmbeddedError: they did not start. The message says why and where the log is.
    """
    global _users_lock, _users_pid
    paths = Paths(var)
    _make_folders(paths)
    with exclusive_lock(paths.run / "start.lock"):
        if _users_lock is None:
            _users_lock = open_lock(paths.run / "users.lock")
            lock_shared(_users_lock)  # waits while a keeper is shutting down
            _users_pid = os.getpid()
            atexit.register(_release_servers, paths)
        if _is_keeper_running(paths) and paths.ready.exists():
            return
        if not _is_keeper_running(paths):
            if os.geteuid() == 0:
                prepare_system_user(paths)
            _spawn_keeper(paths)
        _wait_until_ready(paths)


def _make_folders(paths: Paths) -> None:
    for folder in (paths.var, paths.run, paths.log.parent, paths.sockets):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if paths.sockets.stat().st_uid != os.geteuid():
        raise EmbeddedError(f"{paths.sockets} belongs to another user; remove it")


def _is_keeper_running(paths: Paths) -> bool:
    return is_locked(paths.run / "keeper.lock")


def _spawn_keeper(paths: Paths) -> None:
    paths.ready.unlink(missing_ok=True)
    with paths.log.open("ab") as log:
        subprocess.Popen(
            [sys.executable, str(Path(__file__).parent), str(paths.var)],
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
        alive = _is_keeper_running(paths)
        seen_alive = seen_alive or alive
        if seen_alive and not alive and not paths.ready.exists():
            break
        time.sleep(0.02)
    raise EmbeddedError(f"The embedded PostgreSQL and Valkey did not start (log: {paths.log})")


def _release_servers(paths: Paths) -> None:
    """Release the servers. If this process was the last user, wait until they have stopped."""
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
    while _is_keeper_running(paths) and time.monotonic() < deadline:
        time.sleep(0.01)
