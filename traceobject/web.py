"""The web server: granian with the site's application, bounded by the settings.

granian writes no access log here, because that would hold addresses. It speaks HTTP/1.1 alone: nginx and
every browser do, and what nobody needs nobody can abuse.
"""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from traceobject.embedded import die_with_parent

log = logging.getLogger(__name__)
KILL_AFTER = 8  # seconds that a process has to finish its requests when the server is to end
PORT_WAIT_SECONDS = 3  # seconds that whoever has the port now is given to go
IN_USE = "it is in use"


class CannotServe(RuntimeError):
    """The site could not be started; the message is one line for a person."""


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Return whether nothing listens on a TCP port."""
    return not _bind_error(host, port)


def serve(host: str, port: int, processes: int) -> None:
    """Serve the site until told to stop (SIGTERM: what has begun is finished first).

    A process that dies is replaced; the others go on meanwhile.

    Raises:
        CannotServe: the address cannot be had; says why.
        SystemExit: with 1, after a process died again and again.
    """
    deadline = time.monotonic() + PORT_WAIT_SECONDS
    while (error := _bind_error(host, port)) == IN_USE and time.monotonic() < deadline:
        time.sleep(0.1)  # the processes of a server that was killed are about to end
    if error:
        raise CannotServe(f"cannot listen on {host} port {port}: {error}")
    from django.conf import settings
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels
    from granian.server import Server

    global _parent
    _parent = os.getpid()
    Server(
        "traceobject.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=processes,
        blocking_threads=settings.WEB_THREADS,
        http1_settings=HTTP1Settings(header_read_timeout=settings.WEB_HEADER_SECONDS * 1000),
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_AFTER,
        log_level=LogLevels.error,
        log_dictconfig=_logging(settings.LOGGING),
    ).serve(target_loader=_load_application, wrap_loader=False)


def _bind_error(host: str, port: int) -> str:
    """Say why nothing can listen on a port; '' where something can.

    granian shares its port with whoever listens there already (SO_REUSEPORT), so it is tried before.
    """
    try:
        family = socket.AF_INET6 if ip_address(host).version == 6 else socket.AF_INET
    except ValueError:
        return "not a valid IP address"
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            in_use = error.errno == errno.EADDRINUSE
            return IN_USE if in_use else error.strerror or type(error).__name__
        except OverflowError:
            return "the port must be a number from 1 to 65535"
    return ""


def _logging(config: dict[str, Any]) -> dict[str, Any]:
    """Have granian's own logger write as the site's do."""
    ours = {"handlers": ["console"], "propagate": False}
    return {**config, "loggers": {**config["loggers"], "_granian": ours}}


_parent = 0


def _load_application() -> Callable[..., Any]:
    """Return the application, in a process of its own, which ends when the server's first process does."""
    if tie := die_with_parent(signal.SIGTERM):
        tie()
        if _parent and os.getppid() != _parent:
            sys.exit(1)  # it died before that was asked for
    try:
        from traceobject.wsgi import application
    except Exception:
        log.exception("the site cannot be loaded")
        sys.exit(1)
    return application
