"""Pictures as visitors send them, for the tests of uploads."""

from datetime import date

from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, TiffImagePlugin

from objects.pictures.hashes import sha256
from objects.screening import hash_lists
from tests.factories import drawing, encoded, published
from tips.models import Tip
from traceobject.staff.authority import System


def photo(seed=1, *, place=True):
    """Return a drawing with Exif data of where and when it was taken, like a phone's photo."""
    image = drawing((800, 600), seed)
    exif = image.getexif()
    about = exif.get_ifd(ExifTags.IFD.Exif)
    about[ExifTags.Base.DateTimeOriginal] = "2024:05:31 14:02:03"
    if place:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        number = TiffImagePlugin.IFDRational
        gps[ExifTags.GPS.GPSLatitudeRef] = "N"
        gps[ExifTags.GPS.GPSLatitude] = (number(37), number(23), number(24))
        gps[ExifTags.GPS.GPSLongitudeRef] = "W"
        gps[ExifTags.GPS.GPSLongitude] = (number(5), number(59), number(24))
    return encoded(image, "JPEG", exif=exif)


def chosen(data=None, name="photo.jpg"):
    return SimpleUploadedFile(name, photo() if data is None else data, "image/jpeg")


def send(client, *files, made=None, **fields):
    made = made or published(pictures=0)
    fields = {"text": "I saw it in Sevilla", **fields, "pictures": list(files)}
    return client.post(f"{made.get_absolute_url()}tip/", fields)


def sent(client, *files, **fields):
    assert send(client, *files, **fields).status_code == 200
    return Tip.objects.latest("id")


def everything_stored():
    private = storages["private"]
    names = [f"uploads/{name}" for name in private.listdir("uploads")[1]]
    return {name: private.open(name).read() for name in names}


def listed_file(data):
    hash_lists.import_list(
        [sha256(data)],
        source="Test list",
        dated=date(2026, 1, 2),
        kind="sha256",
        by=System.COMMAND_LINE,
    )
