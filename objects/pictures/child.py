"""The isolated process for pictures: ``python -m objects.pictures.child JOB OPTIONS PARENT``.

It reads bytes from standard input and writes the answer to standard output; :mod:`isolated` is the other
side. It first limits its resources and loads the decoders or the model. Then it gives up its privileges and
enters the cage (:mod:`cage`), and only then reads the bytes. It runs on Linux alone.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from objects.pictures import cage

GIB = 1024**3
# Bytes of address space, which is more than the memory used, and processor seconds.
LIMITS = {
    "sanitise": (2 * GIB, 25),
    "receive": (2 * GIB, 40),
    "derive": (6 * GIB, 400),
    "gate": (6 * GIB, 200),
}
LARGEST_ANSWER = 512 * 1024**2
NOBODY = 65534
EXIT_ANSWER_TOO_LONG = 3  # exit code: the answer exceeds LARGEST_ANSWER

Answer = tuple[dict[str, Any], list[bytes]]


def apply_limits(job: str) -> None:
    """Limit the resources of this process to those of the job, and make it end with its parent."""
    space, seconds = LIMITS[job]
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_ANSWER, LARGEST_ANSWER))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _set_process_flags()


def _set_process_flags() -> None:
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "prctl"):
        return  # the cage refuses this system
    libc.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    libc.prctl(4, 0)  # PR_SET_DUMPABLE: nobody reads its memory


def drop_privileges() -> None:
    """Give up open files but the standard three, the right to open others, root, and most system calls.

    Raises:
        CageUnavailable: the kernel does not offer the cage.
    """
    os.closerange(3, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        _set_process_flags()  # a change of user resets them
    cage.enter()


def prepare_sanitise() -> Callable[[bytes, dict[str, Any]], Answer]:
    """Load the decoders. Return the job ``sanitise``."""
    from PIL import Image

    from objects.pictures import sanitise

    Image.init()

    def work(data: bytes, options: dict[str, Any]) -> Answer:
        crop = tuple(options["crop"]) if options["crop"] else None
        clean = sanitise.sanitise(data, crop=crop, output=options["output"])
        return {"format": clean.format}, [clean.data]

    return work


def prepare_receive() -> Callable[[bytes, dict[str, Any]], Answer]:
    """Load the decoders. Return the job ``receive``."""
    from PIL import Image, ImageOps

    from objects.pictures import derivatives, exif, hashes, sanitise

    Image.init()

    def work(data: bytes, options: dict[str, Any]) -> Answer:
        taken = exif.place_and_time(data) if options["place"] else {}
        image = sanitise.decode(data)
        perceptual = hashes.perceptual(image)
        image.thumbnail((options["side"], options["side"]), reducing_gap=3.0)
        view = sanitise.encode(image, "JPEG")
        about = {
            "format": view.format,
            "blurred": derivatives.placeholder(ImageOps.grayscale(image)),
            "pdq": perceptual.hashes,
            "quality": perceptual.quality,
            "taken": taken,
        }
        return about, [view.data]

    return work


def prepare_derive() -> Callable[[bytes, dict[str, Any]], Answer]:
    """Load the decoders. Return the job ``derive``."""
    from PIL import Image

    from objects.pictures import derivatives, hashes, sanitise

    Image.init()

    def work(data: bytes, options: dict[str, Any]) -> Answer:
        image = sanitise.decode(data, largest_bytes=LARGEST_ANSWER)
        made = derivatives.derive(image)
        perceptual = hashes.perceptual(image)
        about = {
            "formats": [each.picture.format for each in made],
            "placeholder": derivatives.placeholder(image),
            "pdq": perceptual.hashes,
            "quality": perceptual.quality,
        }
        return about, [each.picture.data for each in made]

    return work


def prepare_gate() -> Callable[[bytes, dict[str, Any]], Answer]:
    """Load the model. Return the job ``gate``."""
    from PIL import Image

    from objects.pictures import persongate, sanitise

    Image.init()
    model = persongate.Model()

    def work(data: bytes, options: dict[str, Any]) -> Answer:
        image = sanitise.decode(data, largest_bytes=LARGEST_ANSWER)
        return {"findings": [asdict(f) for f in persongate.detect(image, model)]}, []

    return work


PREPARE = {
    "sanitise": prepare_sanitise,
    "receive": prepare_receive,
    "derive": prepare_derive,
    "gate": prepare_gate,
}


def main() -> None:
    """Run the job on the command line, and write its answer."""
    job, options, parent = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3])
    apply_limits(job)
    if os.getppid() != parent:
        return  # it died before it could be noticed
    from objects.pictures.sanitise import Refusal

    about: dict[str, Any]
    parts: list[bytes] = []
    try:
        work = PREPARE[job]()
        length = os.fstat(0).st_size
        drop_privileges()
        about, parts = work(os.read(0, length), options)
    except Refusal as refusal:
        about = {"refused": str(refusal)}
    except MemoryError:
        about = {"memory": True}
    except Exception as error:
        about = {"failed": f"{type(error).__name__}: {error}"[:300]}
    about["lengths"] = [len(part) for part in parts]
    try:
        for part in (json.dumps(about).encode() + b"\n", *parts):
            _write(part)
    except OSError:
        os._exit(EXIT_ANSWER_TOO_LONG)


def _write(part: bytes) -> None:
    rest = memoryview(part)
    while rest:
        rest = rest[os.write(1, rest) :]


if __name__ == "__main__":
    main()
