"""Read small forms without files quickly.

Django's reader of multipart forms is made for large files, and takes a fifth of the time that a tip takes.
Ours reads what browsers send of a form in which no file was chosen, and leaves all else to Django's: a
form with a file, one that is large, any header or name that is unusual. A test compares the two on
whatever hypothesis thinks of.
"""

from __future__ import annotations

import re

from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

LARGEST = 64 * 1024  # bytes
MOST_FIELDS = 100
_BOUNDARY = re.compile(r"[A-Za-z0-9_-]{1,70}")
# With an empty name of a file, as browsers send where none was chosen, it is a field like others.
_FIELD = re.compile(
    rb'\r\nContent-Disposition: form-data; name="([A-Za-z0-9_-]{1,50})"'
    rb'(?:; filename=""\r\nContent-Type: application/octet-stream)?',
    re.IGNORECASE,
)


def fields(body: bytes, boundary: str) -> list[tuple[str, str]] | None:
    """Return names and values of a multipart form (RFC 7578) in UTF-8; None where it is not a plain one."""
    if not _BOUNDARY.fullmatch(boundary):
        return None
    mark = b"--" + boundary.encode()
    before, *parts = (b"\r\n" + body).split(b"\r\n" + mark)
    if before or not parts or parts.pop() not in (b"--", b"--\r\n") or len(parts) > MOST_FIELDS:
        return None
    if body.count(mark) != len(parts) + 1:  # one is within a value
        return None
    found = []
    for part in parts:
        head, end, value = part.partition(b"\r\n\r\n")
        field = _FIELD.fullmatch(head)
        if not field or not end:
            return None
        found.append((field[1].decode(), value.decode(errors="replace")))
    return found


def load(request: HttpRequest) -> bool:
    """Read a request's form if it is small and plain; return whether that was done."""
    if request.content_type != "multipart/form-data" or request._read_started:
        return False
    if request.encoding not in (None, "utf-8") or not _is_small(request):
        return False
    found = fields(request.body, request.content_params.get("boundary", ""))
    if found is None:
        return False
    post = QueryDict(mutable=True, encoding="utf-8")
    for name, value in found:
        post.appendlist(name, value)
    post._mutable = False
    request._post, request._files = post, MultiValueDict()
    return True


def _is_small(request: HttpRequest) -> bool:
    try:
        return 0 < int(request.META.get("CONTENT_LENGTH") or 0) <= LARGEST
    except ValueError:
        return False
