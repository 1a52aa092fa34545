"""The TCP connections that this process holds, as the kernel counts them; Linux alone.

The web server has no limit on the time that a body takes, and a read that waits for one cannot be given
up. What can be done from outside is to hang up: the read then ends.
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
    """One connection: the kernel's number of its socket, who is at the other end, and what went over it."""

    inode: int
    address: str
    sent: int  # bytes that were written to it, whether the other end has taken them yet or not
    received: int
    _socket: socket.socket

    def hang_up(self) -> None:
        """Read no more from it; what is being sent still goes out."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RD)


@contextlib.contextmanager
def open_connections(port: int) -> Iterator[list[Connection]]:
    """List the open connections of this process to a port of its own; [] where that cannot be known."""
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
    """Look at a file descriptor through one of our own: the server may close its at any moment."""
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
        pass  # it listens, or has just ended
    ours.close()
    return None


def normalise_address(address: str) -> str:
    """Write an IP address in its one usual way, without the zone of a link."""
    return str(ip_address(address.partition("%")[0]))
