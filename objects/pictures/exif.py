"""Read the place and time of a photo from its Exif 2.32 metadata, before it is stripped."""

from __future__ import annotations

import io
import math
import re
from typing import Any

from PIL import ExifTags, Image

_TIME = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)")


def place_and_time(data: bytes) -> dict[str, Any]:
    """Return the latitude and longitude (degrees, WGS 84) and the time of a photo.

    Returns:
        ``latitude``, ``longitude`` and ``taken`` (ISO 8601, the camera's clock). Missing and impossible
        values are left out; nothing is raised.
    """
    found: dict[str, Any] = {}
    try:
        exif = Image.open(io.BytesIO(data)).getexif()
        about = exif.get_ifd(ExifTags.IFD.Exif)
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    except Exception:  # a decoder may raise anything on hostile bytes
        return found
    time = _TIME.match(str(about.get(ExifTags.Base.DateTimeOriginal, "")))
    if time:
        found["taken"] = "{}-{}-{}T{}:{}:{}".format(*time.groups())
    try:
        latitude = _degrees(gps[ExifTags.GPS.GPSLatitude], gps.get(ExifTags.GPS.GPSLatitudeRef))
        longitude = _degrees(gps[ExifTags.GPS.GPSLongitude], gps.get(ExifTags.GPS.GPSLongitudeRef))
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return found
    if abs(latitude) <= 90 and abs(longitude) <= 180 and (latitude, longitude) != (0, 0):
        found |= {"latitude": round(latitude, 6), "longitude": round(longitude, 6)}
    return found


def _degrees(parts: Any, reference: Any) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(value):
        raise ValueError("no number")
    return -value if str(reference).upper() in ("S", "W") else value
