"""The person gate: detect faces and parts of bodies in a picture.

The detector is NudeNet's 320n model (Bedapudi Praneeth; a YOLOv8 whose weights are in the package). It takes
a square of 320 pixels and knows eighteen parts of a person. In a crop of a background, a person is small,
lying or cut off. So the gate runs the model on the whole picture, on the picture with space around it, and on
overlapping windows of halves, quarters and eighths, each in four rotations (the whole in eight). One answer
above the threshold is a finding.

It helps the two people who look at a picture, but does not replace them. It detects no hands, hair or
silhouettes.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

VERSION = "nudenet-320n/1"
FACE_FROM = 0.2  # the model seldom mistakes a thing for a face
BODY_FROM = 0.5  # but often mistakes a round or bare surface for a part of a body
SIDE = 320  # pixels of the model's input
BATCH = 8
SMALLEST_WINDOW = 320  # pixels; a smaller window is only enlarged
LABELS = (
    *("female genitalia covered", "face (female)", "buttocks", "female breast"),
    *("female genitalia", "male breast", "anus", "feet", "belly covered", "feet covered"),
    *("armpit covered", "armpit", "face (male)", "belly", "male genitalia", "anus covered"),
    *("female breast covered", "buttocks covered"),
)  # in the order of the model's classes


@dataclass(frozen=True)
class Finding:
    """Something that may be a part of a person.

    ``score`` is between 0 and 1; x, y, width and height are in pixels of the picture.
    """

    label: str
    score: float
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Window:
    """A square of the picture: top left corner and side in pixels, and rotation in degrees."""

    x: float
    y: float
    side: float
    degrees: int


class Model:
    """The detector, loaded from the package's own file. Nothing is downloaded.

    Raises:
        ImportError, OSError: the package or its model is missing.
    """

    def __init__(self) -> None:
        import onnxruntime

        found = importlib.util.find_spec("nudenet")
        if found is None or not found.origin:
            raise ImportError("the package nudenet is not installed")
        weights = Path(found.origin).with_name("320n.onnx")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 2
        self._session = onnxruntime.InferenceSession(
            weights.read_bytes(), options, providers=["CPUExecutionProvider"]
        )
        self._input = self._session.get_inputs()[0].name
        self.answer([Image.new("RGB", (SIDE, SIDE))])  # allocates its memory

    def answer(self, views: list[Image.Image]) -> Any:
        """Run the model on RGB squares of 320 pixels.

        Returns:
            An array of len(views) × 22 × 2100. For each of the model's 2100 places, it has centre x, y, width
            and height in pixels of the view, and eighteen scores.
        """
        import numpy

        batch = numpy.stack([numpy.asarray(view) for view in views]).astype(numpy.float32) / 255
        return self._session.run(None, {self._input: batch.transpose(0, 3, 1, 2)})[0]


def windows(width: int, height: int) -> Iterator[Window]:
    """Yield the squares of a picture on which the model runs, largest first."""
    longest = max(width, height)
    for degrees in range(0, 360, 45):
        yield _around(width, height, longest, degrees)
    for space in (1.6, 2.5):  # a face that fills the frame is found better from a distance
        for degrees in range(0, 360, 90):
            yield _around(width, height, longest * space, degrees)
    for part in (2, 4, 8):
        side = longest / part
        if side < SMALLEST_WINDOW and part > 2:
            return
        for y in _starts(height, side):
            for x in _starts(width, side):
                for degrees in range(0, 360, 90):
                    yield Window(x, y, side, degrees)


def detect(image: Image.Image, model: Model) -> list[Finding]:
    """Return what may be a person in an RGB image, highest score first, without overlaps."""
    raw: list[Finding] = []
    batch: list[Window] = []
    for window in windows(*image.size):
        batch.append(window)
        if len(batch) == BATCH:
            raw += _detect_in(image, batch, model)
            batch = []
    if batch:
        raw += _detect_in(image, batch, model)
    return _without_overlaps(raw)


def _around(width: int, height: int, side: float, degrees: int) -> Window:
    return Window((width - side) / 2, (height - side) / 2, side, degrees)


def _starts(length: int, side: float) -> list[float]:
    """Return the starts of windows along a length. They overlap by half, and the last is at the end."""
    if length <= side:
        return [(length - side) / 2]
    steps = -(-(length - side) // (side / 2))
    return [(length - side) * n / steps for n in range(int(steps) + 1)]


def _view(image: Image.Image, window: Window) -> Image.Image:
    box = (window.x, window.y, window.x + window.side, window.y + window.side)
    inside = (
        max(0, round(box[0])),
        max(0, round(box[1])),
        min(image.width, round(box[2])),
        min(image.height, round(box[3])),
    )
    scale = SIDE / window.side
    part = image.resize(
        (
            max(1, round((inside[2] - inside[0]) * scale)),
            max(1, round((inside[3] - inside[1]) * scale)),
        ),
        Image.Resampling.BILINEAR,
        box=inside,
        reducing_gap=2.0,
    )
    view = Image.new("RGB", (SIDE, SIDE))
    view.paste(part, (round((inside[0] - box[0]) * scale), round((inside[1] - box[1]) * scale)))
    return view.rotate(window.degrees, Image.Resampling.BILINEAR) if window.degrees else view


def _detect_in(image: Image.Image, batch: list[Window], model: Model) -> Iterator[Finding]:
    answers = model.answer([_view(image, window) for window in batch])
    for window, answer in zip(batch, answers, strict=True):
        scores = answer[4:].max(axis=0)
        for place in (scores >= FACE_FROM).nonzero()[0]:
            label = LABELS[int(answer[4:, place].argmax())]
            if scores[place] < BODY_FROM and not label.startswith("face"):
                continue
            yield _to_picture(
                image, window, label, float(scores[place]), *map(float, answer[:4, place])
            )


def _to_picture(
    image: Image.Image,
    window: Window,
    label: str,
    score: float,
    x: float,
    y: float,
    width: float,
    height: float,
) -> Finding:
    """Return a finding for a box in a rotated view (centre and size), in pixels of the picture."""
    angle = math.radians(window.degrees)
    dx, dy = x - SIDE / 2, y - SIDE / 2
    # Pillow rotates counterclockwise; y points down.
    sx = dx * math.cos(angle) - dy * math.sin(angle) + SIDE / 2
    sy = dx * math.sin(angle) + dy * math.cos(angle) + SIDE / 2
    w = abs(width * math.cos(angle)) + abs(height * math.sin(angle))
    h = abs(width * math.sin(angle)) + abs(height * math.cos(angle))
    scale = window.side / SIDE
    left = max(0.0, window.x + (sx - w / 2) * scale)
    top = max(0.0, window.y + (sy - h / 2) * scale)
    right = min(float(image.width), window.x + (sx + w / 2) * scale)
    bottom = min(float(image.height), window.y + (sy + h / 2) * scale)
    return Finding(
        label,
        round(score, 3),
        round(left),
        round(top),
        max(1, round(right - left)),
        max(1, round(bottom - top)),
    )


def _without_overlaps(raw: list[Finding]) -> list[Finding]:
    """Return the findings without those that overlap one with a higher score."""
    kept: list[Finding] = []
    for finding in sorted(raw, key=lambda f: -f.score):
        if not any(_overlap(finding, other) > 0.5 for other in kept):
            kept.append(finding)
    return kept


def _overlap(one: Finding, other: Finding) -> float:
    """Return the share of the smaller box that is inside the other, from 0 to 1."""
    w = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    h = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    smaller = min(one.width * one.height, other.width * other.height)
    return max(0, w) * max(0, h) / smaller
