"""HTTP over a plain socket, to send what no well-behaved client sends."""

from __future__ import annotations

import socket


def connect(port: int, sent: bytes = b"", timeout: float = 20) -> socket.socket:
    """Open a connection, send bytes, and return its socket."""
    sock = socket.create_connection(("127.0.0.1", port), timeout=timeout)
    sock.sendall(sent)
    return sock


def request(
    method: str, target: str, body: bytes = b"", host: str = "localhost", **headers: str
) -> bytes:
    """Return a request's bytes. Headers may replace its length (``Content_Length="7"``)."""
    given = {"Host": host, "Connection": "close"}
    if body:
        given["Content-Length"] = str(len(body))
        given["Content-Type"] = "application/x-www-form-urlencoded"
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode("utf-8", "surrogateescape") + body


def answer(sock: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Read until the other end closes. Return status, headers and body. Status 0 means no answer."""
    read = bytearray()
    try:
        while part := sock.recv(65536):
            read += part
    except ConnectionResetError:
        pass
    finally:
        sock.close()
    head, _, body = bytes(read).partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    if not lines[0]:
        return 0, {}, b""
    headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
    return int(lines[0].split()[1]), {name.lower(): each for name, each in headers.items()}, body


def ask(port: int, sent: bytes, timeout: float = 20) -> tuple[int, dict[str, str], bytes]:
    """Send a request. Return status, headers and body of the answer."""
    return answer(connect(port, sent, timeout))
