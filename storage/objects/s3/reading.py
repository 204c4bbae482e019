"""An object's bytes as a stream that can seek, and that goes on where a connection broke."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import FlexibleChecksumError

from storage.objects.s3.errors import BROKEN

BUFFER = 1 << 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer's body, and the whole object's size in bytes."""

    body: Any
    size: int


class Content(io.RawIOBase):
    """The bytes of one state of an object. `fetch(offset)` asks for all from there on, of the same state."""

    def __init__(
        self, fetch: Callable[[int], Answer], *, retries: int, failed: Callable[[Exception], Exception]
    ) -> None:
        super().__init__()
        self._fetch = fetch
        self._retries = retries
        self._failed = failed
        self._at = self._broke_at = self._breaks = 0
        answer = fetch(0)
        self._body, self._size = answer.body, answer.size

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return how many bytes lie before the next."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to another place; what is asked of the service follows with the next read."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset != self._at:
            self._let_go()
            self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        """Read on; a connection that breaks is made anew, so often without getting on much further."""
        wanted = min(len(buffer), self._size - self._at)
        if wanted <= 0:
            return 0
        while True:
            try:
                chunk = self._read(wanted)
            except FlexibleChecksumError as error:
                raise self._failed(error) from error
            except BROKEN as error:
                self._let_go()
                self._wait_or_fail(error)
            else:
                break
        buffer[: len(chunk)] = chunk
        self._at += len(chunk)
        return len(chunk)

    def readall(self) -> bytes:
        """Return all that is left."""
        content = bytearray(self._size - self._at)
        done = 0
        while done < len(content):
            done += self.readinto(memoryview(content)[done:])
        return bytes(content)

    def close(self) -> None:
        """Let go of the connection."""
        self._let_go()
        super().close()

    def _read(self, wanted: int) -> bytes:
        if self._body is None:
            self._body = self._fetch(self._at).body
        chunk = bytes(self._body.read(wanted))
        if not chunk:
            raise ConnectionError(f"the answer ended {self._size - self._at} bytes early")
        if self._at + len(chunk) == self._size:
            self._body.read(1)  # boto3 compares its checksum only when it reads the end
        return chunk

    def _wait_or_fail(self, error: Exception) -> None:
        if self._at - self._broke_at >= BUFFER:
            self._breaks = 0
        self._breaks, self._broke_at = self._breaks + 1, self._at
        if self._breaks > self._retries:
            raise self._failed(error) from error
        time.sleep(min(0.1 * 2**self._breaks, 5))

    def _let_go(self) -> None:
        body, self._body = getattr(self, "_body", None), None
        if body is not None:
            with suppress(*BROKEN):
                body.close()
