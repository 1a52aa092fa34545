"""Drawing functions for sample pictures that look like crops of photographs."""

from __future__ import annotations

import random
from collections.abc import Callable

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

Colour = tuple[int, int, int]
SIZE = (1600, 1200)


def font(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    return ImageFont.load_default(size)


def plain(colour: Colour, size: tuple[int, int] = SIZE) -> Image.Image:
    return Image.new("RGB", size, colour)


def gradient(top: Colour, bottom: Colour, size: tuple[int, int] = SIZE) -> Image.Image:
    mask = Image.linear_gradient("L").resize(size)
    return Image.composite(plain(bottom, size), plain(top, size), mask)


def grain(picture: Image.Image, strength: float, seed_sigma: float = 40) -> Image.Image:
    """Return a picture with noise: ``strength`` 0 leaves it, 1 makes it all noise."""
    noise = Image.effect_noise(picture.size, seed_sigma).convert("RGB")
    return Image.blend(picture, ImageChops.overlay(picture, noise), strength)


def woven(colour: Colour, size: tuple[int, int] = SIZE, pitch: int = 6) -> Image.Image:
    """Return a piece of cloth, with threads across and along."""
    cloth = plain(colour, size)
    draw = ImageDraw.Draw(cloth)
    dark = tuple(max(0, value - 16) for value in colour)
    light = tuple(min(255, value + 12) for value in colour)
    for x in range(0, size[0], pitch):
        draw.line([(x, 0), (x, size[1])], fill=dark, width=1)
    for y in range(0, size[1], pitch):
        draw.line([(0, y), (size[0], y)], fill=light, width=1)
    return grain(cloth, 0.35)


def wooden(colour: Colour, rng: random.Random, size: tuple[int, int] = SIZE) -> Image.Image:
    """Return wooden boards, with a grain along them."""
    streaks = Image.effect_noise((size[0] // 40, size[1]), 60).resize(
        size, Image.Resampling.BICUBIC
    )
    board = Image.blend(plain(colour, size), ImageOps.colorize(streaks, (60, 34, 16), colour), 0.55)
    draw = ImageDraw.Draw(board)
    for y in range(rng.randrange(80, 200), size[1], 260):
        draw.line([(0, y), (size[0], y)], fill=tuple(value // 3 for value in colour), width=5)
    return board


def mosaic(
    tile: Image.Image, size: tuple[int, int] = SIZE, joint: int = 0, ground: Colour = (90, 88, 84)
) -> Image.Image:
    """Repeat a tile over a picture."""
    whole = plain(ground, size)
    for y in range(0, size[1], tile.height + joint):
        for x in range(0, size[0], tile.width + joint):
            whole.paste(tile, (x, y))
    return whole


def soft_paste(
    ground: Image.Image, thing: Image.Image, at: tuple[int, int], shade: int = 120
) -> None:
    """Paste an RGBA picture on a ground, with a shadow."""
    alpha = thing.getchannel("A")
    shadow = Image.new("RGBA", thing.size, (0, 0, 0, 0))
    shadow.putalpha(alpha.point(lambda value: value * shade // 255))
    room = Image.new("RGBA", ground.size, (0, 0, 0, 0))
    room.paste(shadow, (at[0] + 26, at[1] + 32))
    room = room.filter(ImageFilter.GaussianBlur(22))
    ground.paste(room, (0, 0), room)
    ground.paste(thing, at, thing)


def blank(size: tuple[int, int]) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    thing = Image.new("RGBA", size, (0, 0, 0, 0))
    return thing, ImageDraw.Draw(thing)


def seen_from(picture: Image.Image, lean: float) -> Image.Image:
    """Return a picture as seen from one side; ``lean`` is -0.3 to 0.3."""
    width, height = picture.size
    cut = int(abs(lean) * height / 2)
    if lean >= 0:
        corners = (0, 0, 0, height, width, height - cut, width, cut)
    else:
        corners = (0, cut, 0, height - cut, width, height, width, 0)
    return picture.transform(picture.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC)


def photographed(
    picture: Image.Image, *, light: tuple[float, float] = (0.35, 0.3), blur: float = 1.4
) -> Image.Image:
    """Return a drawing that looks like a cheap photograph: uneven light, blur and grain."""
    width, height = picture.size
    glow = ImageOps.invert(Image.radial_gradient("L")).resize((width * 2, height * 2))
    x, y = int(width * (1 - light[0])), int(height * (1 - light[1]))
    glow = glow.crop((x, y, x + width, y + height)).point(lambda value: 105 + value * 3 // 5)
    lit = ImageChops.multiply(picture, Image.merge("RGB", [glow] * 3))
    lit = ImageEnhance.Brightness(lit).enhance(1.28)
    lit = lit.filter(ImageFilter.GaussianBlur(blur))
    return grain(lit, 0.16, 34)


Drawing = Callable[[random.Random], Image.Image]
