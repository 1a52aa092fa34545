"""Make the sizes and formats in which a picture is served, and its placeholder."""

from __future__ import annotations

import base64
import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from PIL import Image

from objects.pictures.sanitise import Sanitised, encode

WIDTHS = (480, 960, 1920)
ENDINGS = {
    "AVIF": "avif",
    "WEBP": "webp",
    "JPEG": "jpg",
}  # best first, as a browser is offered them
CONTENT_TYPES = {ending: f"image/{kind.lower()}" for kind, ending in ENDINGS.items()}

# The full size keeps details such as the weave of a cloth, for zooming in; the others load fast.
FULL: dict[str, dict[str, object]] = {
    "AVIF": {"quality": 80, "speed": 8, "subsampling": "4:4:4"},
    "WEBP": {"quality": 90, "method": 2},
    "JPEG": {"quality": 92, "subsampling": 0, "progressive": False, "optimize": False},
}
REDUCED: dict[str, dict[str, object]] = {
    "AVIF": {"quality": 65, "speed": 7, "subsampling": "4:2:0"},
    "WEBP": {"quality": 80, "method": 4},
    "JPEG": {"quality": 85, "subsampling": 2, "progressive": True},
}
PLACEHOLDER = 20  # pixels on the longer side


@dataclass(frozen=True)
class Derivative:
    """A size and format of a picture, and its file name: the hash of its bytes."""

    name: str
    picture: Sanitised


def derive(image: Image.Image) -> list[Derivative]:
    """Encode an RGB image in each format of ``ENDINGS``, at full size and at each smaller width of ``WIDTHS``.

    Each size is made from the next larger one. The list has the smallest size first, and for each size the
    formats in the order of ``ENDINGS``.
    """
    sizes = [image]
    for width in sorted((w for w in WIDTHS if w < image.width), reverse=True):
        last = sizes[-1]
        height = max(1, round(last.height * width / last.width))
        sizes.append(last.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=3.0))
    wanted = [(size, kind) for size in sizes for kind in ENDINGS]  # the longest work first
    with ThreadPoolExecutor(max_workers=2) as pool:  # the encoders release Python's lock
        made = list(pool.map(lambda job: _named(*job, full=job[0] is image), wanted))
    each = len(ENDINGS)
    return [d for n in reversed(range(len(sizes))) for d in made[n * each : (n + 1) * each]]


def _named(size: Image.Image, kind: str, *, full: bool) -> Derivative:
    picture = encode(size, kind, **(FULL if full else REDUCED)[kind])
    name = f"{hashlib.sha256(picture.data).hexdigest()[:40]}.{ENDINGS[kind]}"
    return Derivative(name, picture)


def placeholder(image: Image.Image) -> str:
    """Return a blurred preview to show while a picture loads: a data URI of about 200 bytes."""
    tiny = image.copy()
    tiny.thumbnail((PLACEHOLDER, PLACEHOLDER), reducing_gap=3.0)
    tiny.info.clear()
    buffer = io.BytesIO()
    tiny.save(buffer, "WEBP", quality=40, method=6)
    return f"data:image/webp;base64,{base64.b64encode(buffer.getvalue()).decode()}"
