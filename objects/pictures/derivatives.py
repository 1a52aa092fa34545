"""The sizes in which a picture is served."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from PIL import Image

from objects.pictures.sanitise import Sanitised, encode

WIDTHS = (480, 960, 1920)


@dataclass(frozen=True)
class Derivative:
    """A size of a picture and the name it is served under: the hash of its own bytes."""

    name: str
    picture: Sanitised


def derive(image: Image.Image) -> list[Derivative]:
    """Encode an RGB image as JPEG at each width of ``WIDTHS`` below its own, and at its own size.

    Each is made from the next larger, largest first; the list is smallest first.
    """
    sizes = [image]
    for width in sorted((w for w in WIDTHS if w < image.width), reverse=True):
        last = sizes[-1]
        height = max(1, round(last.height * width / last.width))
        sizes.append(last.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0))
    return [_named(encode(size, "JPEG")) for size in reversed(sizes)]


def _named(picture: Sanitised) -> Derivative:
    return Derivative(f"{hashlib.sha256(picture.data).hexdigest()[:40]}.jpg", picture)
