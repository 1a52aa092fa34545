"""The site of a drill, with its own servers and stores, and the faults of each part."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.mailserver import Mailbox
from traceobject import serve
from traceobject.outbox.lanes import Lane

STORE_MEGABYTES = 48
PARTS = ("web", "beat", *(f"worker-{lane}" for lane in Lane if lane != Lane.PROPOSALS))


class DrillSite:
    """Run the parts of the site, restart those that exit, and break them on demand."""

    def __init__(self, var: Path, port: int, mailbox: Mailbox, webhook: Webhook):
        self.var, self.port, self.mailbox, self.webhook = var, port, mailbox, webhook
        self.site = serve.Site(var / "log")
        self.lock = threading.Lock()
        self.open = True
        self.restarts = 0
        self.keeper_pause = 0.3

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self, part: str) -> list[str]:
        if part == "web":
            return serve.web_command(self.port, processes=1)
        if part == "beat":
            return serve.beat_command()
        return serve.worker_command(Lane(part.removeprefix("worker-")))

    def start(self) -> None:
        for part in PARTS:
            self.site.start(part, self.command(part))
        self.site.wait_for_web(self.port, 60)
        threading.Thread(target=self._keep, daemon=True).start()

    def _keep(self) -> None:
        """Restart processes that have exited, as systemd does."""
        while self.open:
            with self.lock:
                for part in PARTS:
                    process = self.site.processes.get(part)
                    if self.open and (process is None or process.poll() is not None):
                        self.site.start(part, self.command(part))
                        self.restarts += 1
            time.sleep(self.keeper_pause)

    def stop(self) -> None:
        self.open = False
        with self.lock:
            self.site.stop()

    # --- breaking -------------------------------------------------------------------------------

    def kill(self, part: str) -> None:
        with self.lock, contextlib.suppress(KeyError, ProcessLookupError):
            self.site.kill(part)

    @contextmanager
    def frozen(self, part: str) -> Iterator[None]:
        processes = self._family(part)
        _signal(processes, signal.SIGSTOP)
        try:
            yield
        finally:
            _signal(processes, signal.SIGCONT)

    def _family(self, part: str) -> list[psutil.Process]:
        if part in ("postgres", "valkey-server"):
            return [each for each in self._of_keeper() if _name(each) == part]
        process = self.site.processes.get(part)
        if process is None:
            return []
        with contextlib.suppress(psutil.NoSuchProcess):
            head = psutil.Process(process.pid)
            return [head, *head.children(recursive=True)]
        return []

    def _of_keeper(self) -> list[psutil.Process]:
        found = []
        for process in psutil.process_iter(["cmdline"]):
            words = process.info["cmdline"] or []
            if str(self.var) in words and any(word.endswith("/embedded") for word in words):
                with contextlib.suppress(psutil.NoSuchProcess):
                    found += process.children(recursive=True)
        return found

    def kill_server(self, name: str) -> None:
        """Kill PostgreSQL's main process, or Valkey. The keeper restarts it."""
        servers = self._family(name)
        for process in servers[:1]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)

    @contextmanager
    def full(self, store: str) -> Iterator[None]:
        """Fill the disk of a store to the last byte."""
        folder = self.var / store / "lost+found"
        folder.mkdir(exist_ok=True)
        filler = folder / "filler"
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
            while file.write(b"x" * 65536):
                pass
        try:
            yield
        finally:
            filler.unlink(missing_ok=True)

    @contextmanager
    def mail(self, mode: str) -> Iterator[None]:
        self.mailbox.mode = mode
        try:
            yield
        finally:
            self.mailbox.mode = ""

    @contextmanager
    def webhook_hangs(self) -> Iterator[None]:
        self.webhook.answers.clear()
        try:
            yield
        finally:
            self.webhook.answers.set()


def faults(site: DrillSite, *, can_mount: bool) -> list[tuple[str, Callable[[float], None]]]:
    """Return the faults: the name of each, and a function that causes it for a number of seconds."""

    def during(context: Callable[[], contextlib.AbstractContextManager[None]]):
        def break_for(seconds: float) -> None:
            with context():
                time.sleep(seconds)

        return break_for

    found: list[tuple[str, Callable[[float], None]]] = []
    for part in PARTS:
        found.append((f"kill {part}", lambda _, part=part: site.kill(part)))
        found.append((f"freeze {part}", during(lambda part=part: site.frozen(part))))
    for name in ("postgres", "valkey-server"):
        found.append((f"kill {name}", lambda _, name=name: site.kill_server(name)))
        found.append((f"freeze {name}", during(lambda name=name: site.frozen(name))))
    for mode in ("hang", "refuse"):
        found.append((f"mail server: {mode}", during(lambda mode=mode: site.mail(mode))))
    found.append(("webhook hangs", during(site.webhook_hangs)))
    if can_mount:
        for store in ("private", "public"):
            found.append((f"{store} store full", during(lambda store=store: site.full(store))))
    return found


class Webhook:
    """The purge webhook: the events that it received. While ``answers`` is clear, it hangs."""

    def __init__(self) -> None:
        self.answers = threading.Event()
        self.answers.set()
        self.events: list[str] = []


@contextmanager
def small_disks(var: Path) -> Iterator[bool]:
    """Mount a small disk for each store, if the drill runs as root. Yield whether it could."""
    mounted = []
    for store in ("private", "public"):
        (var / store).mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.geteuid() == 0:
            done = subprocess.run(
                ["mount", "-t", "tmpfs", "-o", f"size={STORE_MEGABYTES}m,mode=700", "tmpfs"]
                + [str(var / store)],
                capture_output=True,
            )
            if done.returncode == 0:
                mounted.append(var / store)
    if len(mounted) < 2:
        print("no disk is filled in this run: that needs root and mount(8)", file=sys.stderr)
    try:
        yield len(mounted) == 2
    finally:
        for folder in mounted:
            subprocess.run(["umount", "-l", str(folder)], check=False)


def _name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.NoSuchProcess:
        return ""


def _signal(processes: list[psutil.Process], number: int) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)
