"""A real mail server in the test's process, which refuses or hangs on demand."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message

from aiosmtpd.controller import Controller

from tests.stack import free_port


class Mailbox:
    """The received mails in order, and the answers for refused addresses."""

    def __init__(self) -> None:
        self.received: list[tuple[str, Message]] = []
        self.refused: dict[str, str] = {}
        self.mode = ""  # 'hang' answers nothing for a long time, 'refuse' turns all away for now

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.mode == "hang":
            await asyncio.sleep(30)
        if self.mode in ("hang", "refuse"):
            return "451 Try again later"
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = message_from_bytes(envelope.content)
        self.received += [(address, message) for address in envelope.rcpt_tos]
        return "250 OK"

    @property
    def addresses(self) -> list[str]:
        return [address for address, _ in self.received]


@contextmanager
def mail_server(tls: ssl.SSLContext | None = None) -> Iterator[tuple[Mailbox, str]]:
    """Run a mail server. Yield its Mailbox and its EMAIL_URL."""
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port(), tls_context=tls)
    controller.start()
    try:
        yield mailbox, f"smtp{'+tls' if tls else ''}://127.0.0.1:{controller.port}"
    finally:
        controller.stop()


@contextmanager
def silent_server() -> Iterator[tuple[int, threading.Event]]:
    """Accept connections and never answer. Yield the port, and an event set at the first connection."""
    connected, closed = threading.Event(), threading.Event()
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    listener.settimeout(0.1)
    held: list[socket.socket] = []

    def accept() -> None:
        while not closed.is_set():
            try:
                held.append(listener.accept()[0])
                connected.set()
            except TimeoutError:
                continue

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield listener.getsockname()[1], connected
    finally:
        closed.set()
        thread.join()
        for each in (*held, listener):
            each.close()
