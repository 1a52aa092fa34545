import os
import tempfile
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from objects.pictures.sanitise import WRITES, Refusal, sanitise

FORMATS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".webp": "WEBP"}


def four_numbers(text: str) -> tuple[int, int, int, int]:
    x, y, width, height = (int(part) for part in text.split(","))
    return x, y, width, height


class Command(BaseCommand):
    help = "Write a picture anew with its pixels alone; exit 1 and a reason when it is refused."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("source", metavar="SRC", type=Path)
        parser.add_argument(
            "destination", metavar="DEST", type=Path, help="ends in .jpg, .png or .webp"
        )
        parser.add_argument(
            "--crop", type=four_numbers, metavar="X,Y,W,H", help="in pixels, as seen"
        )

    def handle(self, *, source: Path, destination: Path, crop, **options: object) -> None:
        output = FORMATS.get(destination.suffix.lower())
        if output not in WRITES:
            raise CommandError(f"{destination}: the name must end in .jpg, .png or .webp")
        try:
            picture = sanitise(source.read_bytes(), crop=crop, output=output)
        except Refusal as refusal:
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
        """Write beside the destination and move into place, so that it is whole or untouched."""
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
