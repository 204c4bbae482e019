"""Scenes of water, weather, land and play."""

import math
from itertools import pairwise
from random import Random

from newsroom.pictures.canvas import Canvas, Point
from newsroom.pictures.palette import Colour, Palette, blend
from newsroom.pictures.streets import WHITE, backdrop


def ridge(level: float, swing: float, dice: Random) -> list[Point]:
    """A hill's outline, closed along the bottom of the picture."""
    first, second = dice.uniform(0, 6.3), dice.uniform(0, 6.3)
    crest = [
        (x / 60, level + swing * (math.sin(x / 9 + first) * 0.6 + math.sin(x / 4.1 + second) * 0.25)) for x in range(61)
    ]
    return [*crest, (1.0, 1.0), (0.0, 1.0)]


def hills(canvas: Canvas, palette: Palette, dice: Random) -> None:
    """Rolling country, hedges and a few trees."""
    backdrop(canvas, palette, 0.7, dice.uniform(0.2, 0.8))
    layers = (palette.far, blend(palette.far, palette.mid, 0.6), palette.mid, palette.near)
    for depth, colour in enumerate(layers):
        canvas.polygon(ridge(0.46 + depth * 0.14, 0.09 - depth * 0.012, dice), colour)
        for _ in range(4 + depth * 3):
            _tree(canvas, (dice.random(), 0.56 + depth * 0.13), 0.008 + depth * 0.006, blend(colour, palette.near, 0.5))


def _tree(canvas: Canvas, foot: Point, size: float, colour: Colour) -> None:
    x, y = foot
    canvas.box(x - size * 0.12, y - size * 2, size * 0.24, size * 2.4, colour)
    canvas.disc(x, y - size * 2.6, size, colour)
    canvas.disc(x - size * 0.6, y - size * 1.8, size * 0.7, colour)
    canvas.disc(x + size * 0.6, y - size * 1.8, size * 0.7, colour)


def sea(canvas: Canvas, palette: Palette, level: float, dice: Random) -> None:
    """Water from `level` down, darker towards us, with light on it."""
    for band in range(24):
        share = band / 24
        canvas.box(
            0, level + (1 - level) * share, 1, (1 - level) / 24 + 0.003, blend(palette.water, palette.near, share * 0.6)
        )
    for _ in range(70):
        y = dice.uniform(level + 0.01, 0.99)
        canvas.box(dice.random(), y, dice.uniform(0.02, 0.09) * (0.4 + y), 0.003, palette.horizon, 0.4)


def harbour(canvas: Canvas, palette: Palette, dice: Random) -> None:
    """The port: cranes, a container ship, sails."""
    backdrop(canvas, palette, 0.62, 0.3 + dice.random() * 0.4)
    canvas.polygon(ridge(0.56, 0.05, dice), palette.far)
    for x in (0.62, 0.76, 0.9):
        _crane(canvas, x, palette.near)
    sea(canvas, palette, 0.62, dice)
    _ship(canvas, palette, dice)
    for x, y, size in ((0.16, 0.8, 1.0), (0.34, 0.72, 0.6), (0.8, 0.86, 1.25)):
        _sail(canvas, (x, y), size * 0.1, WHITE if palette.sky[0] > 20 else palette.horizon, palette.accent)


def _crane(canvas: Canvas, x: float, colour: Colour) -> None:
    for leg in (-0.02, 0.02):
        canvas.line((x + leg, 0.64), (x + leg * 0.6, 0.3), 0.006, colour)
    canvas.line((x - 0.1, 0.3), (x + 0.06, 0.3), 0.008, colour)
    canvas.line((x, 0.2), (x - 0.09, 0.3), 0.003, colour)
    canvas.line((x, 0.2), (x + 0.05, 0.3), 0.003, colour)
    canvas.line((x, 0.32), (x, 0.2), 0.006, colour)
    canvas.line((x - 0.07, 0.3), (x - 0.07, 0.46), 0.002, colour)


def _ship(canvas: Canvas, palette: Palette, dice: Random) -> None:
    hull = [(0.36, 0.6), (0.7, 0.6), (0.675, 0.69), (0.39, 0.69)]
    boxes = (palette.accent, (44, 110, 140), (222, 170, 70), (92, 132, 92), (196, 196, 196))
    for column in range(9):
        for row in range(dice.randint(1, 3)):
            canvas.box(0.39 + column * 0.026, 0.57 - row * 0.035, 0.024, 0.032, dice.choice(boxes))
    canvas.box(0.635, 0.46, 0.04, 0.14, (240, 240, 236))
    canvas.box(0.64, 0.48, 0.03, 0.02, palette.near)
    canvas.polygon(hull, palette.near)
    canvas.box(0.388, 0.675, 0.29, 0.016, palette.accent)


def _sail(canvas: Canvas, foot: Point, size: float, cloth: Colour, hull: Colour) -> None:
    x, y = foot
    high = size * 2.2
    canvas.polygon([(x, y - high), (x, y - 0.012), (x + size * 0.7, y - 0.012)], cloth)
    canvas.polygon(
        [(x - size * 0.06, y - high * 0.85), (x - size * 0.06, y - 0.012), (x - size * 0.5, y - 0.012)], cloth, 0.85
    )
    canvas.polygon(
        [
            (x - size * 0.6, y),
            (x + size * 0.8, y),
            (x + size * 0.55, y + size * 0.32),
            (x - size * 0.4, y + size * 0.32),
        ],
        hull,
    )


def storm(canvas: Canvas, palette: Palette, dice: Random) -> None:
    """Black cloud, lightning, rain on the sea wall."""
    canvas.sky((34, 40, 58), (128, 136, 150), 0.7)
    for _ in range(60):
        canvas.disc(dice.random(), dice.uniform(-0.06, 0.24), dice.uniform(0.05, 0.12), (40, 46, 64), 0.35)
    bolt = [(0.66, 0.2), (0.6, 0.44), (0.64, 0.43), (0.57, 0.68), (0.69, 0.38), (0.65, 0.39), (0.71, 0.2)]
    canvas.glow(0.64, 0.4, 0.3, (214, 220, 255), 0.4)
    canvas.polygon(bolt, (255, 250, 220))
    sea(canvas, palette, 0.66, dice)
    for wave in range(9):
        x, y = dice.random(), 0.7 + wave * 0.028
        canvas.polygon(
            [(x - 0.1, y + 0.03), (x, y - 0.03), (x + 0.13, y + 0.03)], blend(palette.water, WHITE, 0.45), 0.7
        )
    canvas.polygon([(0, 0.86), (0.34, 0.8), (0.34, 1), (0, 1)], (62, 64, 74))
    canvas.line((0.27, 0.82), (0.27, 0.5), 0.014, (226, 226, 222))
    canvas.box(0.25, 0.45, 0.04, 0.07, palette.lamp)
    canvas.glow(0.27, 0.48, 0.12, (255, 232, 160), 0.5)
    for _ in range(150):
        x, y = dice.random() * 1.1, dice.random()
        canvas.line((x, y), (x - 0.012, y + 0.06), 0.0014, (214, 222, 236), 0.4)


def rail(canvas: Canvas, palette: Palette) -> None:
    """A train at a platform, tracks running to the horizon."""
    backdrop(canvas, palette, 0.55, 0.2)
    canvas.box(0, 0.54, 1, 0.46, blend(palette.mid, (112, 108, 104), 0.7))
    canvas.polygon([(0.0, 0.7), (0.36, 0.55), (0.4, 0.55), (0.22, 1), (0.0, 1)], (188, 182, 172))
    canvas.polygon([(0.36, 0.55), (0.4, 0.55), (0.22, 1), (0.2, 1)], (250, 220, 90))
    for sleeper in range(14):
        share = (sleeper / 13) ** 2
        y, half = 0.56 + 0.44 * share, 0.05 + 0.27 * share
        canvas.box(0.46 + 0.08 * share - half * 0.35, y, half, 0.008 + 0.018 * share, (84, 70, 62))
    canvas.line((0.45, 0.55), (0.42, 1.0), 0.008, (206, 210, 214))
    canvas.line((0.47, 0.55), (0.68, 1.0), 0.008, (206, 210, 214))
    canvas.polygon([(0.5, 0.3), (1.0, 0.06), (1.0, 0.94), (0.5, 0.62)], palette.accent)
    canvas.polygon([(0.5, 0.36), (1.0, 0.22), (1.0, 0.5), (0.5, 0.46)], (30, 40, 58))
    canvas.polygon([(0.5, 0.53), (1.0, 0.68), (1.0, 0.74), (0.5, 0.55)], WHITE)
    canvas.polygon([(0.42, 0.34), (0.5, 0.3), (0.5, 0.62), (0.42, 0.6)], blend(palette.accent, (0, 0, 0), 0.25))
    canvas.polygon([(0.43, 0.38), (0.49, 0.36), (0.49, 0.46), (0.43, 0.46)], (24, 32, 48))
    for x in (0.435, 0.485):
        canvas.disc(x, 0.55, 0.008, (255, 250, 220))
    canvas.polygon([(0, 0.12), (0.36, 0.38), (0.36, 0.41), (0, 0.2)], palette.near)
    for post, top in ((0.05, 0.2), (0.16, 0.27), (0.25, 0.33), (0.31, 0.37)):
        canvas.line((post, top), (post, 0.8 - post), 0.012 - post * 0.02, palette.near)


def pitch(canvas: Canvas, palette: Palette, dice: Random) -> None:
    """A football ground under floodlights."""
    canvas.sky(palette.sky, palette.horizon, 0.4)
    canvas.polygon([(0, 0.2), (0.5, 0.29), (1, 0.2), (1, 0.52), (0, 0.52)], palette.near)
    shirts = (palette.accent, WHITE, palette.lamp, palette.far)
    for _ in range(900):
        x, y = dice.random(), dice.uniform(0.29, 0.5)
        canvas.box(x, y, 0.005, 0.01, dice.choice(shirts), 0.75)
    canvas.box(0, 0.5, 1, 0.035, (24, 40, 76))
    for stripe in range(10):
        green = (62, 148, 74) if stripe % 2 else (74, 164, 84)
        left, right = stripe / 10, (stripe + 1) / 10
        canvas.polygon(
            [(left, 0.535), (right, 0.535), (0.5 + (right - 0.5) * 1.9, 1), (0.5 + (left - 0.5) * 1.9, 1)], green
        )
    canvas.line((0.0, 0.74), (1.0, 0.74), 0.005, WHITE, 0.9)
    canvas.line((0.4, 0.74), (0.4, 0.6), 0.006, WHITE)
    canvas.line((0.6, 0.74), (0.6, 0.6), 0.006, WHITE)
    canvas.line((0.4, 0.6), (0.6, 0.6), 0.006, WHITE)
    for x in (0.12, 0.88):
        canvas.line((x, 0.26), (x, 0.05), 0.008, (60, 66, 78))
        canvas.glow(x, 0.06, 0.14, (255, 255, 240), 0.6)
        canvas.box(x - 0.035, 0.03, 0.07, 0.06, (255, 255, 246))
    canvas.disc(0.53, 0.88, 0.016, WHITE)
    canvas.disc(0.526, 0.875, 0.005, (30, 30, 34))


def bridge(canvas: Canvas, palette: Palette, dice: Random) -> None:
    """A suspension bridge over the river."""
    backdrop(canvas, palette, 0.66, 0.5)
    canvas.polygon(ridge(0.6, 0.06, dice), palette.far)
    sea(canvas, palette, 0.68, dice)
    deck, steel = 0.56, palette.near
    for x in (0.28, 0.72):
        canvas.box(x - 0.012, 0.16, 0.008, 0.56, steel)
        canvas.box(x + 0.006, 0.16, 0.008, 0.56, steel)
        for rung in range(5):
            canvas.box(x - 0.012, 0.2 + rung * 0.09, 0.026, 0.012, steel)
        canvas.box(x - 0.03, 0.7, 0.06, 0.05, blend(steel, palette.far, 0.4))
    cable = [
        (-0.16, 0.6),
        *((0.28 + 0.44 * k / 24, 0.17 + 0.36 * (1 - (k / 12 - 1) ** 2)) for k in range(25)),
        (1.16, 0.6),
    ]
    for start, end in pairwise(cable):
        canvas.line(start, end, 0.005, palette.accent)
    for x, y in cable[1:-1]:
        canvas.line((x, y), (x, deck), 0.0016, steel)
    canvas.box(0, deck, 1, 0.022, steel)
    canvas.box(0, deck + 0.022, 1, 0.008, palette.accent)
    for _ in range(9):
        canvas.box(dice.random(), deck - 0.018, 0.018, 0.018, dice.choice((palette.lamp, palette.near, WHITE)))
