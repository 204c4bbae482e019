"""Files beside the pages: the style sheet, the script, the logo, pictures and faces."""

import hashlib
import re
import struct
from functools import lru_cache

from newsroom.answers import Answer, lasting
from newsroom.layouts.shell import template
from newsroom.pictures import SCENES, png

SCRIPT = """document.querySelectorAll("[data-shares]").forEach(function (count) {
  count.title = count.dataset.shares + " people have shared this";
});
"""
DRAWN = re.compile(r"/images/([a-z]+)-(\d{1,4})-(480|960)\.png")
FACE = re.compile(r"/images/author-([\w.'-]{1,60})\.svg")
SVG = "image/svg+xml"


def asset(path: str) -> Answer | None:
    """The file at that path, or None."""
    match path:
        case "/styles.css":
            return lasting(template("styles.css").template.encode(), "text/css; charset=utf-8")
        case "/script.js":
            return lasting(SCRIPT.encode(), "text/javascript; charset=utf-8")
        case "/favicon.ico":
            return lasting(icon(), "image/x-icon")
        case "/images/logo.svg" | "/images/wave.svg":
            return lasting(template(path.rpartition("/")[2]).template.encode(), SVG)
    return _picture(path)


def _picture(path: str) -> Answer | None:
    drawn = DRAWN.fullmatch(path)
    if drawn and drawn[1] in SCENES:
        return lasting(png(drawn[1], int(drawn[2]), int(drawn[3])), "image/png")
    face = FACE.fullmatch(path)
    return lasting(portrait(face[1]), SVG) if face else None


def portrait(name: str) -> bytes:
    """A face for a name, always the same one."""
    dice = hashlib.sha256(name.encode()).digest()
    drawing = template("author.svg").substitute(
        hue=dice[0] * 360 // 256,
        skin=18 + dice[1] % 14,
        light=42 + dice[2] % 36,
        coat=dice[3] * 360 // 256,
        hair=dice[4] % 44,
    )
    return drawing.encode()


@lru_cache
def icon() -> bytes:
    """The favicon: one small PNG in an ICO wrapper."""
    image = png("harbour", 2, 32)
    head = struct.pack("<HHH", 0, 1, 1)
    entry = struct.pack("<BBBBHHII", 32, 18, 0, 0, 1, 24, len(image), 22)
    return head + entry + image
