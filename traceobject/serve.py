"""Run the site's processes side by side: web server, workers and beat.

``manage.py serve``, ``manage.py demo`` and the tests use it, so that they run what production runs.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from traceobject.embedded import die_with_parent
from traceobject.outbox.lanes import Lane
from traceobject.web import CannotServe, port_is_free

__all__ = ["CannotServe", "Site", "beat_command", "port_is_free", "web_command", "worker_command"]
MANAGE = Path(__file__).resolve().parent.parent / "manage.py"
STOP_SECONDS = 10
# A process that exits by itself is restarted after a pause that doubles each time, unless it has exited
# MAX_EXITS times within EXIT_WINDOW seconds.
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0
MAX_EXITS, EXIT_WINDOW = 5, 60.0


def web_command(port: int, processes: int | None = None) -> list[str]:
    """Return the command line of the web server, by default with the number of processes in the settings."""
    number = [] if processes is None else ["--processes", str(processes)]
    return [sys.executable, str(MANAGE), "serve", "--port", str(port), *number]


def worker_command(*lanes: Lane, processes: int = 1) -> list[str]:
    """Return the command line of a worker for these lanes, or for all.

    Run one worker for each lane, so that lanes do not delay each other.
    """
    queues = ",".join(lanes or Lane)
    return _celery(
        *("worker", "--queues", queues, "--concurrency", str(processes)),
        *("--hostname", f"{'-'.join(lanes) or 'all'}@%h", "--without-gossip", "--without-mingle"),
    )


def beat_command() -> list[str]:
    """Return the command line of beat."""
    return _celery("beat", "--pidfile=")


def _celery(*arguments: str) -> list[str]:
    program, *options = arguments
    return [
        *(sys.executable, "-m", "celery", "--quiet", "-A", "traceobject"),
        *(program, "--loglevel", "WARNING", *options),
    ]


@dataclass
class SupervisedProcess:
    """The supervisor's record of a process: its command, when it exited, and when to start it again."""

    command: list[str]
    exits: deque[float] = field(default_factory=lambda: deque(maxlen=MAX_EXITS))
    start_at: float | None = None

    def record_exit(self, now: float) -> bool:
        """Record that it exited. Return whether to start it again."""
        self.exits.append(now)
        lately = [moment for moment in self.exits if now - moment < EXIT_WINDOW]
        self.start_at = now + min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (len(lately) - 1))
        return len(lately) < MAX_EXITS


class Site:
    """The running processes. Each has its own process group, so that stopping it stops its children."""

    def __init__(self, log_folder: Path, environment: dict[str, str] | None = None):
        self.log_folder = log_folder
        self.environment = {**os.environ, **(environment or {})}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.supervised: dict[str, SupervisedProcess] = {}

    def start(self, name: str, command: list[str]) -> None:
        self.log_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.log_folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(
                    signal.SIGTERM
                ),  # so that it does not outlive a killed demo
                env=self.environment,
            )
        self.supervised.setdefault(name, SupervisedProcess(command))

    def supervise(self, report: Callable[[str], None]) -> None:
        """Restart processes that have exited by themselves. Call it repeatedly; it does not wait.

        Args:
            report: is called with one line for each restart.

        Raises:
            CannotServe: a process keeps exiting.
        """
        now = time.monotonic()
        for name, process in list(self.processes.items()):
            supervised = self.supervised[name]
            if supervised.start_at is None and process.poll() is not None:
                self._end_group(process)
                if not supervised.record_exit(now):
                    raise CannotServe(
                        f"the {name} process keeps ending ({_exit_description(process)}); "
                        f"see {self.log_folder / name}.log"
                    )
            if supervised.start_at is not None and now >= supervised.start_at:
                supervised.start_at = None
                self.start(name, supervised.command)
                report(
                    f"The {_PROCESS_NAMES.get(name, name)} ended unexpectedly ({_exit_description(process)}). Started again."
                )

    def wait_for_web(self, port: int, seconds: float = 30) -> None:
        """Wait until the web server answers.

        Raises:
            CannotServe: it exited or did not answer in time. The message says where its log is.
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
        """Return the name of a process that has exited by itself, or None."""
        return next((name for name, p in self.processes.items() if p.poll() is not None), None)

    def kill(self, name: str) -> None:
        """Kill a process and its group at once, as a power cut would."""
        process = self.processes.pop(name)
        self.supervised.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """Terminate all processes, wait, and kill those that remain."""
        for process in self.processes.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in self.processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
            self._end_group(process)
        self.processes.clear()
        self.supervised.clear()

    @staticmethod
    def _end_group(process: subprocess.Popen[bytes]) -> None:
        """Kill what is left of a process and its children."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


_PROCESS_NAMES = {"web": "web server", **{f"worker-{lane}": f"{lane} worker" for lane in Lane}}


def _exit_description(process: subprocess.Popen[bytes]) -> str:
    code = process.returncode
    return f"signal {-code}" if code < 0 else f"exit code {code}"
