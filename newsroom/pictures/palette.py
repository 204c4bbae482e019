"""Colours by the hour: six skies, with the land and the light that go with them."""

from dataclasses import dataclass

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """The colours of one scene; `far`, `mid` and `near` are land and walls by distance, `lamp` is lit windows."""

    sky: Colour
    horizon: Colour
    sun: Colour
    far: Colour
    mid: Colour
    near: Colour
    water: Colour
    lamp: Colour
    accent: Colour


DAWN = Palette(
    sky=(92, 124, 178), horizon=(255, 206, 168), sun=(255, 240, 205), far=(150, 142, 172), mid=(98, 96, 138),
    near=(48, 52, 88), water=(120, 140, 176), lamp=(255, 226, 150), accent=(226, 96, 82),
)  # fmt: skip
NOON = Palette(
    sky=(86, 160, 218), horizon=(214, 238, 248), sun=(255, 252, 232), far=(146, 184, 190), mid=(92, 146, 122),
    near=(46, 96, 84), water=(70, 142, 178), lamp=(240, 248, 252), accent=(232, 156, 50),
)  # fmt: skip
DUSK = Palette(
    sky=(56, 42, 98), horizon=(250, 142, 92), sun=(255, 214, 130), far=(142, 74, 108), mid=(88, 48, 92),
    near=(38, 26, 58), water=(112, 62, 104), lamp=(255, 208, 110), accent=(240, 92, 96),
)  # fmt: skip
NIGHT = Palette(
    sky=(10, 18, 44), horizon=(52, 76, 126), sun=(236, 240, 252), far=(38, 54, 98), mid=(24, 36, 72),
    near=(10, 16, 36), water=(22, 40, 82), lamp=(255, 214, 120), accent=(80, 150, 255),
)  # fmt: skip
AUTUMN = Palette(
    sky=(134, 160, 176), horizon=(246, 222, 178), sun=(255, 238, 190), far=(198, 164, 116), mid=(176, 108, 62),
    near=(92, 54, 40), water=(134, 142, 140), lamp=(255, 230, 160), accent=(196, 66, 48),
)  # fmt: skip
SLATE = Palette(
    sky=(96, 108, 124), horizon=(196, 204, 208), sun=(228, 232, 232), far=(142, 152, 160), mid=(98, 110, 122),
    near=(50, 60, 74), water=(94, 112, 126), lamp=(246, 226, 168), accent=(42, 126, 138),
)  # fmt: skip
PALETTES = (DAWN, NOON, DUSK, NIGHT, AUTUMN, SLATE)


def blend(one: Colour, other: Colour, share: float) -> Colour:
    """`one` with that share (0 to 1) of `other` in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue
