"""Perceptual and exact hashes of pictures, and how far apart they are.

PDQ: Facebook, 'The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm' (2019). Its
256 bits are written as 64 hexadecimal digits, as in the hash lists that agencies exchange; two
pictures count as the same where at most ``PDQ_NEAR`` bits differ, and a hash of a quality below
``PDQ_QUALITY`` (a plain surface) says nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy
import pdqhash
from PIL import Image

PDQ_NEAR = 31  # of 256 bits
PDQ_QUALITY = 50  # of 100
_LOOKED_AT = 512  # pixels a side: the reference implementation reduces to this first, for speed


@dataclass(frozen=True)
class Perceptual:
    """PDQ hashes of a picture as it is, turned and mirrored (eight of them), and their quality (0–100)."""

    hashes: tuple[str, ...]
    quality: int

    @property
    def telling(self) -> bool:
        """Whether the picture has enough in it for its hash to mean something."""
        return self.quality >= PDQ_QUALITY


def perceptual(image: Image.Image) -> Perceptual:
    """Hash an RGB image; the first of the hashes is that of the image as it is."""
    small = image.resize(
        (min(image.width, _LOOKED_AT), min(image.height, _LOOKED_AT)), Image.Resampling.BOX
    )
    bits, quality = pdqhash.compute_dihedral(numpy.asarray(small))
    return Perceptual(tuple(_hexadecimal(each) for each in bits), int(quality))


def sha256(data: bytes) -> str:
    """Give the SHA-256 of a file as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def distance(one: str, other: str) -> int:
    """Count the bits in which two PDQ hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def _hexadecimal(bits: numpy.ndarray) -> str:
    return numpy.packbits(bits.astype(numpy.uint8)).tobytes().hex()
