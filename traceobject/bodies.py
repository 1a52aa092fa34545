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
PART = 64 * 1024
LOOK_EVERY = 0.5  # seconds
# What the kernel may count of a connection beyond what its reader knows of: a part that is not full, a
# request's head; and, sent, an interim answer.
UNREAD = 2 * PART
INTERIM = 64


@dataclass(frozen=True)
class Limits:
    """What one process takes."""

    at_once: int  # bodies being received
    largest: int  # bytes of a body
    together: int  # bytes of the bodies that are being received or worked on
    seconds: float  # for a body, and
    rate: float  # bytes that earn it another second


@dataclass(frozen=True)
class Refusal:
    """Why a body was not taken: an HTTP status, and when to come back (seconds; 0: never)."""

    status: int
    retry_after: int = 0


@dataclass(eq=False)
class Reading:
    """A body that is coming in."""

    address: str
    port: int  # ours
    length: int
    begun: float = field(default_factory=time.monotonic)
    received: int = 0
    given_up: bool = False
    # The connections from the address at the first look, with what each had sent and received, and
    # what the reader had by then.
    suspects: dict[int, tuple[int, int]] | None = None
    received_then: int = 0

    def is_late(self, limits: Limits) -> bool:
        allowed = limits.seconds + self.received / limits.rate
        return time.monotonic() > self.begun + allowed

    def may_be(self, connection: connections.Connection) -> bool:
        """Return whether the body may be coming over a connection.

        It was there at the first look, nothing has been answered on it since, and no more has come in
        than the reader had. That is true of a connection that idles, too, and it may be closed.
        """
        then = (self.suspects or {}).get(connection.inode)
        if then is None or connection.sent - then[0] > INTERIM:
            return False
        return connection.received - then[1] <= self.received - self.received_then + UNREAD


class Receiver:
    """Receives the bodies of one process within its limits."""

    def __init__(self, limits: Limits):
        self.limits = limits
        self.bytes_held = 0
        self.readings: set[Reading] = set()
        self.lock = threading.Condition()
        self.watcher: threading.Thread | None = None

    def wrap(self, application: Application) -> Application:
        """Return a WSGI application that has each body in memory, or a :class:`Refusal` instead."""

        def serve(environment: Environment, start: Callable[..., Any]) -> Iterable[bytes]:
            length = _length(environment)
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

    def _admit(self, length: int | None, environment: Environment) -> Reading | Refusal:
        """Make room for a body, or say why not."""
        if length is None:
            # Of a body without a length the server does not tell whether all of it has come.
            return Refusal(411)
        if length > self.limits.largest:
            return Refusal(413)
        with self.lock:
            busy = len(self.readings) >= self.limits.at_once
            if busy or self.bytes_held + length > self.limits.together:
                return Refusal(503, retry_after=math.ceil(self.limits.seconds))
            address = connections.plain(environment["REMOTE_ADDR"])
            reading = Reading(address, int(environment["SERVER_PORT"]), length)
            self.bytes_held += length
            self.readings.add(reading)
            if self.watcher is None or not self.watcher.is_alive():
                self.watcher = threading.Thread(target=self._watch, daemon=True)
                self.watcher.start()
            self.lock.notify()
        return reading

    def _received(self, environment: Environment, reading: Reading) -> Environment:
        parts: deque[bytes] = deque()
        try:
            while missing := reading.length - reading.received:
                part = environment["wsgi.input"].read(min(PART, missing))
                if not part:
                    return _without_body(environment, Refusal(408 if reading.given_up else 400))
                parts.append(part)
                reading.received += len(part)
        finally:
            with self.lock:
                self.readings.discard(reading)
        return {**environment, "wsgi.input": io.BufferedReader(_Parts(parts), PART)}

    # --- hanging up ---------------------------------------------------------------------------

    def _watch(self) -> None:
        while True:
            with self.lock:
                self.lock.wait_for(lambda: self.readings)
            time.sleep(LOOK_EVERY)
            try:
                self._look()
            except Exception:
                log.exception("stalled bodies were not looked for")

    def _look(self) -> None:
        with self.lock:
            readings = list(self.readings)
        if not readings:  # most bodies are there at once
            return
        with connections.made_to(readings[0].port) as found:
            for reading in readings:
                ours = [each for each in found if each.address == reading.address]
                if reading.suspects is None:
                    reading.received_then = reading.received
                    reading.suspects = {each.inode: (each.sent, each.received) for each in ours}
                elif reading.is_late(self.limits):
                    self._give_up(reading, ours)

    def _give_up(self, reading: Reading, ours: list[connections.Connection]) -> None:
        with self.lock:
            if reading not in self.readings:  # it came in at the last moment
                return
            reading.given_up = True
            for each in ours:
                if reading.may_be(each):
                    for other in self.readings:  # another stalled body of the address may be on it
                        other.given_up |= other.may_be(each)
                    each.hang_up()


class _Parts(io.RawIOBase):
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


def _length(environment: Environment) -> int | None:
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
