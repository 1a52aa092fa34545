"""Check that a picture file holds pixels only, without decoding it.

This is the second safeguard for published files. :mod:`sanitise` writes clean files, but in a process that
read foreign bytes. This module parses the result in pure Python, without a decoder. It accepts only files
that consist of the few parts listed here, each in its place, up to the last byte.

Structures as in ITU-T T.81 (JPEG) and JFIF 1.02, W3C PNG (third edition), RFC 9649 (WebP), ISO/IEC 14496-12
and 23008-12 with the AV1 Image File Format (AVIF), and the AV1 bitstream specification.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


class Impure(ValueError):
    """The file holds something other than pixels, or is truncated. The message says what."""


def check(data: bytes) -> tuple[str, int, int]:
    """Check that a JPEG, PNG, WebP or AVIF file holds pixels and nothing else.

    Returns:
        The format (JPEG, PNG, WEBP, AVIF), and the width and height in pixels, as the file states them.

    Raises:
        Impure: the file has an unexpected part, lacks one, or has bytes after its end.
    """
    try:
        if data.startswith(b"\xff\xd8"):
            return "JPEG", *_jpeg(data)
        if data.startswith(PNG_SIGNATURE):
            return "PNG", *_png(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return "WEBP", *_webp(data)
        if data[4:8] == b"ftyp":
            return "AVIF", *_avif(data)
    except (struct.error, IndexError):
        raise Impure("The file ends in the middle of a part.") from None
    raise Impure("The file is not a JPEG, PNG, WebP or AVIF.")


# --- JPEG ---------------------------------------------------------------------------------------

_SOI, _EOI, _SOS, _APP0 = 0xD8, 0xD9, 0xDA, 0xE0
_FRAMES = {0xC0, 0xC1, 0xC2}  # baseline, extended, progressive
_TABLES = {0xDB, 0xC4, 0xDD}  # quantisation, Huffman, restart interval


def _jpeg(data: bytes) -> tuple[int, int]:
    size: tuple[int, int] | None = None
    scans = 0
    at = 2
    first = True
    while True:
        if data[at] != 0xFF:
            raise Impure("JPEG: bytes between two segments.")
        marker = data[at + 1]
        if marker == _EOI:
            break
        (length,) = struct.unpack_from(">H", data, at + 2)
        body = data[at + 4 : at + 2 + length]
        if length < 2 or len(body) != length - 2:
            raise Impure("JPEG: a segment is cut off.")
        at += 2 + length
        if marker == _APP0 and first:
            if body[:5] != b"JFIF\0" or len(body) != 14 or body[12:14] != b"\0\0":
                raise Impure("JPEG: an application segment that is not a bare JFIF header.")
        elif marker in _FRAMES and size is None:
            height, width = struct.unpack_from(">xHH", body)
            if len(body) != 6 + 3 * body[5]:
                raise Impure("JPEG: a frame header with more than it needs.")
            size = width, height
        elif marker == _SOS and size:
            if len(body) != 4 + 2 * body[0]:
                raise Impure("JPEG: a scan header with more than it needs.")
            at = _end_of_scan(data, at)
            scans += 1
        elif marker not in _TABLES:
            raise Impure(f"JPEG: segment {marker:02X} does not belong there.")
        first = False
    if at + 2 != len(data):
        raise Impure(f"JPEG: {len(data) - at - 2} bytes after the end.")
    if size is None or not scans:
        raise Impure("JPEG: no picture in it.")
    return size


def _end_of_scan(data: bytes, at: int) -> int:
    while True:
        at = data.find(b"\xff", at)
        if at < 0:
            raise Impure("JPEG: cut off before its end.")
        follows = data[at + 1]
        if follows == 0 or 0xD0 <= follows <= 0xD7:  # a stuffed byte, or a restart
            at += 2
        else:
            return at


# --- PNG ----------------------------------------------------------------------------------------


def _png(data: bytes) -> tuple[int, int]:
    at = len(PNG_SIGNATURE)
    size = (0, 0)
    kinds: list[bytes] = []
    pixels = bytearray()
    header = b""
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + length]
        (stated,) = struct.unpack_from(">I", data, at + 8 + length)
        if stated != zlib.crc32(kind + body):
            raise Impure("PNG: a chunk whose checksum is wrong.")
        if not kinds or kind != kinds[-1]:
            kinds.append(kind)
        if kind == b"IHDR":
            size = struct.unpack_from(">II", body)
            header = body
        elif kind == b"IDAT":
            pixels += body
        at += 12 + length
        if kind == b"IEND":
            if length:
                raise Impure("PNG: an end that holds something.")
            break
    if kinds != [b"IHDR", b"IDAT", b"IEND"]:
        odd = sorted({k.decode("latin-1") for k in kinds} - {"IHDR", "IDAT", "IEND"})
        raise Impure(f"PNG: chunks that do not belong there ({', '.join(odd) or 'order'}).")
    if at != len(data):
        raise Impure(f"PNG: {len(data) - at} bytes after the end.")
    _png_stream(bytes(pixels), header)
    return size[0], size[1]


def _png_stream(pixels: bytes, header: bytes) -> None:
    """Check that the compressed stream has exactly the bytes of the header's picture (8-bit RGB)."""
    width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", header)
    if (depth, colour, interlace) != (8, 2, 0):
        raise Impure("PNG: not plain 8-bit RGB.")
    expected = height * (1 + 3 * width)
    unpacker = zlib.decompressobj()
    got = 0
    try:
        rest = pixels
        while rest and not unpacker.eof:
            got += len(unpacker.decompress(rest, 1 << 20))
            rest = unpacker.unconsumed_tail
            if got > expected:
                break
    except zlib.error:
        raise Impure("PNG: its pixels cannot be unpacked.") from None
    if got != expected or not unpacker.eof or unpacker.unused_data:
        raise Impure("PNG: more or fewer pixels than it says.")


# --- WebP ---------------------------------------------------------------------------------------


def _webp(data: bytes) -> tuple[int, int]:
    (length,) = struct.unpack_from("<I", data, 4)
    if length + 8 != len(data):
        raise Impure("WebP: the file is longer or shorter than it says.")
    kind, size = struct.unpack_from("<4sI", data, 12)
    padded = size + (size & 1)
    if 20 + padded != len(data):
        raise Impure("WebP: more than the one chunk of pixels.")
    if size & 1 and data[-1]:
        raise Impure("WebP: padding that is not empty.")
    if kind == b"VP8 ":
        if data[20] & 1 or data[23:26] != b"\x9d\x01\x2a":
            raise Impure("WebP: no key frame.")
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        if data[20] != 0x2F:
            raise Impure("WebP: a damaged lossless picture.")
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    raise Impure(f"WebP: chunk {kind.decode('latin-1').strip()} does not belong there.")


# --- AVIF ---------------------------------------------------------------------------------------

_IN_META = [b"hdlr", b"pitm", b"iloc", b"iinf", b"iprp"]
_PROPERTIES = {b"ispe", b"pixi", b"av1C", b"colr"}
_OBU_SEQUENCE, _OBU_DELIMITER, _OBU_FRAME_HEADER, _OBU_TILES, _OBU_FRAME = 1, 2, 3, 4, 6
_PIXEL_OBUS = {_OBU_SEQUENCE, _OBU_DELIMITER, _OBU_FRAME_HEADER, _OBU_TILES, _OBU_FRAME}


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the boxes between two offsets: kind, and start and end of the body."""
    at = start
    while at < end:
        length, kind = struct.unpack_from(">I4s", data, at)
        if length < 8 or at + length > end:
            raise Impure("AVIF: a box that does not fit where it stands.")
        yield kind, at + 8, at + length
        at += length


def _avif(data: bytes) -> tuple[int, int]:
    top = list(_boxes(data, 0, len(data)))
    if [kind for kind, _, _ in top] != [b"ftyp", b"meta", b"mdat"]:
        raise Impure("AVIF: boxes beside type, description and pixels.")
    (_, f0, f1), (_, m0, m1), (_, d0, d1) = top
    brands = {data[at : at + 4] for at in range(f0 + 8, f1, 4)}
    if data[f0 : f0 + 4] != b"avif" or not brands <= {b"avif", b"mif1", b"miaf", b"MA1A", b"MA1B"}:
        raise Impure("AVIF: not a single still picture.")
    inner = {kind: (a, b) for kind, a, b in _boxes(data, m0 + 4, m1)}
    if sorted(inner) != sorted(_IN_META) or len(list(_boxes(data, m0 + 4, m1))) != len(_IN_META):
        raise Impure("AVIF: a description with parts that do not belong there.")
    _avif_handler(data[slice(*inner[b"hdlr"])])
    _avif_item(data, inner[b"iinf"])
    size = _avif_properties(data, *inner[b"iprp"])
    if _avif_extent(data, *inner[b"iloc"]) != (d0, d1 - d0):
        raise Impure("AVIF: bytes beside the picture.")
    _avif_pixels(data[d0:d1])
    return size


def _avif_handler(body: bytes) -> None:
    if body[:12] != b"\0" * 8 + b"pict" or body[12:24].strip(b"\0"):
        raise Impure("AVIF: not a picture.")
    if body[24:].rstrip(b"\0") not in (b"", b"libavif"):
        raise Impure("AVIF: a name of its own.")


def _avif_item(data: bytes, where: tuple[int, int]) -> None:
    start, end = where
    version = data[start]
    (count,) = struct.unpack_from(">H" if version == 0 else ">I", data, start + 4)
    entries = list(_boxes(data, start + (6 if version == 0 else 8), end))
    if count != 1 or len(entries) != 1 or entries[0][0] != b"infe":
        raise Impure("AVIF: more than the one item.")
    body = data[entries[0][1] : entries[0][2]]
    if body[0] != 2 or body[8:12] != b"av01" or body[12:].rstrip(b"\0") not in (b"", b"Color"):
        raise Impure("AVIF: an item that is no AV1 picture.")


def _avif_properties(data: bytes, start: int, end: int) -> tuple[int, int]:
    parts = list(_boxes(data, start, end))
    if [kind for kind, _, _ in parts] != [b"ipco", b"ipma"]:
        raise Impure("AVIF: properties that do not belong there.")
    size = None
    for kind, a, b in _boxes(data, parts[0][1], parts[0][2]):
        if kind not in _PROPERTIES:
            raise Impure(f"AVIF: property {kind.decode('latin-1')} does not belong there.")
        if kind == b"colr" and (data[a : a + 4] != b"nclx" or b - a != 11):
            raise Impure("AVIF: a colour profile.")
        if kind == b"ispe":
            if size or b - a != 12:
                raise Impure("AVIF: two sizes.")
            size = struct.unpack_from(">II", data, a + 4)
        if kind == b"av1C":
            _avif_pixels(data[a + 4 : b])
        if kind == b"pixi" and b - a != 5 + data[a + 4]:
            raise Impure("AVIF: a pixel description with more than it needs.")
    if size is None:
        raise Impure("AVIF: no size.")
    return size[0], size[1]


def _avif_extent(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Return the offset and length of the single extent of the single item."""
    version, sizes, base = data[start], data[start + 4], data[start + 5]
    if version != 0 or sizes != 0x44 or base & 0xF0 not in (0x00, 0x40):
        raise Impure("AVIF: places described in an unusual way.")
    skip = base >> 4  # bytes of a base offset
    (items,) = struct.unpack_from(">H", data, start + 6)
    at = start + 8 + 4
    origin = struct.unpack_from(">I", data, at)[0] if skip else 0
    (extents,) = struct.unpack_from(">H", data, at + skip)
    offset, length = struct.unpack_from(">II", data, at + skip + 2)
    if items != 1 or extents != 1 or at + skip + 10 != end:
        raise Impure("AVIF: more than the one place of pixels.")
    return origin + offset, length


def _avif_pixels(data: bytes) -> None:
    """Check that the stream has only the open bitstream units of a picture: no metadata or padding."""
    at = 0
    while at < len(data):
        head = data[at]
        kind, extended, sized = head >> 3 & 15, head >> 2 & 1, head >> 1 & 1
        if head & 0x81 or kind not in _PIXEL_OBUS:
            raise Impure("AVIF: a unit of the bitstream that is not of the picture.")
        at += 1 + extended
        if not sized:
            return  # the last one reaches to the end
        length, shift = 0, 0
        while True:
            byte = data[at]
            at += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
            if shift > 28:
                raise Impure("AVIF: a unit of absurd length.")
        at += length
    if at != len(data):
        raise Impure("AVIF: a unit that is cut off.")
