"""A real Valkey of the test's own, that can be frozen, woken, stopped and started again."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from tests.stack import wait_until
from traceobject import embedded


class OwnValkey:
    """One server on a socket in a short folder of its own; nothing of it is ever on a disk."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="valkey"))
        self.url = f"unix://{self.folder}/socket?db=0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        path = self.folder / "socket"
        path.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [embedded.valkey_program(), "--port", "0", "--unixsocket", path, "--save", ""],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            preexec_fn=embedded.die_with_parent(signal.SIGKILL),
        )
        wait_until(self.answers, 30)

    def answers(self) -> bool:
        try:
            return bool(self.client().ping())
        except redis.RedisError:
            return False

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url)

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()  # one that is frozen heeds nothing less
            self.process.wait()
            self.process = None

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)


class Mute:
    """A server that takes connections and says nothing; counts them."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self.listener.getsockname()[1]}/0"
        self.taken = []
        threading.Thread(target=self.take, daemon=True).start()

    def take(self):
        while True:
            try:
                self.taken.append(self.listener.accept()[0])
            except OSError:
                return

    def close(self):
        self.listener.close()
        for each in self.taken:
            each.close()


@contextmanager
def swallowing_port() -> Iterator[int]:
    """Return a port of this machine that answers no packet: its queue of connections is full."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        waiting = []
        while True:
            each = socket.socket()
            each.settimeout(0.5)
            waiting.append(each)
            try:
                each.connect(("127.0.0.1", port))
            except TimeoutError:
                break
        try:
            yield port
        finally:
            for each in waiting:
                each.close()
