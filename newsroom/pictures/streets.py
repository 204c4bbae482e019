"""Scenes of the town: roofs, walls, lit windows."""

import math
from random import Random

from newsroom.pictures.canvas import Canvas
from newsroom.pictures.palette import Colour, Palette, blend

WHITE = (255, 255, 255)
ROAD = (58, 62, 72)


def backdrop(canvas: Canvas, palette: Palette, horizon: float, sun: float = 0.7) -> None:
    """Sky, sun and a little haze, down to the horizon."""
    canvas.sky(palette.sky, palette.horizon, horizon)
    canvas.glow(sun, horizon * 0.62, 0.26, palette.sun, 0.45)
    canvas.disc(sun, horizon * 0.62, 0.035, palette.sun)
    for cloud in range(3):
        x, y = (0.12 + cloud * 0.31 + sun * 0.2) % 1.0, horizon * (0.18 + 0.13 * cloud)
        for puff, size in ((-0.05, 0.022), (-0.015, 0.034), (0.025, 0.028), (0.06, 0.018)):
            canvas.disc(x + puff, y, size, WHITE, 0.16)


def skyline(canvas: Canvas, palette: Palette, dice: Random) -> None:
    """Towers by the river, in three depths, and their light in the water."""
    backdrop(canvas, palette, 0.8, 0.25 + 0.5 * dice.random())
    for depth, colour in enumerate((palette.far, palette.mid, palette.near)):
        x = -0.02
        while x < 1.0:
            wide = dice.uniform(0.035, 0.085)
            high = dice.uniform(0.12, 0.46 - 0.1 * depth)
            _tower(canvas, (x, 0.8 - high, wide, high), colour, palette.lamp if depth else None, dice)
            x += wide * dice.uniform(0.9, 1.25)
    canvas.box(0, 0.8, 1, 0.2, palette.water)
    canvas.box(0, 0.8, 1, 0.012, palette.near)
    for _ in range(46):
        x, y = dice.random(), dice.uniform(0.83, 0.99)
        canvas.box(x, y, dice.uniform(0.02, 0.1), 0.004, palette.horizon, 0.35)


def _tower(
    canvas: Canvas, place: tuple[float, float, float, float], colour: Colour, lamp: Colour | None, dice: Random
) -> None:
    x, y, wide, high = place
    canvas.box(x, y, wide, high, colour)
    if dice.random() < 0.3:
        canvas.line((x + wide / 2, y), (x + wide / 2, y - 0.06), 0.003, colour)
    if lamp is None:
        return
    for row in range(int(high / 0.035)):
        for column in range(int(wide / 0.013)):
            if dice.random() < 0.33:
                canvas.box(x + 0.005 + column * 0.013, y + 0.014 + row * 0.035, 0.006, 0.016, lamp, 0.8)


def street(canvas: Canvas, palette: Palette, dice: Random) -> None:
    """A terrace of houses, each with its own door."""
    backdrop(canvas, palette, 0.75, 0.82)
    canvas.box(0, 0.78, 1, 0.22, ROAD)
    canvas.box(0, 0.76, 1, 0.05, (176, 172, 164))
    doors = (palette.accent, palette.mid, (44, 94, 120), (120, 56, 60), (62, 104, 78))
    for house in range(6):
        left = -0.03 + house * 0.18
        wall = blend((226, 206, 182), palette.far, dice.uniform(0.0, 0.55))
        top = 0.28 + dice.uniform(-0.02, 0.02)
        canvas.box(left, top, 0.18, 0.78 - top, wall)
        canvas.polygon(
            [(left - 0.005, top), (left + 0.09, top - 0.14), (left + 0.185, top)],
            blend(palette.near, (96, 62, 56), 0.5),
        )
        canvas.box(left + 0.125, top - 0.16, 0.028, 0.12, (134, 84, 70))
        canvas.box(left + 0.178, top, 0.003, 0.48, palette.near, 0.4)
        for x, y in ((0.022, 0.06), (0.105, 0.06), (0.105, 0.27)):
            canvas.box(left + x - 0.004, top + y - 0.008, 0.058, 0.146, WHITE)
            canvas.box(left + x, top + y, 0.05, 0.13, palette.lamp if dice.random() < 0.5 else palette.mid)
            canvas.box(left + x + 0.024, top + y, 0.003, 0.13, WHITE)
            canvas.box(left + x, top + y + 0.062, 0.05, 0.005, WHITE)
        canvas.box(left + 0.025, top + 0.255, 0.046, 0.225, dice.choice(doors))
        canvas.disc(left + 0.064, top + 0.38, 0.003, palette.lamp)
    for dash in range(7):
        canvas.box(0.02 + dash * 0.15, 0.89, 0.08, 0.012, WHITE, 0.7)


def _columns(canvas: Canvas, stone: Colour, left: float, right: float, count: int) -> None:
    for column in range(count):
        x = left + (right - left) * (column + 0.5) / count
        canvas.box(x - 0.017, 0.42, 0.034, 0.33, stone)
        canvas.box(x + 0.006, 0.42, 0.011, 0.33, (0, 0, 0), 0.12)
        canvas.box(x - 0.023, 0.41, 0.046, 0.022, blend(stone, WHITE, 0.35))
        canvas.box(x - 0.023, 0.735, 0.046, 0.022, blend(stone, WHITE, 0.35))


def court(canvas: Canvas, palette: Palette) -> None:
    """A courthouse with columns and steps."""
    backdrop(canvas, palette, 0.8, 0.9)
    stone = blend((232, 224, 206), palette.far, 0.18)
    canvas.box(0.0, 0.48, 1, 0.3, blend(palette.mid, palette.far, 0.5))
    canvas.box(0.14, 0.4, 0.72, 0.38, blend(stone, palette.near, 0.45))
    canvas.box(0.46, 0.5, 0.08, 0.26, palette.near)
    _columns(canvas, stone, 0.15, 0.85, 8)
    canvas.box(0.12, 0.35, 0.76, 0.065, stone)
    canvas.polygon([(0.1, 0.355), (0.5, 0.14), (0.9, 0.355)], stone)
    canvas.polygon([(0.19, 0.335), (0.5, 0.175), (0.81, 0.335)], blend(stone, palette.near, 0.22))
    canvas.disc(0.5, 0.275, 0.022, palette.lamp)
    canvas.box(0, 0.77, 1, 0.2, blend(palette.near, (110, 128, 104), 0.6))
    for step in range(6):
        canvas.box(
            0.11 - step * 0.022,
            0.755 + step * 0.03,
            0.78 + step * 0.044,
            0.03,
            blend(stone, palette.near, 0.06 * (step % 2) + 0.04 * step),
        )
    canvas.box(0, 0.935, 1, 0.065, (150, 148, 144))


def assembly(canvas: Canvas, palette: Palette) -> None:
    """A seat of government: dome, wings, flag."""
    backdrop(canvas, palette, 0.82, 0.18)
    stone = blend((238, 226, 204), palette.far, 0.22)
    dark = blend(stone, palette.near, 0.5)
    canvas.line((0.5, 0.2), (0.5, 0.03), 0.004, palette.near)
    canvas.polygon([(0.502, 0.04), (0.575, 0.055), (0.56, 0.085), (0.502, 0.1)], palette.accent)
    canvas.polygon(
        [(0.5 + 0.13 * math.cos(a / 20 * math.pi), 0.36 - 0.2 * math.sin(a / 20 * math.pi)) for a in range(21)],
        palette.mid,
    )
    canvas.box(0.36, 0.35, 0.28, 0.09, stone)
    for window in range(9):
        canvas.box(0.375 + window * 0.029, 0.37, 0.013, 0.055, palette.lamp, 0.9)
    canvas.box(0.06, 0.5, 0.88, 0.32, stone)
    canvas.box(0.3, 0.43, 0.4, 0.39, blend(stone, WHITE, 0.25))
    for wing in range(18):
        for row in (0.555, 0.67):
            x = 0.085 + wing * 0.0475
            canvas.box(x, row, 0.022, 0.075, palette.lamp if (wing + int(row * 100)) % 3 else dark)
    canvas.box(0.04, 0.485, 0.92, 0.02, dark)
    canvas.box(0.465, 0.7, 0.07, 0.12, palette.near)
    canvas.box(0, 0.82, 1, 0.18, blend(palette.mid, (88, 132, 84), 0.6))
    canvas.polygon([(0.46, 0.82), (0.54, 0.82), (0.72, 1), (0.28, 1)], (202, 192, 174))


def patrol(canvas: Canvas, palette: Palette, dice: Random) -> None:
    """A police van in a street at night, blue light on the walls."""
    canvas.sky((10, 14, 34), (36, 46, 84), 0.8)
    for wall in range(7):
        x, top = wall * 0.15 - 0.02, dice.uniform(0.08, 0.34)
        canvas.box(x, top, 0.145, 0.8 - top, blend((26, 30, 52), palette.near, dice.random() * 0.5))
        for row in range(4):
            for column in range(3):
                lit = dice.random() < 0.28
                canvas.box(
                    x + 0.02 + column * 0.042,
                    top + 0.06 + row * 0.12,
                    0.024,
                    0.06,
                    (255, 208, 120) if lit else (18, 22, 42),
                )
    canvas.box(0, 0.78, 1, 0.22, (30, 33, 46))
    canvas.glow(0.47, 0.36, 0.42, (60, 120, 255), 0.5)
    canvas.polygon([(0.24, 0.8), (0.24, 0.44), (0.62, 0.44), (0.7, 0.58), (0.79, 0.62), (0.79, 0.8)], (236, 238, 242))
    for check in range(14):
        canvas.box(0.24 + check * 0.039, 0.66, 0.0195, 0.035, (250, 214, 40))
        canvas.box(0.2595 + check * 0.039, 0.66, 0.0195, 0.035, (36, 82, 190))
    canvas.polygon([(0.56, 0.48), (0.61, 0.48), (0.67, 0.59), (0.56, 0.59)], (40, 52, 72))
    canvas.box(0.3, 0.48, 0.22, 0.1, (40, 52, 72))
    canvas.box(0.4, 0.415, 0.14, 0.03, (60, 130, 255))
    for wheel in (0.34, 0.68):
        canvas.disc(wheel, 0.8, 0.04, (14, 16, 22))
        canvas.disc(wheel, 0.8, 0.018, (150, 154, 162))
    for _ in range(30):
        canvas.box(dice.random(), dice.uniform(0.87, 0.99), 0.06, 0.004, (80, 140, 255), 0.3)


def hospital(canvas: Canvas, palette: Palette) -> None:
    """A hospital block with an ambulance before it."""
    backdrop(canvas, palette, 0.8, 0.86)
    canvas.box(0.0, 0.5, 1, 0.3, palette.far)
    canvas.box(0.12, 0.24, 0.5, 0.56, (226, 232, 234))
    canvas.box(0.58, 0.4, 0.32, 0.4, (204, 214, 220))
    for row in range(5):
        for column in range(9):
            canvas.box(
                0.145 + column * 0.052,
                0.29 + row * 0.09,
                0.034,
                0.05,
                palette.lamp if (row * 5 + column * 3) % 4 else palette.mid,
            )
    canvas.box(0.68, 0.29, 0.11, 0.14, (255, 255, 255))
    canvas.box(0.722, 0.305, 0.026, 0.11, (0, 112, 184))
    canvas.box(0.702, 0.342, 0.066, 0.038, (0, 112, 184))
    for column in range(5):
        canvas.box(0.605 + column * 0.058, 0.5, 0.04, 0.07, palette.mid)
    canvas.box(0, 0.79, 1, 0.21, ROAD)
    canvas.polygon([(0.3, 0.88), (0.3, 0.64), (0.53, 0.64), (0.58, 0.74), (0.62, 0.76), (0.62, 0.88)], (250, 236, 96))
    canvas.box(0.3, 0.76, 0.32, 0.035, (0, 140, 90))
    canvas.polygon([(0.5, 0.67), (0.535, 0.67), (0.565, 0.74), (0.5, 0.74)], (52, 66, 84))
    canvas.box(0.42, 0.615, 0.07, 0.025, (70, 140, 255))
    for wheel in (0.37, 0.56):
        canvas.disc(wheel, 0.88, 0.03, (20, 22, 28))
        canvas.disc(wheel, 0.88, 0.012, (170, 174, 180))
