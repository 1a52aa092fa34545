"""The twelve pictures of the sample objects."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from objects.sample.studio import (
    SIZE,
    Drawing,
    blank,
    font,
    gradient,
    mosaic,
    photographed,
    plain,
    seen_from,
    soft_paste,
    wooden,
    woven,
)


def bag_with_bird(rng: random.Random) -> Image.Image:
    scene = wooden((150, 108, 70), rng)
    bag, draw = blank((980, 1040))
    draw.polygon([(70, 190), (910, 170), (960, 1030), (20, 1030)], fill=(238, 238, 232, 255))
    for side in (250, 590):
        draw.arc([side, 0, side + 150, 400], 180, 360, fill=(222, 222, 214, 255), width=34)
    for _ in range(26):
        x, y = rng.randrange(60, 900), rng.randrange(200, 1000)
        length = rng.randrange(60, 240)
        draw.line([(x, y), (x + length // 3, y + length)], fill=(214, 214, 208, 255), width=3)
    red = (196, 38, 44, 255)
    draw.ellipse([300, 420, 620, 690], fill=red)
    draw.ellipse([540, 370, 700, 520], fill=red)
    draw.polygon([(690, 430), (780, 452), (690, 478)], fill=(240, 170, 30, 255))
    draw.polygon([(310, 540), (150, 440), (200, 640)], fill=red)
    draw.polygon([(420, 500), (560, 560), (390, 660)], fill=(150, 22, 30, 255))
    draw.ellipse([618, 418, 640, 440], fill=(255, 255, 255, 255))
    draw.text((250, 740), "MERCADO", font=font(118), fill=(40, 44, 60, 255))
    draw.text((320, 868), "del barrio", font=font(84), fill=red)
    soft_paste(scene, bag.rotate(5, expand=True, resample=Image.Resampling.BICUBIC), (260, 60))
    return photographed(scene)


def patterned_tiles(rng: random.Random) -> Image.Image:
    tile = plain((226, 218, 200), (300, 300))
    draw = ImageDraw.Draw(tile)
    blue, rust = (52, 84, 122), (164, 84, 52)
    for x, y in ((0, 0), (300, 0), (0, 300), (300, 300)):
        draw.ellipse([x - 120, y - 120, x + 120, y + 120], outline=blue, width=26)
        draw.ellipse([x - 54, y - 54, x + 54, y + 54], fill=rust)
    draw.polygon([(150, 44), (256, 150), (150, 256), (44, 150)], fill=blue)
    draw.polygon([(150, 84), (216, 150), (150, 216), (84, 150)], fill=(226, 218, 200))
    draw.regular_polygon((150, 150, 42), 8, fill=rust)
    floor = mosaic(tile, (1800, 1400), joint=7, ground=(128, 122, 112))
    draw = ImageDraw.Draw(floor)
    for _ in range(60):
        x, y = rng.randrange(1800), rng.randrange(1400)
        draw.ellipse(
            [x, y, x + rng.randrange(4, 16), y + rng.randrange(4, 12)], fill=(150, 142, 130)
        )
    return photographed(seen_from(floor, 0.24).crop((100, 120, 1700, 1320)), light=(0.7, 0.2))


def striped_throw(rng: random.Random) -> Image.Image:
    cloth = woven((196, 182, 158), pitch=8)
    draw = ImageDraw.Draw(cloth)
    y = 60
    for height, colour in (
        (70, (110, 32, 44)),
        (18, (214, 168, 60)),
        (130, (30, 58, 62)),
        (18, (214, 168, 60)),
    ) * 3:
        draw.rectangle([0, y, SIZE[0], y + height], fill=colour)
        y += height + 58
    folds = Image.new("L", SIZE, 128)
    fold = ImageDraw.Draw(folds)
    for x in range(-400, SIZE[0], 190):
        fold.polygon(
            [(x, 0), (x + 90, 0), (x + 420, SIZE[1]), (x + 300, SIZE[1])],
            fill=rng.randrange(70, 190),
        )
    folds = folds.filter(ImageFilter.GaussianBlur(46))
    textured = ImageChops.overlay(
        Image.blend(cloth, woven((160, 150, 140), pitch=8), 0.22), folds.convert("RGB")
    )
    return photographed(textured, light=(0.2, 0.7))


def pump_bottle(rng: random.Random) -> Image.Image:
    scene = mosaic(
        gradient((208, 220, 222), (190, 204, 206), (390, 195)), joint=9, ground=(168, 172, 170)
    )
    bottle, draw = blank((520, 1080))
    draw.rectangle([236, 60, 284, 250], fill=(236, 236, 236, 255))
    draw.rounded_rectangle([110, 40, 300, 96], 26, fill=(246, 246, 246, 255))
    draw.rounded_rectangle([180, 200, 340, 280], 14, fill=(222, 222, 222, 255))
    draw.rounded_rectangle([70, 270, 450, 1060], 90, fill=(250, 214, 120, 255))
    draw.rounded_rectangle([92, 300, 140, 1030], 24, fill=(255, 236, 178, 255))
    draw.rectangle([84, 480, 436, 850], fill=(252, 250, 240, 255))
    draw.text((128, 520), "SAPONE", font=font(74), fill=(66, 92, 48, 255))
    draw.text((128, 610), "alla camomilla", font=font(42), fill=(120, 120, 100, 255))
    for angle in range(0, 360, 30):
        x, y = 260 + 74 * math.cos(math.radians(angle)), 752 + 62 * math.sin(math.radians(angle))
        draw.ellipse(
            [x - 26, y - 22, x + 26, y + 22],
            fill=(255, 255, 255, 255),
            outline=(206, 200, 180, 255),
        )
    draw.ellipse([226, 720, 294, 784], fill=(238, 184, 40, 255))
    soft_paste(scene, bottle, (540, 90))
    draw = ImageDraw.Draw(scene)
    draw.rectangle([0, 1130, SIZE[0], SIZE[1]], fill=(232, 230, 224))
    return photographed(scene, light=(0.6, 0.35))


def wall_socket(rng: random.Random) -> Image.Image:
    scene = plain((214, 206, 188))
    plate, draw = blank((760, 760))
    draw.rounded_rectangle(
        [10, 10, 750, 750], 46, fill=(243, 240, 230, 255), outline=(206, 200, 186, 255), width=8
    )
    draw.ellipse(
        [130, 130, 630, 630], fill=(232, 228, 216, 255), outline=(190, 184, 170, 255), width=8
    )
    draw.ellipse([160, 160, 600, 600], fill=(218, 213, 200, 255))
    for x in (258, 466):
        draw.ellipse([x, 356, x + 44, 400], fill=(30, 28, 26, 255))
    draw.ellipse([357, 222, 403, 268], fill=(170, 150, 90, 255), outline=(90, 80, 50, 255), width=5)
    draw.text((306, 650), "ELMA 16A 250V", font=font(24), fill=(160, 154, 140, 255))
    soft_paste(
        scene, plate.rotate(-2, expand=True, resample=Image.Resampling.BICUBIC), (400, 180), 90
    )
    draw = ImageDraw.Draw(scene)
    for _ in range(40):
        x, y = rng.randrange(SIZE[0]), rng.randrange(SIZE[1])
        draw.line(
            [(x, y), (x + rng.randrange(-30, 30), y + rng.randrange(8, 70))],
            fill=(200, 192, 174),
            width=2,
        )
    return photographed(scene, light=(0.25, 0.25))


def biscuit_packet(rng: random.Random) -> Image.Image:
    scene = woven((70, 96, 108), pitch=9)
    packet, draw = blank((1180, 620))
    draw.polygon([(0, 40), (1180, 0), (1180, 580), (0, 620)], fill=(22, 70, 140, 255))
    draw.polygon([(0, 360), (1180, 250), (1180, 580), (0, 620)], fill=(240, 196, 40, 255))
    draw.text(
        (90, 96),
        "Krokantki",
        font=font(170),
        fill=(255, 255, 255, 255),
        stroke_width=6,
        stroke_fill=(14, 44, 96, 255),
    )
    draw.text((100, 310), "z miodem", font=font(86), fill=(22, 70, 140, 255))
    for x in (720, 900, 1050):
        draw.ellipse(
            [x - 90, 330, x + 90, 500],
            fill=(196, 136, 66, 255),
            outline=(150, 96, 40, 255),
            width=8,
        )
        for _ in range(16):
            dx, dy = rng.randrange(-56, 56), rng.randrange(-48, 48)
            draw.ellipse([x + dx, 415 + dy, x + dx + 10, 423 + dy], fill=(150, 96, 40, 255))
    draw.text((110, 500), "250 g", font=font(52), fill=(22, 70, 140, 255))
    soft_paste(scene, packet.rotate(11, expand=True, resample=Image.Resampling.BICUBIC), (190, 210))
    return photographed(scene)


def leaf_wallpaper(rng: random.Random) -> Image.Image:
    repeat = plain((226, 228, 212), (320, 400))
    draw = ImageDraw.Draw(repeat)
    for ox, oy, turn in ((80, 110, 1), (240, 310, -1)):
        draw.line([(ox, oy + 90), (ox, oy - 100)], fill=(94, 120, 84), width=6)
        for step in range(-80, 90, 34):
            for side in (-1, 1):
                tip = (ox + side * 68, oy + step - 34 * turn)
                middle = (ox + side * 40, oy + step + 6)
                draw.polygon(
                    [(ox, oy + step), (ox + side * 30, oy + step - 30), tip, middle],
                    fill=(126, 152, 106),
                )
        draw.ellipse([ox - 12, oy - 122, ox + 12, oy - 98], fill=(186, 112, 96))
    wall = mosaic(repeat)
    draw = ImageDraw.Draw(wall)
    draw.rectangle([0, 1090, SIZE[0], SIZE[1]], fill=(236, 234, 226))
    draw.line([(0, 1090), (SIZE[0], 1090)], fill=(150, 148, 140), width=8)
    return photographed(seen_from(wall, -0.16), light=(0.3, 0.5))


def mug_with_tower(rng: random.Random) -> Image.Image:
    scene = wooden((112, 84, 62), rng)
    mug, draw = blank((900, 800))
    draw.ellipse([610, 190, 870, 560], outline=(232, 232, 230, 255), width=58)
    draw.rounded_rectangle([60, 60, 690, 780], 60, fill=(240, 240, 238, 255))
    draw.ellipse([60, 10, 690, 130], fill=(226, 226, 224, 255))
    draw.ellipse([88, 28, 662, 116], fill=(74, 46, 30, 255))
    navy = (30, 52, 92, 255)
    draw.polygon([(330, 640), (420, 640), (400, 300), (350, 300)], fill=navy)
    draw.polygon([(340, 300), (410, 300), (375, 200)], fill=(186, 40, 50, 255))
    for y in range(350, 640, 70):
        draw.rectangle([362, y, 388, y + 30], fill=(240, 240, 238, 255))
    draw.arc([180, 560, 570, 740], 200, 340, fill=(66, 130, 170, 255), width=16)
    draw.text((196, 660), "SV. MARTIN 1998", font=font(48), fill=navy)
    soft_paste(scene, mug, (330, 230))
    return photographed(scene, light=(0.65, 0.3))


def seat_fabric(rng: random.Random) -> Image.Image:
    cloth = woven((34, 48, 92), pitch=7)
    draw = ImageDraw.Draw(cloth)
    palette = [(212, 60, 72), (240, 180, 60), (80, 170, 176), (230, 226, 214)]
    for row in range(-1, 9):
        for column in range(-1, 12):
            x, y = column * 160 + (row % 2) * 80, row * 150
            colour = palette[(row * 3 + column) % 4]
            draw.polygon(
                [(x, y), (x + 58, y + 16), (x + 44, y + 74), (x - 12, y + 58)], fill=colour
            )
            draw.line(
                [(x + 80, y + 90), (x + 130, y + 62)], fill=palette[(row + column) % 4], width=12
            )
    seam = ImageDraw.Draw(cloth)
    seam.line([(0, 820), (SIZE[0], 770)], fill=(16, 22, 44), width=16)
    seam.line([(0, 842), (SIZE[0], 792)], fill=(70, 84, 130), width=5)
    return photographed(Image.blend(cloth, woven((30, 40, 80), pitch=7), 0.25), blur=1.8)


def calendar_corner(rng: random.Random) -> Image.Image:
    scene = gradient((196, 186, 170), (176, 164, 148))
    sheet, draw = blank((1120, 900))
    draw.rectangle([0, 0, 1120, 900], fill=(250, 249, 244, 255))
    draw.rectangle([0, 0, 1120, 210], fill=(28, 110, 84, 255))
    draw.text((60, 46), "MAJ 2004", font=font(120), fill=(255, 255, 255, 255))
    for column, day in enumerate(["Pn", "Wt", "Sr", "Cz", "Pt", "So", "Nd"]):
        draw.text((60 + column * 148, 236), day, font=font(48), fill=(120, 120, 116, 255))
        for row in range(4):
            colour = (190, 40, 46, 255) if column == 6 else (40, 44, 46, 255)
            draw.text(
                (60 + column * 148, 330 + row * 128),
                str(row * 7 + column + 1),
                font=font(64),
                fill=colour,
            )
    draw.text((60, 836), "Apteka Kasztan", font=font(44), fill=(28, 110, 84, 255))
    for x in range(70, 1120, 60):
        draw.ellipse([x, 12, x + 22, 34], fill=(90, 86, 80, 255))
    soft_paste(scene, sheet.rotate(-3, expand=True, resample=Image.Resampling.BICUBIC), (250, 130))
    return photographed(scene, light=(0.3, 0.6), blur=2.0)


def sports_badge(rng: random.Random) -> Image.Image:
    scene = woven((32, 34, 38), pitch=6)
    badge, draw = blank((700, 820))
    draw.polygon(
        [(30, 30), (670, 30), (670, 470), (350, 800), (30, 470)], fill=(244, 240, 230, 255)
    )
    draw.polygon([(62, 62), (638, 62), (638, 458), (350, 752), (62, 458)], fill=(16, 92, 60, 255))
    draw.polygon([(62, 62), (350, 62), (350, 752), (62, 458)], fill=(236, 232, 222, 255))
    draw.regular_polygon((350, 330, 150), 5, fill=(206, 152, 40, 255))
    draw.regular_polygon((350, 330, 74), 5, rotation=36, fill=(16, 92, 60, 255))
    draw.text((214, 92), "A.D.C.", font=font(92), fill=(196, 40, 48, 255))
    draw.text((270, 540), "1967", font=font(76), fill=(206, 152, 40, 255))
    soft_paste(scene, badge.rotate(8, expand=True, resample=Image.Resampling.BICUBIC), (390, 120))
    return photographed(scene, light=(0.55, 0.4))


def hexagon_carpet(rng: random.Random) -> Image.Image:
    carpet = woven((74, 66, 62), pitch=5)
    draw = ImageDraw.Draw(carpet)
    for row in range(-1, 9):
        for column in range(-1, 10):
            x, y = column * 190 + (row % 2) * 95, row * 164
            draw.regular_polygon(
                (x, y, 92), 6, rotation=30, fill=(168, 126, 78), outline=(40, 34, 32)
            )
            draw.regular_polygon((x, y, 58), 6, rotation=30, fill=(52, 72, 84))
            draw.regular_polygon((x, y, 24), 6, rotation=30, fill=(214, 190, 150))
    worn = Image.blend(carpet, woven((96, 84, 76), pitch=5), 0.3)
    return photographed(seen_from(worn, 0.2), light=(0.4, 0.2), blur=1.8)


DRAWINGS: dict[str, Drawing] = {
    drawing.__name__: drawing
    for drawing in (
        *(bag_with_bird, patterned_tiles, striped_throw, pump_bottle, wall_socket, biscuit_packet),
        *(
            leaf_wallpaper,
            mug_with_tower,
            seat_fabric,
            calendar_corner,
            sports_badge,
            hexagon_carpet,
        ),
    )
}
