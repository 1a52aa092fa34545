"""The person gate's recall on pictures of people from a package, and its false alarms on things.

    make bench

People: scikit-image's astronaut and camera, each turned, reduced, blurred, cropped to the face and placed
small in a large picture; and the hundred faces of lfw_subset, 25 pixels a side, enlarged. Things: the other
hundred of lfw_subset (no faces), scikit-image's pictures of objects and textures, and our own drawings. A
false alarm costs two analysts a sentence each. A miss is left to the two people who look.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

import numpy
from PIL import Image, ImageFilter
from skimage import data

from objects.pictures.persongate import Model, detect
from objects.sample.drawings import DRAWINGS

THINGS = (
    *("brick", "chelsea", "coffee", "coins", "grass", "gravel", "horse", "logo", "moon", "page"),
    *("rocket", "text", "clock", "checkerboard", "colorwheel", "hubble_deep_field"),
    *("shepp_logan_phantom", "cell", "immunohistochemistry", "microaneurysms"),
)


def image(values: numpy.ndarray) -> Image.Image:
    if values.dtype != numpy.uint8:
        values = (values * 255).astype(numpy.uint8)
    return Image.fromarray(values).convert("RGB")


def people() -> Iterator[tuple[str, Image.Image]]:
    for name, face in (("astronaut", (150, 50, 290, 210)), ("camera", (160, 60, 320, 240))):
        whole = image(getattr(data, name)())
        for degrees in (0, 45, 90, 180, 270):
            yield "whole, turned", whole.rotate(degrees, expand=True)
        for side in (100, 256, 1500, 2000):
            yield "whole, other sizes", whole.resize((side, side))
        for radius in (2, 4):
            yield "whole, blurred", whole.filter(ImageFilter.GaussianBlur(radius))
        yield "cut to the face", whole.crop(face)
        for side in (300, 200, 140):
            ground = Image.new("RGB", (3000, 2200), (120, 110, 100))
            ground.paste(whole.resize((side, side)), (2100, 1500))
            yield f"{side} of 3000 pixels wide", ground
    for values in data.lfw_subset()[:100]:
        yield (
            "lfw faces, 25 px enlarged",
            image(values).resize((320, 320), Image.Resampling.BICUBIC),
        )


def things() -> Iterator[tuple[str, Image.Image]]:
    for values in data.lfw_subset()[100:]:
        yield "lfw without faces", image(values).resize((320, 320), Image.Resampling.BICUBIC)
    for name in THINGS:
        yield "scikit-image's things", image(getattr(data, name)())
    for drawing in DRAWINGS.values():
        yield "our drawings", drawing(random.Random(1)).convert("RGB")


def counted(pictures: Iterator[tuple[str, Image.Image]], model: Model) -> dict[str, list[bool]]:
    found: dict[str, list[bool]] = {}
    for kind, picture in pictures:
        found.setdefault(kind, []).append(bool(detect(picture, model)))
    return found


def table(title: str, found: dict[str, list[bool]], word: str) -> None:
    print(title)
    for kind, answers in found.items():
        print(f"  {kind:28}{sum(answers):4} of {len(answers):3} {word}")
    every = [answer for answers in found.values() for answer in answers]
    print(f"  {'all':28}{sum(every):4} of {len(every):3} {word} ({sum(every) / len(every):.1%})")


def main() -> None:
    model = Model()
    begun = time.perf_counter()
    table("Recall: pictures with a person", counted(people(), model), "found")
    table("False alarms: pictures without one", counted(things(), model), "held")
    drawn = DRAWINGS["wall_socket"](random.Random(1)).convert("RGB")
    took = time.perf_counter()
    detect(drawn, model)
    print(
        f"{time.perf_counter() - took:.1f} s for {drawn.width} × {drawn.height} pixels; "
        f"{took - begun:.0f} s for all"
    )


if __name__ == "__main__":
    main()
