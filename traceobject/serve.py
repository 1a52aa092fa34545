"""Run the site's processes side by side: the web server, one worker, beat.

Used by ``manage.py demo`` and by the tests, so that what they run is what production runs.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from traceobject.embedded import die_with_parent
from traceobject.outbox.lanes import Lane

WEB_PROCESSES = 2
STOP_SECONDS = 10


class CannotServe(RuntimeError):
    """The site could not be started; the message is one line for a person."""


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Tell whether nothing listens on a TCP port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def web_command(port: int, processes: int = WEB_PROCESSES) -> list[str]:
    """Give granian's command line; it writes no access log, because that would hold addresses."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "traceobject.wsgi:application"),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", str(processes)),
        *("--blocking-threads", "4", "--no-access-log", "--log-level", "warning"),
    ]


def worker_command(*lanes: Lane, processes: int = 1) -> list[str]:
    """Return the command line of a worker of these lanes, or of all.

    It keeps no account of who else is there. One worker a lane is what keeps lanes apart.
    """
    queues = ",".join(lanes or Lane)
    return _celery(
        *("worker", "--queues", queues, "--concurrency", str(processes)),
        *("--hostname", f"{'-'.join(lanes) or 'all'}@%h", "--without-gossip", "--without-mingle"),
    )


def beat_command() -> list[str]:
    """Give the command line of beat."""
    return _celery("beat", "--pidfile=")


def _celery(*arguments: str) -> list[str]:
    program, *options = arguments
    return [
        *(sys.executable, "-m", "celery", "--quiet", "-A", "traceobject"),
        *(program, "--loglevel", "WARNING", *options),
    ]


class Site:
    """The running processes. Each is its own group, so that stopping stops all of it and no more."""

    def __init__(self, log_folder: Path, environment: dict[str, str] | None = None):
        self.log_folder = log_folder
        self.environment = {**os.environ, **(environment or {})}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: list[str]) -> None:
        self.log_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.log_folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),  # nor does it outlive a killed demo
                env=self.environment,
            )

    def wait_for_web(self, port: int, seconds: float = 30) -> None:
        """Wait until the web server answers.

        Raises:
            CannotServe: it ended or did not answer in time; says where its log is.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.processes["web"].poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/robots.txt", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise CannotServe(f"the web server did not start; see {self.log_folder / 'web.log'}")

    def dead(self) -> str | None:
        """Name a process that has ended by itself, if any."""
        return next((name for name, p in self.processes.items() if p.poll() is not None), None)

    def kill(self, name: str) -> None:
        """Kill a process and all of its group at once, as a power cut would."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """Ask all to end, wait, and kill what does not."""
        for process in self.processes.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in self.processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.processes.clear()
