"""The TCP connections of this process, as the kernel counts them. Linux only.

The web server has no time limit for a body, and a read that waits for one cannot be interrupted. We can
only hang up, which ends the read.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import struct
import termios
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

_FD_FOLDER = Path("/proc/self/fd")
# struct tcp_info (linux/tcp.h): tcpi_bytes_acked and tcpi_bytes_received, since Linux 4.2.
_COUNTERS, _AT = struct.Struct("=QQ"), 120
_INT = struct.Struct("i")


@dataclass(frozen=True)
class Connection:
    """One connection: its socket's inode, the other end's address, and the bytes sent and received."""

    inode: int
    address: str
    sent: int  # bytes written to it, confirmed by the other end or not
    received: int
    _socket: socket.socket

    def hang_up(self) -> None:
        """Stop reading from it. What is being sent is still sent."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RD)


@contextlib.contextmanager
def open_connections(port: int) -> Iterator[list[Connection]]:
    """Return this process's open connections to one of its own ports; [] if the kernel has no list."""
    found: dict[int, Connection] = {}  # by inode: one socket may have several descriptors
    try:
        for name in os.listdir(_FD_FOLDER) if _FD_FOLDER.is_dir() else []:
            connection = _open(int(name), port)
            if (
                connection is not None
                and found.setdefault(connection.inode, connection) is not connection
            ):
                connection._socket.close()
        yield list(found.values())
    finally:
        for each in found.values():
            each._socket.close()


def _open(number: int, port: int) -> Connection | None:
    """Return the connection of a file descriptor, or None if it is not one to the port.

    It duplicates the descriptor, because the server may close its own at any moment.
    """
    try:
        if not os.readlink(_FD_FOLDER / str(number)).startswith("socket:"):
            return None
        ours = socket.socket(fileno=os.dup(number))
    except OSError:
        return None
    try:
        is_tcp = ours.family in (socket.AF_INET, socket.AF_INET6)
        if is_tcp and ours.getsockname()[1] == port:
            info = ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
            confirmed, received = _COUNTERS.unpack_from(info, _AT)
            (queued,) = _INT.unpack(fcntl.ioctl(ours, termios.TIOCOUTQ, bytes(_INT.size)))
            address = normalise_address(ours.getpeername()[0])
            inode = os.fstat(ours.fileno()).st_ino
            return Connection(inode, address, confirmed + queued, received, ours)
    except (OSError, struct.error, ValueError):
        pass  # a listening socket, or a connection that has just ended
    ours.close()
    return None


def normalise_address(address: str) -> str:
    """Return an IP address in its standard form, without a link's zone."""
    return str(ip_address(address.partition("%")[0]))
