"""The head of the audit trail: the digest of its newest entry, which leaves the machine each day.

Whoever has the database can write a whole new chain. They cannot change what was mailed to AUDIT_HEAD_EMAIL,
copied from AUDIT_HEAD_FILE, or signed by a time stamp service (RFC 3161). ``verify_audit`` compares.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from traceobject import mail
from traceobject.audit import stamps, trail
from traceobject.audit.models import Entry
from traceobject.audit.steps import AuditStep
from traceobject.outbox import queue
from traceobject.outbox.failures import GiveUp, StepFailed
from traceobject.staff.authority import System

NOTED = "trail.head_noted"
EVERY = timedelta(hours=23, minutes=30)  # a day, less the pause between two runs of the task

_LINE = re.compile(r"(\d{1,18}):([0-9a-f]{64})(?:\s.*)?", re.IGNORECASE)


class BadHead(ValueError):
    """A digest that somebody kept cannot be used. The message is one line."""


def note(now: datetime) -> bool:
    """Have the head of the trail leave the machine, once a day. Return whether it is due.

    It records an entry of its own, whose digest covers all entries before. Without a setting that names
    where to, nothing happens.
    """
    places = {
        AuditStep.MAIL_HEAD: settings.AUDIT_HEAD_EMAIL,
        AuditStep.WRITE_HEAD: settings.AUDIT_HEAD_FILE,
        AuditStep.STAMP_HEAD: settings.AUDIT_TSA_URL,
    }
    steps = [step for step, place in places.items() if place]
    if not steps or not _is_due(now):
        return False
    with transaction.atomic():
        trail.lock_end()
        if not _is_due(now):  # two schedulers at once
            return False
        trail.record(NOTED, "audit trail", by=System.SCHEDULE)
        for step in steps:
            queue.put(step, trail.last_number())
    return True


def _is_due(now: datetime) -> bool:
    last = Entry.objects.filter(action=NOTED).order_by("-number").first()
    return last is None or not timedelta() <= now - last.at < EVERY


def line_of(number: int) -> str:
    """Return an entry's ``NUMBER:DIGEST``.

    Raises:
        GiveUp: there is no such entry.
    """
    digest = Entry.objects.filter(pk=number).values_list("digest", flat=True).first()
    if digest is None:
        raise GiveUp(f"Entry {number} of the audit trail is missing.")
    return f"{number}:{digest}"


def mail_head(number: int) -> None:
    """Mail an entry's digest to AUDIT_HEAD_EMAIL. See :func:`traceobject.mail.send` for the errors."""
    if not settings.AUDIT_HEAD_EMAIL:
        return
    line = line_of(number)
    mail.send(
        to=settings.AUDIT_HEAD_EMAIL,
        subject=f"Audit trail of {settings.SITE_NAME}: entry {number}",
        body=(
            "Keep this mail. It proves which entries the audit trail had today.\n\n"
            f"{line} {timezone.now():%Y-%m-%d}\n\n"
            f"To compare, run:\n\nmanage.py verify_audit --known {line}\n"
        ),
        name=f"audit-head-{number}",
    )


def write_head(number: int) -> None:
    """Append an entry's digest to AUDIT_HEAD_FILE, once.

    Raises:
        StepFailed: the file cannot be written. It is left as it was.
    """
    if not settings.AUDIT_HEAD_FILE:
        return
    line = line_of(number)
    try:
        with open(settings.AUDIT_HEAD_FILE, "a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            if any(each.startswith(f"{line} ".encode()) for each in file):
                return
            size = file.seek(0, os.SEEK_END)
            try:
                file.write(f"{line} {timezone.now():%Y-%m-%d}\n".encode())
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                os.ftruncate(file.fileno(), size)
                raise
    except OSError as error:
        raise StepFailed(f"AUDIT_HEAD_FILE cannot be written ({error.strerror}).") from None


def stamp_head(number: int) -> None:
    """Have an entry's digest stamped, and store the stamp beside AUDIT_HEAD_FILE.

    Raises:
        Unreachable: the service does not answer.
        StepFailed: its answer is no valid stamp, or the file cannot be written.
    """
    if not settings.AUDIT_TSA_URL:
        return
    path = stamp_path(Path(settings.AUDIT_HEAD_FILE), number)
    if path.exists():
        return
    stamp = stamps.request(line_of(number).encode())
    fresh = path.with_suffix(".new")
    try:
        fresh.write_bytes(stamp)
        fresh.replace(path)
    except OSError as error:
        raise StepFailed(f"The time stamp cannot be stored ({error.strerror}).") from None


def stamp_path(heads: Path, number: int) -> Path:
    """Return the path of an entry's time stamp beside the file of heads."""
    return heads.with_name(f"{heads.name}.{number}.tsr")


def parse(lines: Iterable[str], known: Mapping[int, str] | None = None) -> dict[int, str]:
    """Return the digests by number of lines like ``NUMBER:DIGEST date``, added to those already known.

    Raises:
        BadHead: a line is no such line, or two of them disagree.
    """
    found = dict(known or {})
    for line in filter(None, map(str.strip, lines)):
        match = _LINE.fullmatch(line)
        if match is None:
            raise BadHead(f"{line[:90]!r} is not NUMBER:DIGEST")
        number, digest = int(match[1]), match[2].lower()
        if found.setdefault(number, digest) != digest:
            raise BadHead(f"you know two different digests of entry {number}")
    return found


def verify_stamps(heads: Path, known: Mapping[int, str]) -> int:
    """Verify the time stamps beside a file of heads. Return how many there are.

    Raises:
        BadHead: a stamp is not valid, or belongs to no known digest.
    """
    count = 0
    for path in sorted(heads.parent.glob(f"{heads.name}.*.tsr")):
        number = path.name.removeprefix(f"{heads.name}.").removesuffix(".tsr")
        digest = known.get(int(number)) if number.isdecimal() else None
        if digest is None:
            raise BadHead(f"the time stamp {path.name} belongs to no known digest")
        try:
            stamps.verify(path.read_bytes(), f"{number}:{digest}".encode())
        except stamps.BadStamp as error:
            raise BadHead(f"the time stamp {path.name} is not valid: {error}") from None
        count += 1
    return count
