"""A sanitised picture holds only pixels; other files are refused with a plain reason."""

import hashlib
import io
import shutil
import struct
import subprocess
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from objects.pictures import structure
from objects.pictures.derivatives import WIDTHS, derive, placeholder
from objects.pictures.sanitise import LARGEST_PIXELS, Refusal, decode, sanitise
from tests.factories import drawing, encoded
from tests.skips import skip_or_fail
from tests.stack import manage

SMALL = drawing((64, 48))
SECRET = b"GPS 52.37403 4.88969 Jane Doe's phone"


def dirty(kind):
    """Return a picture with hidden data in every place that its format offers."""
    exif = Image.Exif()
    exif[0x010E] = exif[0x013B] = SECRET.decode()
    exif.get_ifd(0x8825)[2] = (52.0, 22.0, 26.0)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options = {"exif": exif, "icc_profile": profile}
    if kind == "PNG":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text("Comment", SECRET.decode())
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", SECRET.decode())
    elif kind == "JPEG":
        options |= {"comment": SECRET, "xmp": SECRET}
    elif kind == "WEBP":
        options["xmp"] = SECRET
    if kind == "HEIF":
        options["xmp"] = SECRET
        return encoded(SMALL, kind, **options)  # its reader takes bytes after the end for damage
    return encoded(SMALL, kind, **options) + SECRET


@pytest.mark.parametrize("output", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_nothing_hidden_survives(kind, output):
    clean = sanitise(dirty(kind), output=output)
    for trace in (
        b"Jane",
        b"52.374",
        b"Exif",
        b"http",
        b"ICC_PROFILE",
        b"iCCP",
        b"ICCP",
        b"XMP",
        b"tEXt",
    ):
        assert trace not in clean.data
    with Image.open(io.BytesIO(clean.data)) as read:
        assert read.format == output
        assert not read.getexif()
        assert set(read.info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "loop",
            "background",
            "progressive",
            "progression",
        }
    assert structure.check(clean.data) == (output, clean.width, clean.height)


def test_exiftool_finds_no_metadata(tmp_path):
    if not shutil.which("exiftool"):
        skip_or_fail("NO EXIFTOOL: install libimage-exiftool-perl to run this test")
    for output, ending in (
        ("JPEG", "jpg"),
        ("PNG", "png"),
        ("WEBP", "webp"),
        ("AVIF", "avif"),
    ):
        path = tmp_path / f"clean.{ending}"
        path.write_bytes(sanitise(dirty("JPEG"), output=output).data)
        tags = subprocess.run(
            ["exiftool", "-G1", "-a", "-u", str(path)], capture_output=True, text=True, check=True
        ).stdout
        groups = {line.split("]")[0].strip("[") for line in tags.splitlines()}
        assert groups <= {
            *("ExifTool", "System", "File", "JFIF", "PNG", "RIFF", "Composite"),
            *("Meta", "Track1", "QuickTime"),  # what exiftool calls the skeleton of an AVIF
        }, tags


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_upright_as_its_orientation_says(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    turned = decode(encoded(SMALL, "JPEG", exif=exif))
    assert turned.size == (SMALL.size if orientation < 5 else SMALL.size[::-1])


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F"])
def test_every_kind_of_pixel_becomes_rgb(mode):
    kind = "TIFF" if mode in ("CMYK", "I;16", "I", "F") else "PNG"
    source = (
        SMALL.convert("L").convert("I").convert(mode) if mode == "I;16" else SMALL.convert(mode)
    )
    assert decode(encoded(source, kind)).mode == "RGB"


def test_transparency_is_laid_on_white():
    clear = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    assert decode(encoded(clear)).getpixel((4, 4)) == (255, 255, 255)
    palette = Image.new("P", (8, 8), 0)
    palette.putpalette([255, 0, 0] * 256)
    assert decode(encoded(palette, "PNG", transparency=0)).getpixel((4, 4)) == (255, 255, 255)


def test_only_the_first_frame_of_an_animation_is_kept():
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "blue")]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    clean = sanitise(data, output="WEBP")
    with Image.open(io.BytesIO(clean.data)) as read:
        assert getattr(read, "n_frames", 1) == 1
        assert read.convert("RGB").getpixel((8, 8))[0] > 200


def png_with_stated_size(width, height):
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"not a picture", "cannot be read as a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"<?xml version='1.0'?><!-- --><svg/>", "SVG"),
        (b"%PDF-1.7", "cannot be read as a picture"),
        (encoded(SMALL, "PNG")[:200], "damaged"),
        (encoded(SMALL, "JPEG")[:300], "damaged"),
        (png_with_stated_size(20_000, 20_000), "megapixels"),
        (png_with_stated_size(60_000, 60_000), "megapixels"),
        (png_with_stated_size(100_000, 2), "pixels"),
        (b"\0" * (41 * 1024 * 1024), "larger"),
    ],
)
def test_an_unreadable_picture_is_refused_with_a_reason(data, why):
    with pytest.raises(Refusal, match=why):
        sanitise(data)


def test_a_decompression_bomb_is_refused_before_its_pixels_are_allocated():
    import tracemalloc

    tracemalloc.start()
    with pytest.raises(Refusal):
        sanitise(png_with_stated_size(LARGEST_PIXELS // 1000 + 1, 1000))
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_the_smallest_picture_passes():
    assert sanitise(encoded(Image.new("RGB", (1, 1)))).width == 1


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(["JPEG", "PNG", "GIF", "TIFF", "WEBP", "AVIF", "HEIF"]),
    cuts=st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=6)), max_size=8),
)
def test_mutated_files_give_a_clean_picture_or_a_refusal(kind, cuts):
    data = bytearray(encoded(SMALL, kind))
    for where, bytes_ in cuts:
        at = int(where * (len(data) - 1))
        data[at : at + len(bytes_)] = bytes_
    try:
        clean = sanitise(bytes(data), output="PNG")
    except Refusal:
        return
    assert structure.check(clean.data)[0] == "PNG"


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_at_all_are_answered_with_a_refusal(data):
    with pytest.raises(Refusal):
        sanitise(data)


@pytest.mark.parametrize("name", ["huge profile", "16 bit", "many frames", "mislabelled"])
def test_unusual_but_valid_pictures_come_out_clean(name):
    frames = [Image.new("RGB", (16, 16), (n * 8, 0, 0)) for n in range(30)]
    data = {
        "huge profile": encoded(SMALL, "JPEG", icc_profile=b"\0" * 900_000),
        "16 bit": encoded(Image.new("I;16", (20, 20), 40_000), "PNG"),
        "many frames": encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]),
        "mislabelled": encoded(SMALL, "WEBP"),  # whatever its name says, its bytes decide
    }[name]
    clean = sanitise(data, output="PNG")
    assert structure.check(clean.data)[0] == "PNG"


def test_an_animation_with_too_many_frames_is_refused():
    frames = [Image.new("P", (4, 4), n % 2) for n in range(1100)]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], optimize=False)
    data = data if data.count(b"\x2c") > 1000 else None
    assert data is not None
    with pytest.raises(Refusal, match="frames"):
        sanitise(data)


def test_a_crop_outside_the_picture_is_refused():
    for crop in ((0, 0, 65, 1), (-1, 0, 5, 5), (0, 0, 0, 5), (60, 40, 10, 10)):
        with pytest.raises(Refusal, match="crop"):
            sanitise(encoded(SMALL), crop=crop)


def test_derivatives_carry_the_hash_of_their_bytes_as_their_name():
    sizes = derive(drawing((2000, 1500)))
    assert [size.picture.width for size in sizes[::3]] == [*WIDTHS, 2000]
    assert [size.picture.format for size in sizes[:3]] == ["AVIF", "WEBP", "JPEG"]
    assert len({size.name for size in sizes}) == 12
    for size in sizes:
        assert size.name.startswith(hashlib.sha256(size.picture.data).hexdigest()[:40])
        assert structure.check(size.picture.data)[0] == size.picture.format


def test_a_placeholder_is_tiny():
    assert len(placeholder(drawing())) < 500


class TestCommand:
    def test_it_crops_and_cleans_a_file(self, tmp_path):
        source, destination = tmp_path / "in.jpg", tmp_path / "out.png"
        source.write_bytes(dirty("JPEG"))
        done = manage("sanitise", str(source), str(destination), "--crop", "4,4,20,10")
        assert done.returncode == 0, done.stderr
        with Image.open(destination) as read:
            assert read.size == (20, 10)
        assert b"Jane" not in destination.read_bytes()

    @pytest.mark.parametrize(
        "arguments",
        [
            ("missing.jpg", "out.png"),
            ("text.jpg", "out.png"),
            ("in.png", "out.svg"),
            ("in.png", "no/such/folder/out.png"),
            ("in.png", "out.png", "--crop", "0,0,9999,9999"),
            ("in.png", "out.png", "--crop", "a,b"),
        ],
    )
    def test_a_refusal_is_one_line_and_leaves_the_destination_as_it_was(self, tmp_path, arguments):
        (tmp_path / "in.png").write_bytes(encoded(SMALL))
        (tmp_path / "text.jpg").write_text("hello")
        (tmp_path / "out.png").write_text("before")
        done = manage("sanitise", *arguments, cwd=tmp_path)
        assert done.returncode == 1
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        assert (tmp_path / "out.png").read_text() == "before"
        assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == [
            "in.png",
            "out.png",
            "text.jpg",
        ]
