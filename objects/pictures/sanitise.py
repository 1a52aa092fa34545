"""Make a new picture from the pixels of another one, and from nothing else.

Pure: bytes in, bytes out. The picture is decoded within limits, rotated as its orientation tag says,
flattened to RGB in sRGB, and encoded again from the pixels. So nothing else of the source file survives: no
EXIF, XMP, IPTC, colour profile, comment, thumbnail, further frame or byte after the end.

Foreign files are decoded only in the isolated process (:mod:`objects.pictures.isolated`), never in the one
that serves the site.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import Any

import pillow_heif
from PIL import Image, ImageCms, ImageOps

pillow_heif.register_heif_opener(thumbnails=False)

LARGEST_BYTES = 40 * 1024 * 1024
LARGEST_PIXELS = 50_000_000
LONGEST_SIDE = 16_000  # WebP ends at 16,383
MAX_FRAMES = 1000
ACCEPTED = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF", "HEIF")
WRITES: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 92, "subsampling": 0, "progressive": True},
    "PNG": {"compress_level": 4},
    "WEBP": {"quality": 90, "method": 3},
    "AVIF": {"quality": 80, "speed": 8, "subsampling": "4:4:4"},
}

_SRGB = ImageCms.createProfile("sRGB")


class Refusal(ValueError):
    """The picture is refused. The message tells a person why."""


@dataclass(frozen=True)
class Sanitised:
    """A clean picture: its encoded bytes, its size in pixels and its format (a key of ``WRITES``)."""

    data: bytes
    width: int
    height: int
    format: str


def sanitise(
    data: bytes, *, crop: tuple[int, int, int, int] | None = None, output: str = "JPEG"
) -> Sanitised:
    """Decode a picture within limits and encode its pixels again.

    Args:
        data: a file of one of the formats in ``ACCEPTED``.
        crop: x, y, width, height in pixels of the upright picture (orientation applied).
        output: a format of ``WRITES``.

    Raises:
        Refusal: the file or the crop is not acceptable. The message says why.
    """
    return encode(decode(data, crop=crop), output)


def decode(
    data: bytes,
    *,
    crop: tuple[int, int, int, int] | None = None,
    largest_bytes: int = LARGEST_BYTES,
) -> Image.Image:
    """Return the first frame as an upright RGB image in sRGB, cropped to ``crop``.

    Raises:
        Refusal: as :func:`sanitise`.
    """
    if not data:
        raise Refusal("The file is empty.")
    if len(data) > largest_bytes:
        raise Refusal(f"The file is larger than {largest_bytes // 1024**2} MB.")
    if _is_svg(data):
        raise Refusal("SVG files can contain code and links. Save it as PNG first.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            source = Image.open(io.BytesIO(data), formats=ACCEPTED)
            _check_size(source.size)
            _check_frames(source)
            source.seek(0)
            source.load()
            upright = ImageOps.exif_transpose(source)
            flat = _flatten(_to_srgb(upright))
    except Refusal:
        raise
    except Image.UnidentifiedImageError:
        raise Refusal(
            "This file cannot be read as a picture. Use JPEG, PNG, WebP, AVIF, HEIC, GIF or TIFF."
        ) from None
    except Image.DecompressionBombError:
        raise Refusal(f"The picture has more than {LARGEST_PIXELS // 10**6} megapixels.") from None
    except MemoryError:
        raise
    except Exception:  # a decoder may raise anything on hostile bytes
        raise Refusal("The picture is damaged or incomplete.") from None
    return flat if crop is None else _cut(flat, crop)


def encode(image: Image.Image, output: str, **options: object) -> Sanitised:
    """Encode the pixels of an RGB image, and nothing else.

    Args:
        output: a format of ``WRITES``, whose options ``options`` may change.
    """
    bare = image.copy()
    bare.info.clear()  # the decoder's metadata, which some encoders would write
    buffer = io.BytesIO()
    bare.save(buffer, output, **{**WRITES[output], **options})
    return Sanitised(buffer.getvalue(), bare.width, bare.height, output)


def _is_svg(data: bytes) -> bool:
    head = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith(b"<") and b"<svg" in head


def _check_size(size: tuple[int, int]) -> None:
    width, height = size
    if width * height > LARGEST_PIXELS or max(size) > LONGEST_SIDE:
        raise Refusal(
            f"The picture is {width} × {height} pixels. The limit is "
            f"{LARGEST_PIXELS // 10**6} megapixels and {LONGEST_SIDE} pixels a side."
        )


def _check_frames(source: Image.Image) -> None:
    if getattr(source, "n_frames", 1) > MAX_FRAMES:
        raise Refusal(f"The file has more than {MAX_FRAMES} frames.")


def _to_srgb(image: Image.Image) -> Image.Image:
    """Convert to sRGB by the picture's profile. A profile that cannot be read is ignored."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "CMYK", "L", "RGBA"):
        return image
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    colours = image.convert("RGB") if alpha else image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(colours, source, _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    if converted is not None and alpha:
        converted.putalpha(alpha)
    return converted or image


def _flatten(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        image = image.point(lambda value: value / 256).convert("L")
    elif image.mode in ("I", "F"):
        low, high = (float(value) for value in image.getextrema())  # type: ignore[arg-type]
        scale = 255 / ((high - low) or 1)
        image = image.point(lambda value: (value * scale) - low * scale).convert("L")
    if image.mode in ("P", "PA", "LA", "RGBA", "La", "RGBa") or "transparency" in image.info:
        layered = image.convert("RGBA")
        ground = Image.new("RGBA", layered.size, "white")
        image = Image.alpha_composite(ground, layered)
    return image.convert("RGB")


def _cut(image: Image.Image, crop: tuple[int, int, int, int]) -> Image.Image:
    x, y, width, height = crop
    if (
        width < 1
        or height < 1
        or x < 0
        or y < 0
        or x + width > image.width
        or y + height > image.height
    ):
        raise Refusal(
            f"The crop {x},{y},{width},{height} is not inside the picture "
            f"({image.width} × {image.height} pixels)."
        )
    return image.crop((x, y, x + width, y + height))
