"""Time to make all sizes of a 12-megapixel JPEG, compared with libvips in the same run.

    make bench

Both decode one JPEG and write it at 480, 960 and 1920 pixels and at full size, as AVIF, WebP and JPEG, with
the same qualities, speeds and chroma (objects.pictures.derivatives). libvips makes each size as its
documentation advises, with thumbnail, which shrinks on load. The figure is our time divided by libvips', for
each format and for all. Aim: 1.2 or less. Medians of ROUNDS, in turn.
"""

from __future__ import annotations

import io
import random
import statistics
import time
from collections.abc import Callable

import pyvips
from PIL import Image

from objects.pictures import derivatives
from objects.pictures.derivatives import ENDINGS, FULL, REDUCED, WIDTHS
from objects.pictures.sanitise import decode
from objects.sample.drawings import DRAWINGS

ROUNDS = 3
AIM = 1.2
SIZE = (4000, 3000)


def source() -> bytes:
    """A drawn picture with the grain of a photograph."""
    drawn = DRAWINGS["mug_with_tower"](random.Random(1)).resize(SIZE, Image.Resampling.BICUBIC)
    grain = Image.effect_noise(SIZE, 40).convert("RGB")
    buffer = io.BytesIO()
    Image.blend(drawn.convert("RGB"), grain, 0.08).save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


def ours(data: bytes, kinds: dict[str, str]) -> int:
    kept = dict(derivatives.ENDINGS)
    derivatives.ENDINGS.clear()
    derivatives.ENDINGS.update(kinds)
    try:
        return sum(len(each.picture.data) for each in derivatives.derive(decode(data)))
    finally:
        derivatives.ENDINGS.clear()
        derivatives.ENDINGS.update(kept)


def vips(data: bytes, kinds: dict[str, str]) -> int:
    total = 0
    for width in (*WIDTHS, None):
        options = FULL if width is None else REDUCED
        if width is None:
            image = pyvips.Image.new_from_buffer(data, "").copy_memory()
        else:
            image = pyvips.Image.thumbnail_buffer(data, width, height=100_000).copy_memory()
        for kind in kinds:
            total += len(_saved(image, kind, options[kind]))
    return total


def _saved(image: pyvips.Image, kind: str, options: dict) -> bytes:
    if kind == "JPEG":
        return image.jpegsave_buffer(
            Q=options["quality"],
            interlace=options["progressive"],
            optimize_coding=options.get("optimize", True),
            subsample_mode="off" if options["subsampling"] == 0 else "on",
            keep="none",
        )
    if kind == "WEBP":
        return image.webpsave_buffer(Q=options["quality"], effort=options["method"], keep="none")
    return image.heifsave_buffer(
        Q=options["quality"],
        compression="av1",
        effort=9 - options["speed"],
        subsample_mode="off" if options["subsampling"] == "4:4:4" else "on",
        keep="none",
    )


def timed(work: Callable[[bytes, dict[str, str]], int], data: bytes, kinds: dict[str, str]):
    begun = time.perf_counter()
    size = work(data, kinds)
    return time.perf_counter() - begun, size


def main() -> None:
    data = source()
    print(
        f"Derivatives of a {SIZE[0] * SIZE[1] / 1e6:.0f}-megapixel JPEG ({len(data) / 1e6:.1f} MB)"
    )
    print(f"{'':8}{'ours':>9}{'libvips':>9}{'ratio':>7}   bytes, ours : libvips")
    sets = {kind: {kind: ENDINGS[kind]} for kind in ENDINGS} | {"all": dict(ENDINGS)}
    for name, kinds in sets.items():
        rounds = [(timed(ours, data, kinds), timed(vips, data, kinds)) for _ in range(ROUNDS)]
        one = statistics.median(mine[0] for mine, _ in rounds)
        other = statistics.median(theirs[0] for _, theirs in rounds)
        sizes = rounds[0][0][1] / rounds[0][1][1]
        print(f"{name:8}{one:8.2f}s{other:8.2f}s{one / other:7.2f}   {sizes:.2f}", end="")
        print(f"   aim {AIM}: {'met' if one / other <= AIM else 'NOT met'}")


if __name__ == "__main__":
    main()
