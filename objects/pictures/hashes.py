"""Perceptual and exact hashes of pictures, and their distance.

PDQ: Facebook, 'The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm' (2019). Its 256
bits are written as 64 hexadecimal digits, as in the hash lists that agencies exchange. Two pictures count
as the same if at most ``PDQ_NEAR`` bits differ. A hash with a quality below ``PDQ_QUALITY`` (a plain
surface) means nothing.

It is implemented here with numpy, because the bindings to the reference implementation must be compiled on
Linux. The tests compare it with hashes of that implementation.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

import numpy
from PIL import Image

PDQ_NEAR = 31  # of 256 bits
PDQ_QUALITY = 50  # of 100
_REDUCED_SIDE = 512  # pixels a side: the reference implementation reduces to this first, for speed


@dataclass(frozen=True)
class Perceptual:
    """The eight PDQ hashes of a picture, turned and mirrored, and their quality (0 to 100)."""

    hashes: tuple[str, ...]
    quality: int

    @property
    def is_reliable(self) -> bool:
        """Whether the picture has enough detail for its hash to mean something."""
        return self.quality >= PDQ_QUALITY


def perceptual(image: Image.Image) -> Perceptual:
    """Return the perceptual hashes of an RGB image. The first is that of the image as it is."""
    small = image.resize(
        (min(image.width, _REDUCED_SIDE), min(image.height, _REDUCED_SIDE)), Image.Resampling.BOX
    )
    luma = numpy.asarray(small).astype(numpy.float32) @ _LUMA
    field = _decimated(luma)
    turned = [numpy.rot90(side, turns) for side in (field, field[:, ::-1]) for turns in range(4)]
    return Perceptual(tuple(_bits(each) for each in turned), _quality(field))


_LUMA = numpy.array([0.299, 0.587, 0.114], dtype=numpy.float32)
_FIELD, _KEPT = 64, 16
_DCT = math.sqrt(2 / _FIELD) * numpy.cos(
    math.pi / (2 * _FIELD) * numpy.outer(numpy.arange(1, _KEPT + 1), 2 * numpy.arange(_FIELD) + 1)
)


def _decimated(luma: numpy.ndarray) -> numpy.ndarray:
    """Smooth with two passes of box filters (Jarosz). Return 64 × 64 samples from the cells' centres."""
    height, width = luma.shape
    if luma.shape != (_FIELD, _FIELD):
        for _ in range(2):
            luma = _boxed(luma, width)
            luma = _boxed(luma.T, height).T
    rows = ((numpy.arange(_FIELD) + 0.5) * height / _FIELD).astype(int)
    columns = ((numpy.arange(_FIELD) + 0.5) * width / _FIELD).astype(int)
    return luma[numpy.ix_(rows, columns)]


def _boxed(values: numpy.ndarray, length: int) -> numpy.ndarray:
    """Return the averages along rows over a window of half a cell, clipped at both ends."""
    window = (length + 2 * _FIELD - 1) // (2 * _FIELD)
    ahead = (window + 2) // 2  # how many from here on are inside
    behind = window - ahead
    sums = numpy.concatenate(
        [numpy.zeros((values.shape[0], 1)), numpy.cumsum(values, axis=1, dtype=numpy.float64)],
        axis=1,
    )
    place = numpy.arange(length)
    first, end = numpy.maximum(place - behind, 0), numpy.minimum(place + ahead, length)
    return (sums[:, end] - sums[:, first]) / (end - first)


def _quality(field: numpy.ndarray) -> int:
    """Return the amount of detail in the 64 × 64 samples, from 0 to 100."""
    steps = [numpy.diff(field, axis=axis) * 100 / 255 for axis in (0, 1)]
    return min(100, int(sum(int(numpy.abs(numpy.trunc(step)).sum()) for step in steps) / 90))


def _bits(field: numpy.ndarray) -> str:
    """Return which of the 16 × 16 lowest frequencies are above their median, as hexadecimal digits."""
    frequencies = (_DCT @ field @ _DCT.T).ravel()
    median = numpy.partition(frequencies, frequencies.size // 2 - 1)[frequencies.size // 2 - 1]
    return numpy.packbits((frequencies > median)[::-1]).tobytes().hex()


def sha256(data: bytes) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def distance(one: str, other: str) -> int:
    """Return the number of bits in which two PDQ hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
