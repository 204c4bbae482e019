"""HTTP/1.x answers as they crossed the wire: bytes in, framing out, no IO (RFC 9112, read leniently).

The bytes themselves are kept by the caller. This parser only says where the final answer begins (after any 1xx), what
its head says, where it ends, and hands out the entity: the body with its transfer coding removed and its content
coding kept. Broken framing is a finding, never an exception: an archive keeps what came.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

MAX_HEAD = 256 * 1024
MAX_LINE = 16 * 1024
MOST_INTERIM = 50

_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")  # a line of blanks continues its field (RFC 9112, section 5.2)
_EMPTY = b"\r\n"
"""What lines before a status line are made of: left over from an answer before, or the server's own."""

_STATUS_LINE = re.compile(rb"\s*(HTTP/\d(?:\.\d+)?|ICY)[ \t]+(\d{3})(?:[ \t]+(.*?))?\s*$", re.DOTALL | re.IGNORECASE)
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?$", re.DOTALL)
_SIZE = re.compile(r"[0-9]{1,18}")  # more digits are no size, and Python turns 5,000 of them into no number
_NO_BODY = (204, 304)
_NOTHING, _HALF_A_HEAD, _CUT_SHORT = "no head", "the head is not whole", "cut short"
CUT_OFF = (_NOTHING, _HALF_A_HEAD, _CUT_SHORT)
"""What `broken` says of an answer that the end of the wire cut off; any other word is of its framing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of an answer: what its first line and fields say. Field names keep the server's case and order."""

    version: str
    status: int
    reason: str
    fields: tuple[tuple[str, str], ...]

    def all(self, name: str) -> list[str]:
        """Return the values of every field of that name, in order."""
        wanted = name.lower()
        return [value for key, value in self.fields if key.lower() == wanted]

    def get(self, name: str) -> str | None:
        """Return the first value of that field, or None."""
        wanted = name.lower()
        for key, value in self.fields:
            if key.lower() == wanted:
                return value
        return None


def parse_head(raw: bytes) -> Head | None:
    """Return the head in these bytes, or None when they do not begin with a status line.

    Folded lines continue their field; lines without a colon say nothing.
    """
    lines = raw.lstrip(_EMPTY).replace(b"\r\n", b"\n").split(b"\n")
    first = _STATUS_LINE.match(lines[0] if lines[0].strip() else b"\n".join(lines[:2]))
    if first is None:
        return None
    fields: list[tuple[str, str]] = []
    for line in lines[1:]:
        said, colon, value = line.partition(b":")
        if line[:1] in (b" ", b"\t") and fields:
            name, before = fields[-1]
            fields[-1] = (name, f"{before} {_text(line.strip())}".strip())
        elif colon and (said := said.strip()):
            fields.append((_text(said), _text(value.strip())))
    version, status, reason = first.groups()
    return Head(version=_text(version).upper(), status=int(status), reason=_text(reason or b""), fields=tuple(fields))


class ResponseParser:
    """Follow one answer through its bytes.

    After each `feed`, `done` says whether the answer is whole. `start`, `body` and `end` are the offsets, in all that
    was fed, of the final answer, its body and its end; what lies before `start` are 1xx answers. `trailer` is where the
    fields behind a chunked body would begin. `broken` holds what was wrong with the framing.
    """

    def __init__(self, method: str = "GET", entity: Callable[[bytes], object] | None = None) -> None:
        self.head: Head | None = None
        self.start = 0
        self.body = 0
        self.trailer: int | None = None
        self.end = 0
        self.done = False
        self.broken: str | None = None
        self.until_close = False
        self._method = method
        self._entity = entity or (lambda _: None)
        self._buffer = bytearray()
        self._fed = 0
        self._interim = 0
        self._looked = 0
        self._left: int | None = None
        self._step: Callable[[], bool] = self._read_head

    def feed(self, data: bytes) -> None:
        """Take the next bytes from the wire."""
        if self.done:
            return
        self._fed += len(data)
        self._buffer += data
        while not self.done and self._step():
            pass

    def close(self) -> None:
        """Say that the wire was closed: an answer framed by closing is whole now, any other is cut short."""
        if self.done:
            return
        if self.head is None:
            self.broken = _NOTHING if self._fed == 0 else _HALF_A_HEAD
            self.start = 0 if not self._buffer else self._fed - len(self._buffer)
        elif not self.until_close:
            self.broken = self.broken or _CUT_SHORT
        self._hand_out(len(self._buffer)) if self._step == self._read_sized else None
        self.end = self._fed
        self.done = True

    @property
    def keeps_alive(self) -> bool:
        """True when the connection can carry another exchange."""
        if self.head is None or not self.done or self.broken or self.until_close or self._buffer:
            return False
        said = ",".join(self.head.all("connection")).lower()
        return "close" not in said and (self.head.version == "HTTP/1.1" or "keep-alive" in said)

    def _read_head(self) -> bool:
        if self._buffer.startswith((b"\r", b"\n")):
            self._looked = max(self._looked, len(self._buffer) - len(self._buffer.lstrip(_EMPTY)))
        found = _END_OF_HEAD.search(self._buffer, self._looked)
        if found is None:
            self._looked = max(self._buffer.rfind(b"\n") - 1, self._looked)  # or a dripping head is read over and over
            if len(self._buffer) > MAX_HEAD:
                self._give_up("the head is longer than 256 KiB")
            return False
        if found.end() > MAX_HEAD:
            return self._give_up("the head is longer than 256 KiB")
        raw = bytes(self._buffer[: found.end()])
        head = parse_head(raw)
        if head is None:
            return self._give_up("no HTTP status line")
        del self._buffer[: found.end()]
        self._looked = 0
        if 100 <= head.status < 200 and head.status != 101:
            self.start += len(raw)
            self._interim += 1
            return self._interim <= MOST_INTERIM or self._give_up(f"more than {MOST_INTERIM} answers before the answer")
        self.head = head
        self.body = self.start + len(raw)
        self._frame(head)
        return True

    def _frame(self, head: Head) -> None:
        """Choose how the body ends (RFC 9112, section 6.3)."""
        if self._method == "HEAD" or head.status in _NO_BODY:
            self._finish()
            return
        codings = ",".join(head.all("transfer-encoding")).lower().replace(" ", "")
        if codings.rsplit(",", 1)[-1] == "chunked":
            self._step = self._read_chunk_size
            return
        lengths = {part.strip() for value in head.all("content-length") for part in value.split(",")}
        if len(lengths) == 1 and not codings and _SIZE.fullmatch(length := lengths.pop()):
            self._left = int(length)
            self._step = self._read_sized
            return
        self.until_close = True
        self._step = self._read_until_close

    def _read_sized(self) -> bool:
        assert self._left is not None
        self._left -= self._hand_out(min(self._left, len(self._buffer)))
        if self._left == 0:
            self._finish()
        return False

    def _read_until_close(self) -> bool:
        self._hand_out(len(self._buffer))
        return False

    def _read_chunk_size(self) -> bool:
        line = self._take_line()
        if line is None:
            return False
        size = _CHUNK_SIZE.match(line)
        if size is None:
            return self._give_up("a chunk has no size")
        self._left = int(size.group(1), 16)
        self.trailer = None if self._left else self._fed - len(self._buffer)
        self._step = self._read_chunk if self._left else self._read_trailer
        return True

    def _read_chunk(self) -> bool:
        assert self._left is not None
        self._left -= self._hand_out(min(self._left, len(self._buffer)))
        if self._left:
            return False
        self._step = self._read_chunk_end
        return True

    def _read_chunk_end(self) -> bool:
        line = self._take_line()
        if line is None:
            return False
        if line.strip():
            return self._give_up("a chunk is longer than its size")
        self._step = self._read_chunk_size
        return True

    def _read_trailer(self) -> bool:
        line = self._take_line()
        if line is None:
            return False
        if not line:
            self._finish()
        return True

    def _take_line(self) -> bytes | None:
        at = self._buffer.find(b"\n")
        if at < 0:
            if len(self._buffer) > MAX_LINE:
                self._give_up("a line of the chunk framing has no end")
            return None
        line = bytes(self._buffer[:at])
        del self._buffer[: at + 1]
        return line.removesuffix(b"\r")

    def _hand_out(self, length: int) -> int:
        if length:
            self._entity(bytes(self._buffer[:length]))
            del self._buffer[:length]
        return length

    def _give_up(self, why: str) -> bool:
        """Keep all that came as one answer; its connection carries no other."""
        self.broken = why
        self.end = self._fed
        self.done = True
        return False

    def _finish(self) -> None:
        self.end = self._fed - len(self._buffer)
        self.done = True


def _text(raw: bytes) -> str:
    """Decode a field as UTF-8 where it is that, else byte by byte (RFC 9110, section 5.5, obs-text)."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
