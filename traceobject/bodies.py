"""Receive the body of a request before Django is asked: whole, in time, and not too many at once.

The server hands a request over when its headers are in. The thread that serves it reads the body, and a
sender who stalls would hold it for as long as they like: a few dozen of them, and no page is answered.
So bodies are received here, by at most half of a process's threads; one more is refused before anything
of it is read, and the other half go on answering pages. A body has a time limit that grows with what has
come in. When it is over we hang up (:mod:`traceobject.connections`), which ends the read.

A body that came in whole is always given to the site, and half a body never.
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
REFUSAL = "traceobject.refusal"  # in the environment: what traceobject.middleware answers with
CHUNK = 64 * 1024
CHECK_INTERVAL = 0.5  # seconds
# What the kernel may count of a connection beyond what its reader knows of: a part that is not full, a
# request's head; and, sent, an interim answer.
UNREAD_MARGIN = 2 * CHUNK
INTERIM_RESPONSE = 64


@dataclass(frozen=True)
class Limits:
    """What one process takes."""

    max_bodies: int  # bodies being received
    max_bytes: int  # bytes of a body
    max_total_bytes: int  # bytes of the bodies that are being received or worked on
    seconds: float  # for a body, and
    rate: float  # bytes that earn it another second


@dataclass(frozen=True)
class Refusal:
    """Why a body was not taken: an HTTP status, and when to come back (seconds; 0: never)."""

    status: int
    retry_after: int = 0


@dataclass(eq=False)
class IncomingBody:
    """A body that is coming in."""

    address: str
    port: int  # ours
    length: int
    begun: float = field(default_factory=time.monotonic)
    received: int = 0
    given_up: bool = False
    # The connections from the address at the first look, with what each had sent and received, and
    # what the reader had by then.
    connections_at_first_check: dict[int, tuple[int, int]] | None = None
    received_at_first_check: int = 0

    def is_late(self, limits: Limits) -> bool:
        allowed = limits.seconds + self.received / limits.rate
        return time.monotonic() > self.begun + allowed

    def may_use(self, connection: connections.Connection) -> bool:
        """Return whether the body may be coming over a connection.

        It was there at the first look, nothing has been answered on it since, and no more has come in
        than the reader had. That is true of a connection that idles, too, and it may be closed.
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
            if environment["REQUEST_METHOD"] != "POST":  # the site takes nothing in any other way
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
        """Make room for a body, or say why not."""
        if length is None:
            # Of a body without a length the server does not tell whether all of it has come.
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
        if not incoming_bodies:  # most bodies are there at once
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
            if incoming not in self.incoming_bodies:  # it came in at the last moment
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
    """What was received, let go of as it is read."""

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
    """Read a request's length in bytes; None where it has a body and does not say."""
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
