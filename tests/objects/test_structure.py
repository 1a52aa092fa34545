"""A file with anything but pixels is refused, wherever it is hidden."""

import contextlib
import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from objects.pictures.sanitise import WRITES, encode
from objects.pictures.structure import Impure, check
from tests.factories import drawing, encoded

SMALL = drawing((64, 48))
CLEAN = {kind: encode(SMALL, kind).data for kind in WRITES}
SECRET = b"Jane Doe's phone"


@pytest.mark.parametrize("kind", sorted(WRITES))
def test_the_sanitisers_files_pass(kind):
    assert check(CLEAN[kind]) == (kind, 64, 48)


@pytest.mark.parametrize("kind", sorted(WRITES))
@pytest.mark.parametrize("tail", [b"\0", SECRET])
def test_a_byte_after_the_end_is_found(kind, tail):
    with pytest.raises(Impure):
        check(CLEAN[kind] + tail)


@pytest.mark.parametrize("kind", sorted(WRITES))
@settings(max_examples=40, deadline=None)
@given(part=st.floats(0, 0.999))
def test_a_file_that_is_cut_off_is_found(kind, part):
    data = CLEAN[kind]
    with pytest.raises(Impure):
        check(data[: int(len(data) * part)])


def exif():
    made = Image.Exif()
    made[0x010E] = SECRET.decode()
    return made


def with_text():
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", SECRET.decode())
    return info


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {"exif": exif()}),
        ("JPEG", {"comment": SECRET}),
        ("JPEG", {"icc_profile": SECRET}),
        ("JPEG", {"xmp": SECRET}),
        ("PNG", {"exif": exif()}),
        ("PNG", {"pnginfo": with_text()}),
        ("PNG", {"icc_profile": SECRET}),
        ("PNG", {"dpi": (72, 72)}),
        ("WEBP", {"exif": exif()}),
        ("WEBP", {"xmp": SECRET}),
        ("WEBP", {"icc_profile": SECRET}),
        ("AVIF", {"exif": exif()}),
        ("AVIF", {"xmp": SECRET}),
        ("AVIF", {"icc_profile": SECRET}),
    ],
)
def test_metadata_in_each_place_of_each_format_is_found(kind, options):
    with pytest.raises(Impure):
        check(encoded(SMALL, kind, **options))


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF", "GIF", "TIFF"])
def test_further_frames_and_other_formats_are_found(kind):
    buffer = io.BytesIO()
    SMALL.save(buffer, kind, save_all=True, append_images=[drawing((64, 48), seed=2)])
    with pytest.raises(Impure):
        check(buffer.getvalue())


@pytest.mark.parametrize("kind", ["RGBA", "L", "P"])
def test_other_pixels_than_plain_rgb_are_found_in_a_png(kind):
    with pytest.raises(Impure):
        check(encoded(SMALL.convert(kind)))


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(pixels):
    head = struct.pack(">IIBBBBB", 2, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "pixels",
    [
        zlib.compress(b"\0" * 7) + SECRET,  # after the compressed stream
        zlib.compress(b"\0" * 7 + SECRET),  # after the last row
        zlib.compress(b"\0" * 6),
        b"nonsense",
    ],
)
def test_bytes_beside_the_pixels_inside_a_png_are_found(pixels):
    assert check(png(zlib.compress(b"\0" * 7))) == ("PNG", 2, 1)
    with pytest.raises(Impure):
        check(png(pixels))


def insert(data, at, part):
    return data[:at] + part + data[at:]


def test_a_segment_between_two_scans_of_a_jpeg_is_found():
    data = CLEAN["JPEG"]
    second = data.index(b"\xff\xda", data.index(b"\xff\xda") + 2)
    hidden = b"\xff\xfe" + struct.pack(">H", 2 + len(SECRET)) + SECRET
    with pytest.raises(Impure, match="FE"):
        check(insert(data, second, hidden))


def test_a_thumbnail_in_the_jfif_header_is_found():
    data = CLEAN["JPEG"]
    thumbed = bytearray(insert(data, 20, b"\1\2\3"))
    thumbed[4:6] = struct.pack(">H", 16 + 3)
    thumbed[18:20] = b"\1\1"
    with pytest.raises(Impure, match="JFIF"):
        check(bytes(thumbed))


def test_bytes_in_an_avif_that_no_item_claims_are_found():
    data = bytearray(CLEAN["AVIF"] + SECRET)
    where = data.index(b"mdat") - 4
    (length,) = struct.unpack_from(">I", data, where)
    struct.pack_into(">I", data, where, length + len(SECRET))
    with pytest.raises(Impure, match="beside"):
        check(bytes(data))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(WRITES)), st.integers(0, 10_000), st.binary(min_size=1, max_size=8))
def test_a_damaged_file_is_judged_and_never_crashes(kind, at, put):
    data = bytearray(CLEAN[kind])
    at %= len(data)
    data[at : at + len(put)] = put
    with contextlib.suppress(Impure):
        assert check(bytes(data))[0] in WRITES


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"\0\0\0\x20ftyp"]),
    st.binary(),
)
def test_any_bytes_at_all_are_judged_and_never_crash(head, rest):
    with pytest.raises(Impure):
        check(head + rest)
