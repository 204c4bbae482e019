"""Pictures that nobody took: drawn scenes as PNG, the same bytes every time for the same name."""

from functools import lru_cache

from newsroom.pictures.canvas import Canvas
from newsroom.pictures.palette import PALETTES
from newsroom.pictures.scenes import SCENES

__all__ = ["SCENES", "png"]


@lru_cache(maxsize=512)
def png(scene: str, shade: int, width: int) -> bytes:
    """The scene as a 16:9 PNG of that width; KeyError if there is no such scene."""
    canvas = Canvas(width, width * 9 // 16)
    SCENES[scene](canvas, PALETTES[shade % len(PALETTES)], shade)
    return canvas.png()
