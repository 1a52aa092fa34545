"""Receive request bodies before Django runs: whole, within a time limit, and a limited number at once.

The web server passes a request on when its headers have arrived. The thread that serves it then reads the
body, and a stalled sender would block it. A few dozen of them would block the site. So at most half of a
process's threads receive bodies here. A further body is refused before any of it is read, and the other
threads go on serving pages. The time limit of a body grows with the bytes received. After it, we hang up
(:mod:`traceobject.connections`), which ends the read.

The site gets a body only if all of it has arrived.
"""

from __future__ import annotations

import io
import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from traceobject import connections

Environment = dict[str, Any]
Application = Callable[[Environment, Callable[..., Any]], Iterable[bytes]]

log = logging.getLogger(__name__)
REFUSAL = "traceobject.refusal"  # key in the environment; traceobject.middleware answers with it
CHUNK = 64 * 1024
CHECK_INTERVAL = 0.5  # seconds
# The kernel may count more bytes than the reader: a part that is not full, the request's head. It may also
# count an interim response as sent.
UNREAD_MARGIN = 2 * CHUNK
INTERIM_RESPONSE = 64


@dataclass(frozen=True)
class Limits:
    """The limits of one process.

    Attributes:
        max_bodies: bodies that are received at once.
        max_bytes: size of a body.
        max_total_bytes: size of all bodies that are received or processed.
        seconds: time for a body, before any of it has arrived.
        rate: bytes received for which a body gets another second.
    """

    max_bodies: int
    max_bytes: int
    max_total_bytes: int
    seconds: float
    rate: float


@dataclass(frozen=True)
class Refusal:
    """Why a body was refused: an HTTP status, and the seconds after which to retry (0: never)."""

    status: int
    retry_after: int = 0


@dataclass(eq=False)
class IncomingBody:
    """A body that is being received."""

    address: str
    port: int  # ours
    length: int
    begun: float = field(default_factory=time.monotonic)
    received: int = 0
    given_up: bool = False
    # The address's connections at the first check, each with the bytes sent and received, and the bytes
    # that the reader had then.
    connections_at_first_check: dict[int, tuple[int, int]] | None = None
    received_at_first_check: int = 0

    def is_late(self, limits: Limits) -> bool:
        allowed = limits.seconds + self.received / limits.rate
        return time.monotonic() > self.begun + allowed

    def may_use(self, connection: connections.Connection) -> bool:
        """Return whether the body may be arriving over a connection.

        The connection existed at the first check, has sent no answer since, and has received no more than
        the reader. This is also true of an idle connection, which may be closed.
        """
        then = (self.connections_at_first_check or {}).get(connection.inode)
        if then is None or connection.sent - then[0] > INTERIM_RESPONSE:
            return False
        return (
            connection.received - then[1]
            <= self.received - self.received_at_first_check + UNREAD_MARGIN
        )


class Receiver:
    """Receives the bodies of one process within its limits."""

    def __init__(self, limits: Limits):
        self.limits = limits
        self.bytes_held = 0
        self.incoming_bodies: set[IncomingBody] = set()
        self.lock = threading.Condition()
        self.watcher: threading.Thread | None = None

    def wrap(self, application: Application) -> Application:
        """Return a WSGI application that has each body in memory, or a :class:`Refusal` instead."""

        def serve(environment: Environment, start: Callable[..., Any]) -> Iterable[bytes]:
            length = _content_length(environment)
            if length == 0:
                return application(environment, start)
            if environment["REQUEST_METHOD"] != "POST":  # the site reads no other body
                return application(_without_body(environment), start)
            admitted = self._admit(length, environment)
            if isinstance(admitted, Refusal):
                return application(_without_body(environment, admitted), start)
            try:
                return application(self._received(environment, admitted), start)
            finally:
                with self.lock:
                    self.bytes_held -= admitted.length

        return serve

    def _admit(self, length: int | None, environment: Environment) -> IncomingBody | Refusal:
        """Reserve space for a body, or return a Refusal."""
        if length is None:
            # Without a length, the server does not show whether a body is complete.
            return Refusal(411)
        if length > self.limits.max_bytes:
            return Refusal(413)
        with self.lock:
            busy = len(self.incoming_bodies) >= self.limits.max_bodies
            if busy or self.bytes_held + length > self.limits.max_total_bytes:
                return Refusal(503, retry_after=math.ceil(self.limits.seconds))
            address = connections.normalise_address(environment["REMOTE_ADDR"])
            incoming = IncomingBody(address, int(environment["SERVER_PORT"]), length)
            self.bytes_held += length
            self.incoming_bodies.add(incoming)
            if self.watcher is None or not self.watcher.is_alive():
                self.watcher = threading.Thread(target=self._watch, daemon=True)
                self.watcher.start()
            self.lock.notify()
        return incoming

    def _received(self, environment: Environment, incoming: IncomingBody) -> Environment:
        parts: deque[bytes] = deque()
        try:
            while missing := incoming.length - incoming.received:
                part = environment["wsgi.input"].read(min(CHUNK, missing))
                if not part:
                    return _without_body(environment, Refusal(408 if incoming.given_up else 400))
                parts.append(part)
                incoming.received += len(part)
        finally:
            with self.lock:
                self.incoming_bodies.discard(incoming)
        return {**environment, "wsgi.input": io.BufferedReader(_ChunkReader(parts), CHUNK)}

    # --- hanging up ---------------------------------------------------------------------------

    def _watch(self) -> None:
        while True:
            with self.lock:
                self.lock.wait_for(lambda: self.incoming_bodies)
            time.sleep(CHECK_INTERVAL)
            try:
                self._check_stalled()
            except Exception:
                log.exception("stalled bodies were not looked for")

    def _check_stalled(self) -> None:
        with self.lock:
            incoming_bodies = list(self.incoming_bodies)
        if not incoming_bodies:  # most bodies arrive at once
            return
        with connections.open_connections(incoming_bodies[0].port) as found:
            for incoming in incoming_bodies:
                ours = [each for each in found if each.address == incoming.address]
                if incoming.connections_at_first_check is None:
                    incoming.received_at_first_check = incoming.received
                    incoming.connections_at_first_check = {
                        each.inode: (each.sent, each.received) for each in ours
                    }
                elif incoming.is_late(self.limits):
                    self._give_up(incoming, ours)

    def _give_up(self, incoming: IncomingBody, ours: list[connections.Connection]) -> None:
        with self.lock:
            if incoming not in self.incoming_bodies:  # it arrived at the last moment
                return
            incoming.given_up = True
            for each in ours:
                if incoming.may_use(each):
                    for (
                        other
                    ) in self.incoming_bodies:  # another stalled body of the address may be on it
                        other.given_up |= other.may_use(each)
                    each.hang_up()


class _ChunkReader(io.RawIOBase):
    """A file over the received chunks, which frees each once it is read."""

    def __init__(self, parts: deque[bytes]):
        self.parts = parts

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self.parts:
            return 0
        part = self.parts.popleft()
        if len(part) > len(buffer):
            self.parts.appendleft(part[len(buffer) :])
            part = part[: len(buffer)]
        buffer[: len(part)] = part
        return len(part)


def _content_length(environment: Environment) -> int | None:
    """Return the length of a request's body in bytes, or None if it is unknown."""
    if environment.get("HTTP_TRANSFER_ENCODING"):
        return None
    try:
        return max(0, int(environment.get("CONTENT_LENGTH") or 0))
    except ValueError:
        return None


def _without_body(environment: Environment, refusal: Refusal | None = None) -> Environment:
    return {
        **environment,
        "wsgi.input": io.BytesIO(),
        "CONTENT_LENGTH": "0",
        REFUSAL: refusal,
    }
