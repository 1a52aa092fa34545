"""The isolated process for pictures: ``python -m objects.pictures.child JOB OPTIONS``.

It reads bytes from standard input and writes the answer to standard output; :mod:`isolated` is the other
side. It first limits its resources and loads the decoders or the model. Then it gives up the right to open
anything, and only then reads the bytes.
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

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
    if platform.system() == "Linux":
        prctl = ctypes.CDLL(None).prctl
        prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
        prctl(4, 0)  # PR_SET_DUMPABLE: nobody reads its memory


def drop_privileges() -> None:
    """Forbid this process to open files or sockets, and give up root.

    Open files stay open.
    """
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        _set_process_flags()  # a change of user resets them


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
    job, options = sys.argv[1], json.loads(sys.argv[2])
    apply_limits(job)
    from objects.pictures.sanitise import Refusal

    about: dict[str, Any]
    parts: list[bytes] = []
    try:
        work = PREPARE[job]()
        drop_privileges()
        about, parts = work(sys.stdin.buffer.read(), options)
    except Refusal as refusal:
        about = {"refused": str(refusal)}
    except MemoryError:
        about = {"memory": True}
    except Exception as error:
        about = {"failed": f"{type(error).__name__}: {error}"[:300]}
    about["lengths"] = [len(part) for part in parts]
    try:
        with open(1, "wb", closefd=False) as out:
            out.write(json.dumps(about).encode() + b"\n")
            for part in parts:
                out.write(part)
    except OSError:
        os._exit(EXIT_ANSWER_TOO_LONG)


if __name__ == "__main__":
    main()
