"""Scenes of rooms and stalls."""

from random import Random

from newsroom.pictures.canvas import Canvas
from newsroom.pictures.palette import Palette, blend
from newsroom.pictures.streets import WHITE, backdrop

SKIN = (188, 142, 116)
WOOD = (142, 98, 66)


def lectern(canvas: Canvas, palette: Palette) -> None:
    """Someone at a lectern between flags."""
    canvas.sky(blend(palette.near, (20, 30, 70), 0.5), palette.mid)
    for stripe in range(9):
        canvas.box(stripe * 0.125, 0, 0.05, 0.86, palette.sky, 0.12)
    canvas.glow(0.5, 0.3, 0.45, palette.horizon, 0.4)
    for x, way in ((0.14, 1), (0.28, 1), (0.72, -1), (0.86, -1)):
        canvas.line((x, 0.9), (x, 0.08), 0.006, (214, 190, 120))
        cloth = palette.accent if abs(x - 0.5) > 0.3 else (36, 74, 140)
        canvas.polygon([(x, 0.1), (x + way * 0.09, 0.2), (x + way * 0.07, 0.55), (x, 0.62)], cloth)
        canvas.polygon([(x, 0.28), (x + way * 0.085, 0.34), (x + way * 0.08, 0.41), (x, 0.37)], WHITE, 0.8)
    canvas.polygon([(0.36, 0.8), (0.39, 0.52), (0.46, 0.46), (0.54, 0.46), (0.61, 0.52), (0.64, 0.8)], (34, 40, 58))
    canvas.polygon([(0.47, 0.46), (0.53, 0.46), (0.5, 0.62)], WHITE)
    canvas.polygon([(0.492, 0.48), (0.508, 0.48), (0.512, 0.6), (0.5, 0.63), (0.488, 0.6)], palette.accent)
    canvas.box(0.477, 0.4, 0.046, 0.08, blend(SKIN, (0, 0, 0), 0.12))
    canvas.disc(0.5, 0.33, 0.052, SKIN)
    canvas.polygon(
        [
            (0.445, 0.33),
            (0.45, 0.25),
            (0.48, 0.22),
            (0.53, 0.22),
            (0.55, 0.26),
            (0.555, 0.33),
            (0.535, 0.28),
            (0.465, 0.28),
        ],
        (64, 48, 42),
    )
    canvas.polygon([(0.35, 0.68), (0.65, 0.68), (0.62, 1), (0.38, 1)], WOOD)
    canvas.box(0.335, 0.655, 0.33, 0.035, blend(WOOD, WHITE, 0.2))
    canvas.disc(0.5, 0.83, 0.045, palette.lamp, 0.9)
    canvas.disc(0.5, 0.83, 0.034, WOOD)
    for x in (0.46, 0.54):
        canvas.line((x, 0.66), (x + (0.5 - x) * 0.5, 0.52), 0.004, (20, 20, 24))
        canvas.disc(x + (0.5 - x) * 0.5, 0.52, 0.008, (20, 20, 24))


def studio(canvas: Canvas, palette: Palette) -> None:
    """A microphone on the air."""
    canvas.sky(palette.sky, palette.accent)
    for ring in range(9, 0, -1):
        canvas.disc(0.5, 0.42, 0.06 * ring, WHITE if ring % 2 else palette.near, 0.08)
    canvas.line((0.5, 0.62), (0.5, 0.96), 0.016, (30, 32, 40))
    canvas.box(0.4, 0.94, 0.2, 0.03, (30, 32, 40))
    canvas.box(0.44, 0.28, 0.12, 0.28, (48, 52, 64))
    canvas.disc(0.5, 0.28, 0.06, (70, 76, 90))
    canvas.disc(0.5, 0.56, 0.06, (40, 44, 54))
    for row in range(9):
        for column in range(7):
            canvas.disc(0.455 + column * 0.015, 0.22 + row * 0.028, 0.003, (150, 156, 168))
    canvas.box(0.435, 0.45, 0.13, 0.03, palette.lamp)
    canvas.box(0.06, 0.08, 0.17, 0.11, (206, 30, 44))
    for column, high in enumerate((0.02, 0.05, 0.03, 0.06, 0.04, 0.02, 0.05, 0.03)):
        canvas.box(0.082 + column * 0.017, 0.135 - high / 2, 0.007, high, WHITE)
    for bar in range(26):
        high = 0.02 + 0.16 * abs(((bar * 37) % 19) / 19 - 0.4)
        canvas.box(0.02 + bar * 0.038, 0.9 - high, 0.016, high, WHITE, 0.35 if 9 < bar < 16 else 0.55)


def market(canvas: Canvas, palette: Palette, dice: Random) -> None:
    """Stalls with striped awnings, heaped with fruit."""
    backdrop(canvas, palette, 0.7, 0.85)
    canvas.box(0, 0.66, 1, 0.34, (186, 176, 162))
    fruit = ((226, 72, 58), (244, 168, 48), (120, 172, 66), (250, 214, 84), (150, 74, 128))
    for stall in range(3):
        left = 0.04 + stall * 0.325
        cloth = (palette.accent, palette.mid, (52, 112, 150))[stall]
        for post in (left + 0.01, left + 0.265):
            canvas.box(post, 0.3, 0.008, 0.56, (96, 76, 60))
        canvas.box(left, 0.64, 0.28, 0.24, WOOD)
        for plank in range(4):
            canvas.box(left, 0.69 + plank * 0.05, 0.28, 0.004, (0, 0, 0), 0.25)
        for heap in range(5):
            colour = fruit[(heap + stall * 2) % 5]
            for _ in range(16):
                canvas.disc(
                    left + 0.03 + heap * 0.055 + dice.uniform(-0.02, 0.02),
                    0.62 + dice.uniform(-0.035, 0.02),
                    0.011,
                    blend(colour, (0, 0, 0), dice.random() * 0.25),
                )
        for stripe in range(8):
            x = left - 0.01 + stripe * 0.0375
            tone = cloth if stripe % 2 else WHITE
            canvas.polygon([(x + 0.008, 0.26), (x + 0.04, 0.26), (x + 0.0375, 0.42), (x, 0.42)], tone)
            canvas.disc(x + 0.0188, 0.42, 0.0188, tone)


def kitchen(canvas: Canvas, palette: Palette) -> None:
    """A laid table: plates, loaf, steam."""
    canvas.sky(blend(palette.horizon, WHITE, 0.3), palette.horizon, 0.6)
    for tile in range(12):
        canvas.box(tile / 12, 0, 0.002, 0.58, palette.far, 0.6)
    for row in range(6):
        canvas.box(0, row * 0.1, 1, 0.003, palette.far, 0.6)
    canvas.box(0, 0.58, 1, 0.42, WOOD)
    for plank in range(4):
        canvas.box(0, 0.66 + plank * 0.1, 1, 0.004, (0, 0, 0), 0.2)
    canvas.polygon([(0.28, 0.44), (0.72, 0.44), (0.66, 0.78), (0.34, 0.78)], palette.accent)
    canvas.box(0.26, 0.42, 0.48, 0.045, blend(palette.accent, WHITE, 0.3))
    canvas.box(0.22, 0.5, 0.06, 0.035, blend(palette.accent, (0, 0, 0), 0.2))
    canvas.box(0.72, 0.5, 0.06, 0.035, blend(palette.accent, (0, 0, 0), 0.2))
    for puff in range(15):
        canvas.disc(
            0.42 + (puff % 3) * 0.08 + (puff // 3 % 2) * 0.02,
            0.38 - puff // 3 * 0.075,
            0.026 + puff * 0.0015,
            WHITE,
            0.22,
        )
    canvas.disc(0.15, 0.86, 0.09, (244, 242, 236))
    canvas.disc(0.15, 0.86, 0.062, (228, 226, 218))
    canvas.polygon([(0.78, 0.72), (0.82, 0.64), (0.93, 0.64), (0.97, 0.72), (0.95, 0.8), (0.8, 0.8)], (204, 146, 78))
    for cut in range(3):
        canvas.line((0.83 + cut * 0.035, 0.67), (0.85 + cut * 0.035, 0.73), 0.005, (150, 96, 48))


def library(canvas: Canvas, palette: Palette, dice: Random) -> None:
    """Shelves of books and a lamp."""
    canvas.sky(blend(WOOD, (0, 0, 0), 0.55), blend(WOOD, (0, 0, 0), 0.3))
    spines = (palette.accent, palette.mid, palette.far, palette.water, palette.lamp, (232, 226, 210), (96, 42, 48))
    for shelf in range(4):
        base = 0.25 + shelf * 0.235
        x = 0.03
        while x < 0.96:
            wide, high = dice.uniform(0.01, 0.026), dice.uniform(0.12, 0.185)
            if dice.random() > 0.06:
                colour = blend(dice.choice(spines), (0, 0, 0), dice.random() * 0.3)
                canvas.box(x, base - high, wide, high, colour)
                canvas.box(x, base - high * 0.8, wide, 0.008, palette.lamp, 0.6)
            x += wide + 0.002
        canvas.box(0, base, 1, 0.022, WOOD)
    canvas.glow(0.74, 0.5, 0.36, (255, 226, 150), 0.5)
    canvas.polygon([(0.68, 0.56), (0.8, 0.56), (0.77, 0.4), (0.71, 0.4)], (250, 232, 176))
    canvas.box(0.737, 0.56, 0.006, 0.3, (40, 34, 30))
    canvas.box(0.69, 0.85, 0.1, 0.02, (40, 34, 30))
    canvas.box(0.55, 0.87, 0.45, 0.13, blend(WOOD, WHITE, 0.12))
