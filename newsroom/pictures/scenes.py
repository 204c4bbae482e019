"""The scenes that a picture desk in a port city needs."""

from collections.abc import Callable
from random import Random

from newsroom.pictures import indoors, outdoors, streets
from newsroom.pictures.canvas import Canvas
from newsroom.pictures.palette import Palette

Scene = Callable[[Canvas, Palette, int], None]

SCENES: dict[str, Scene] = {
    "skyline": lambda canvas, palette, shade: streets.skyline(canvas, palette, Random(shade)),  # noqa: S311
    "street": lambda canvas, palette, shade: streets.street(canvas, palette, Random(shade)),  # noqa: S311
    "court": lambda canvas, palette, _: streets.court(canvas, palette),
    "assembly": lambda canvas, palette, _: streets.assembly(canvas, palette),
    "patrol": lambda canvas, palette, shade: streets.patrol(canvas, palette, Random(shade)),  # noqa: S311
    "hospital": lambda canvas, palette, _: streets.hospital(canvas, palette),
    "harbour": lambda canvas, palette, shade: outdoors.harbour(canvas, palette, Random(shade)),  # noqa: S311
    "hills": lambda canvas, palette, shade: outdoors.hills(canvas, palette, Random(shade)),  # noqa: S311
    "storm": lambda canvas, palette, shade: outdoors.storm(canvas, palette, Random(shade)),  # noqa: S311
    "rail": lambda canvas, palette, _: outdoors.rail(canvas, palette),
    "pitch": lambda canvas, palette, shade: outdoors.pitch(canvas, palette, Random(shade)),  # noqa: S311
    "bridge": lambda canvas, palette, shade: outdoors.bridge(canvas, palette, Random(shade)),  # noqa: S311
    "lectern": lambda canvas, palette, _: indoors.lectern(canvas, palette),
    "studio": lambda canvas, palette, _: indoors.studio(canvas, palette),
    "market": lambda canvas, palette, shade: indoors.market(canvas, palette, Random(shade)),  # noqa: S311
    "kitchen": lambda canvas, palette, _: indoors.kitchen(canvas, palette),
    "library": lambda canvas, palette, shade: indoors.library(canvas, palette, Random(shade)),  # noqa: S311
}
