"""Process pictures in an isolated child process.

A decoder that reads hostile bytes may hang, use all memory, crash, or run an attacker's code. The child
(:mod:`objects.pictures.child`) gets the bytes, none of the site's secrets, and limits on memory, time and
output. Once its libraries are loaded, it enters a cage (:mod:`cage`): it can open nothing, start nothing and
reach no other process. It returns data, never code. What it returns is checked here before anybody uses it,
and each picture by :mod:`structure`.
"""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from objects.pictures import structure
from objects.pictures.child import EXIT_ANSWER_TOO_LONG
from objects.pictures.derivatives import ENDINGS, Derivative
from objects.pictures.hashes import Perceptual, sha256
from objects.pictures.persongate import LABELS, Finding
from objects.pictures.sanitise import LARGEST_BYTES, Refusal, Sanitised
from traceobject.errors import ErrorForStaff
from traceobject.memory_protection import protect_memory

log = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parents[2]
SECONDS = {"sanitise": 30, "receive": 45, "derive": 180, "gate": 120}
TOO_EXPENSIVE = "The picture is damaged, or takes too much time or memory to process."
ATTACK = (
    "The process for pictures was ended because it tried what no decoder does. "
    "The picture may contain an attack: do not open it elsewhere, and tell your administrator."
)
_PREVIEW = re.compile(r"data:image/webp;base64,[A-Za-z0-9+/]{1,4000}={0,2}")
_HASH = re.compile(r"[0-9a-f]{64}")


class Unavailable(ErrorForStaff, RuntimeError):
    """A picture could not be processed because of a fault of the site, not of the picture."""


def sanitise(
    data: bytes, *, crop: tuple[int, int, int, int] | None = None, output: str = "PNG"
) -> Sanitised:
    """Run :func:`objects.pictures.sanitise.sanitise` in the isolated process.

    Raises:
        Refusal: the file or the crop is not acceptable, or the process exceeded its limits or died. The
            message says why.
        Unavailable: no process could be started.
    """
    if len(data) > LARGEST_BYTES:  # spares the copy
        raise Refusal(f"The file is larger than {LARGEST_BYTES // 1024**2} MB.")
    answer, parts = _runner.get()(
        "sanitise", data, {"crop": crop, "output": output}, died=Refusal(TOO_EXPENSIVE)
    )
    with _checking():
        return _verified(parts[0], answer["format"])


@dataclass(frozen=True)
class Received:
    """An uploaded picture after processing.

    Attributes:
        view: the clean picture.
        blurred: a grey, blurred preview (a data URI).
        hashes: its perceptual hashes.
        taken: its place and time if requested (:func:`objects.pictures.exif.place_and_time`), else {}.
    """

    view: Sanitised
    blurred: str
    hashes: Perceptual
    taken: dict[str, Any]


def receive(data: bytes, *, place: bool, side: int = 2000) -> Received:
    """Clean and hash an uploaded picture, and read its place and time if requested.

    Args:
        place: whether to read the place and time from its metadata.
        side: the longest side of the view, in pixels.

    Raises:
        Refusal: as :func:`sanitise`.
        Unavailable: no process could be started, or it failed because of a fault of the site.
    """
    options = {"place": place, "side": side}
    answer, parts = _runner.get()("receive", data, options, died=Refusal(TOO_EXPENSIVE))
    with _checking():
        view = _verified(parts[0], answer["format"])
        return Received(view, _preview(answer["blurred"]), _hashes(answer), _taken(answer["taken"]))


def derive(master: bytes) -> tuple[list[Derivative], str, Perceptual]:
    """Return all sizes of a clean picture, its placeholder (a data URI) and its perceptual hashes.

    Raises:
        Unavailable: the process failed. The message says why.
    """
    answer, parts = _runner.get()("derive", master, {})
    made = []
    with _checking():
        for part, kind in zip(parts, answer["formats"], strict=True):
            name = f"{sha256(part)[:40]}.{ENDINGS[kind]}"
            made.append(Derivative(name, _verified(part, kind)))
        return made, _preview(answer["placeholder"]), _hashes(answer)


def detect_people(master: bytes) -> list[Finding]:
    """Return the person gate's findings in a clean picture.

    Raises:
        Unavailable: the model cannot run. The message says why. Nothing may be published then.
    """
    answer, _ = _runner.get()("gate", master, {})
    with _checking():
        return [_finding(finding) for finding in answer["findings"]]


@contextmanager
def _checking() -> Iterator[None]:
    """Guard a block that reads an answer. A process that was taken over may answer anything.

    Raises:
        Unavailable: the answer is not of the kind that the job gives.
    """
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError):
        raise Unavailable("The process for pictures gave an answer that makes no sense.") from None


def _preview(value: str) -> str:
    if not _PREVIEW.fullmatch(value):
        raise ValueError("not a preview")
    return value


def _hashes(answer: dict[str, Any]) -> Perceptual:
    hashes, quality = tuple(answer["pdq"]), answer["quality"]
    if len(hashes) != 8 or not all(map(_HASH.fullmatch, hashes)) or type(quality) is not int:
        raise ValueError("not eight hashes and a quality")
    return Perceptual(hashes, quality)


def _taken(value: dict[str, Any]) -> dict[str, Any]:
    """Return the place and time, if that is what they are."""
    for name, each in value.items():
        if name == "taken":
            datetime.fromisoformat(each)
        elif name not in ("latitude", "longitude") or not -180.0 <= each <= 180.0:
            raise ValueError("not a place and time")
    return value


def _finding(value: dict[str, Any]) -> Finding:
    finding = Finding(**value)
    numbers = (finding.x, finding.y, finding.width, finding.height)
    if finding.label not in LABELS or not all(type(number) is int for number in numbers):
        raise ValueError("not a finding")
    return Finding(finding.label, float(finding.score), *numbers)


def _verified(data: bytes, kind: str) -> Sanitised:
    try:
        found, width, height = structure.check(data)
    except structure.Impure as impure:
        raise Unavailable(f"A picture that we made ourselves is not clean: {impure}") from None
    if found != kind:
        raise Unavailable(f"A picture that should be {kind} is {found}.")
    return Sanitised(data, width, height, kind)


def _run(
    job: str, payload: bytes, options: dict[str, Any], *, died: Exception | None = None
) -> tuple[dict[str, Any], list[bytes]]:
    """Run one job of the child.

    Bytes are passed in memory files. The answer is one line of JSON, followed by parts with the lengths in
    that line.

    Raises:
        Refusal: the child refused the picture.
        Unavailable: the child failed, was ended by the cage, or the kernel offers no cage. If ``died`` is
            given, it is raised instead for a timeout, a crash, a long answer or a lack of memory.
    """
    protect_memory()  # the child may be of the same user
    with _memory("in") as sent, _memory("out") as answered, _memory("err") as complaints:
        sent.write(payload)
        sent.seek(0)
        arguments = [job, json.dumps(options), str(os.getpid())]
        try:
            child = subprocess.Popen(
                [sys.executable, "-s", "-m", "objects.pictures.child", *arguments],
                stdin=sent,
                stdout=answered,
                stderr=complaints,
                cwd=_ROOT,
                env=_environment(),
                close_fds=True,
            )
        except OSError as error:
            raise Unavailable(f"No process for pictures could be started ({error}).") from None
        try:
            child.wait(SECONDS[job])
        except subprocess.TimeoutExpired:
            raise died or Unavailable(f"It took more than {SECONDS[job]} seconds.") from None
        finally:
            child.kill()
            child.wait()
        if child.returncode == -signal.SIGSYS:
            log.error("the process for pictures was ended for a forbidden system call")
            raise Unavailable(ATTACK)
        if child.returncode < 0:
            raise died or Unavailable(f"The process ended by signal {-child.returncode}.")
        if child.returncode == EXIT_ANSWER_TOO_LONG:
            raise died or Unavailable("Its answer was too long.")
        answered.seek(0)
        head = answered.readline(1 << 20)
        try:
            answer = json.loads(head)
        except (ValueError, RecursionError):
            complaints.seek(0)
            last = complaints.read(1 << 20).decode(errors="replace").strip().rpartition("\n")[2]
            raise Unavailable(f"The process for pictures failed: {last[:300]}") from None
        if not isinstance(answer, dict):
            raise Unavailable("The process for pictures gave an answer that makes no sense.")
        if "refused" in answer:
            raise Refusal(str(answer["refused"])[:300])
        if "memory" in answer:
            raise died or Unavailable("It took more memory than it may.")
        if "failed" in answer:
            raise Unavailable(str(answer["failed"])[:300])
        with _checking():
            return answer, [answered.read(length) for length in answer["lengths"]]


Runner = Callable[..., tuple[dict[str, Any], list[bytes]]]
_runner: ContextVar[Runner] = ContextVar("runner", default=_run)


@contextmanager
def replace_runner(wrap: Callable[[Runner], Runner]) -> Iterator[None]:
    """Replace the function that runs jobs, in this thread and in a with block. For tests.

    Args:
        wrap: takes the runner and returns the one to use. A job is a function of its arguments.
    """
    token = _runner.set(wrap(_runner.get()))
    try:
        yield
    finally:
        _runner.reset(token)


def _environment() -> dict[str, str]:
    """Return the few variables that Python and its libraries need, without any secret of the site."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    threads = {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "1"}
    arch = {name: value for name, value in os.environ.items() if name.startswith("OPENBLAS_")}
    return {**kept, **arch, **threads, "PYTHONDONTWRITEBYTECODE": "1", "ORT_DISABLE_TELEMETRY": "1"}


def _memory(name: str) -> IO[bytes]:
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create(f"picture-{name}"), "w+b")
    return tempfile.TemporaryFile()
