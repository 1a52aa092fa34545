"""``manage.py sanitise``: write a clean copy of a picture."""

import os
import tempfile
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from objects.pictures.isolated import Unavailable, sanitise
from objects.pictures.sanitise import LARGEST_BYTES, WRITES, Refusal

FORMATS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".webp": "WEBP", ".avif": "AVIF"}


def four_numbers(text: str) -> tuple[int, int, int, int]:
    """Return the numbers of a text such as 10,20,300,200."""
    x, y, width, height = (int(part) for part in text.split(","))
    return x, y, width, height


class Command(BaseCommand):
    help = "Write a clean copy of a picture that holds its pixels only. Exit with 1 and a reason if it is refused."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("source", metavar="SRC", type=Path)
        parser.add_argument(
            "destination", metavar="DEST", type=Path, help="ends in .jpg, .png, .webp or .avif"
        )
        parser.add_argument(
            "--crop", type=four_numbers, metavar="X,Y,W,H", help="in pixels of the upright picture"
        )

    def handle(self, *, source: Path, destination: Path, crop, **options: object) -> None:
        output = FORMATS.get(destination.suffix.lower())
        if output not in WRITES:
            raise CommandError(f"{destination}: the name must end in .jpg, .png, .webp or .avif")
        try:
            with source.open("rb") as file:  # a file that is too large is not read to its end
                picture = sanitise(file.read(LARGEST_BYTES + 1), crop=crop, output=output)
        except (Refusal, Unavailable) as refusal:
            raise CommandError(f"{source}: {refusal}") from None
        except OSError as error:
            raise CommandError(f"{source}: cannot be read ({error.strerror})") from None
        try:
            self._write_whole(destination, picture.data)
        except OSError as error:
            raise CommandError(f"{destination}: cannot be written ({error.strerror})") from None
        self.stdout.write(
            f"{destination}: {picture.width} × {picture.height} pixels, {len(picture.data)} bytes"
        )

    @staticmethod
    def _write_whole(destination: Path, data: bytes) -> None:
        """Write to a temporary file and rename it, so that the destination is complete or unchanged."""
        handle, name = tempfile.mkstemp(dir=destination.parent, suffix=destination.suffix)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            umask = os.umask(0)
            os.umask(umask)
            os.chmod(name, 0o666 & ~umask)
            os.replace(name, destination)
        except BaseException:
            os.unlink(name)
            raise
