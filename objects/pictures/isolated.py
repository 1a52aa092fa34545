"""Do the work on pictures in a process of its own, which can hurt nobody.

A decoder that meets hostile bytes may hang, take all memory, crash, or be made to run somebody else's
code. The child (:mod:`objects.pictures.child`) gets the bytes, none of the site's secrets, and limits
on memory, time and output; once it is warm it can open no file and no connection. What it hands back
is data, never code, and each picture is read by :mod:`structure` here before anybody uses it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from objects.pictures import structure
from objects.pictures.child import EXIT_ANSWER_TOO_LONG
from objects.pictures.derivatives import ENDINGS, Derivative
from objects.pictures.hashes import Perceptual, sha256
from objects.pictures.persongate import Finding
from objects.pictures.sanitise import LARGEST_BYTES, Refusal, Sanitised
from traceobject.errors import ErrorForStaff

_ROOT = Path(__file__).resolve().parents[2]
SECONDS = {"sanitise": 30, "receive": 45, "derive": 180, "gate": 120}
TOO_EXPENSIVE = "The picture is damaged, or takes too much time or memory to process."


class Unavailable(ErrorForStaff, RuntimeError):
    """The work could not be done, for a reason that lies in the site and not in the picture."""


def sanitise(
    data: bytes, *, crop: tuple[int, int, int, int] | None = None, output: str = "PNG"
) -> Sanitised:
    """Do :func:`objects.pictures.sanitise.sanitise` in a process of its own.

    Raises:
        Refusal: says what is wrong with the file or the crop; a file that makes the process exceed
            its limits or die is refused, too.
        Unavailable: no process could be started.
    """
    if len(data) > LARGEST_BYTES:  # spares the copy
        raise Refusal(f"The file is larger than {LARGEST_BYTES // 1024**2} MB.")
    answer, parts = _runner.get()(
        "sanitise", data, {"crop": crop, "output": output}, died=Refusal(TOO_EXPENSIVE)
    )
    return _verified(parts[0], answer["format"])


@dataclass(frozen=True)
class Received:
    """A stranger's picture: a clean view of it, a grey blur (a data URI), its hashes, and where and
    when it was taken where that was asked for (:func:`objects.pictures.exif.place_and_time`)."""

    view: Sanitised
    blurred: str
    hashes: Perceptual
    taken: dict[str, Any]


def receive(data: bytes, *, place: bool, side: int = 2000) -> Received:
    """Clean a stranger's picture, hash it, and read its place and time if that is wanted.

    Args:
        place: whether to read the place and time that the camera noted.
        side: the longest side of the view, in pixels.

    Raises:
        Refusal: as :func:`sanitise`.
        Unavailable: no process could be started, or it failed for a reason of the site's.
    """
    options = {"place": place, "side": side}
    answer, parts = _runner.get()("receive", data, options, died=Refusal(TOO_EXPENSIVE))
    hashes = Perceptual(tuple(answer["pdq"]), answer["quality"])
    view = _verified(parts[0], answer["format"])
    return Received(view, answer["blurred"], hashes, answer["taken"])


def derive(master: bytes) -> tuple[list[Derivative], str, Perceptual]:
    """Make all sizes of a clean picture, its placeholder (a data URI) and its perceptual hashes.

    Raises:
        Unavailable: it could not be done; the message says why.
    """
    answer, parts = _runner.get()("derive", master, {})
    made = []
    for part, kind in zip(parts, answer["formats"], strict=True):
        name = f"{sha256(part)[:40]}.{ENDINGS[kind]}"
        made.append(Derivative(name, _verified(part, kind)))
    hashes = Perceptual(tuple(answer["pdq"]), answer["quality"])
    return made, answer["placeholder"], hashes


def detect_people(master: bytes) -> list[Finding]:
    """Ask the person gate about a clean picture.

    Raises:
        Unavailable: the model cannot run; the message says why. Nothing may be published then.
    """
    answer, _ = _runner.get()("gate", master, {})
    return [Finding(**finding) for finding in answer["findings"]]


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

    Both ways the bytes go through memory files. The answer is one line of JSON and then the parts,
    as long as the line says.
    """
    with _memory("in") as sent, _memory("out") as answered, _memory("err") as complaints:
        sent.write(payload)
        sent.seek(0)
        try:
            child = subprocess.Popen(
                [sys.executable, "-s", "-m", "objects.pictures.child", job, json.dumps(options)],
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
        if child.returncode < 0:
            raise died or Unavailable(f"The process ended by signal {-child.returncode}.")
        if child.returncode == EXIT_ANSWER_TOO_LONG:
            raise died or Unavailable("Its answer was too long.")
        answered.seek(0)
        head = answered.readline(1 << 20)
        try:
            answer = json.loads(head)
        except ValueError:
            complaints.seek(0)
            last = complaints.read(1 << 20).decode(errors="replace").strip().rpartition("\n")[2]
            raise Unavailable(f"The process for pictures failed: {last[:300]}") from None
        if "refused" in answer:
            raise Refusal(answer["refused"])
        if "memory" in answer:
            raise died or Unavailable("It took more memory than it may.")
        if "failed" in answer:
            raise Unavailable(answer["failed"])
        return answer, [answered.read(length) for length in answer["lengths"]]


Runner = Callable[..., tuple[dict[str, Any], list[bytes]]]
_runner: ContextVar[Runner] = ContextVar("runner", default=_run)


@contextmanager
def runner_wrapped(wrap: Callable[[Runner], Runner]) -> Iterator[None]:
    """Wrap what runs jobs, in this thread alone, for the length of a with block.

    Args:
        wrap: takes the runner, returns the one to use. A job is a function of its arguments.
    """
    token = _runner.set(wrap(_runner.get()))
    try:
        yield
    finally:
        _runner.reset(token)


def _environment() -> dict[str, str]:
    """Return the little that Python and its libraries need; no secret of the site is in it."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    threads = {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "1"}
    arch = {name: value for name, value in os.environ.items() if name.startswith("OPENBLAS_")}
    return {**kept, **arch, **threads, "PYTHONDONTWRITEBYTECODE": "1", "ORT_DISABLE_TELEMETRY": "1"}


def _memory(name: str) -> IO[bytes]:
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create(f"picture-{name}"), "w+b")
    return tempfile.TemporaryFile()
