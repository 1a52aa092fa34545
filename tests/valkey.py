"""A test's own Valkey, which can be frozen, woken, stopped and started again."""

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
    """A server on a socket in a short temporary folder. Without options, it stores nothing on the disk."""

    def __init__(self, *options: str) -> None:
        self.options = options or ("--save", "")
        self.folder = Path(tempfile.mkdtemp(prefix="valkey"))
        self.url = f"unix://{self.folder}/socket?db=0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        path = self.folder / "socket"
        path.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [embedded.valkey_program(), "--port", "0", "--unixsocket", path, *self.options],
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


class SilentServer:
    """A server that accepts connections, counts them, and sends nothing."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self.listener.getsockname()[1]}/0"
        self.connections = []
        threading.Thread(target=self.accept_connections, daemon=True).start()

    def accept_connections(self):
        while True:
            try:
                self.connections.append(self.listener.accept()[0])
            except OSError:
                return

    def close(self):
        self.listener.close()
        for each in self.connections:
            each.close()


@contextmanager
def unresponsive_port() -> Iterator[int]:
    """Yield a port of this machine that answers no packet, because its connection queue is full."""
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
