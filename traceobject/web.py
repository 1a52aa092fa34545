"""The web server: granian with the site's application, within the limits of the settings.

granian writes no access log, because that would contain addresses. It serves only HTTP/1.1, which nginx and
every browser support, to keep the attack surface small.
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
KILL_AFTER = 8  # seconds that a process has to finish its requests when the server stops
PORT_WAIT_SECONDS = 3  # for processes of a killed server, which end soon
IN_USE = "it is in use"


class CannotServe(RuntimeError):
    """The site could not be started. The message is one line for a person."""


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Return whether nothing listens on a TCP port."""
    return not _bind_error(host, port)


def serve(host: str, port: int, processes: int) -> None:
    """Serve the site until SIGTERM. Requests that have begun are finished first.

    A process that dies is replaced while the others go on.

    Raises:
        CannotServe: the server cannot listen on the address. The message says why.
        SystemExit: with 1, if processes keep dying.
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
    """Return why nobody can listen on a port, or ''.

    granian would share the port with another listener (SO_REUSEPORT), so this is checked first.
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
    """Return the logging settings, extended to granian's own logger."""
    ours = {"handlers": ["console"], "propagate": False}
    return {**config, "loggers": {**config["loggers"], "_granian": ours}}


_parent = 0


def _load_application() -> Callable[..., Any]:
    """Return the application in a worker process, which ends when the server's main process does."""
    if tie := die_with_parent(signal.SIGTERM):
        tie()
        if _parent and os.getppid() != _parent:
            sys.exit(1)  # the main process died before the line above
    try:
        from traceobject.wsgi import application
    except Exception:
        log.exception("the site cannot be loaded")
        sys.exit(1)
    return application
