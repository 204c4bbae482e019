"""A raw-socket server that answers with exactly the bytes it is told to, and remembers exactly what it was sent."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self


@dataclass
class Answer:
    """Bytes to send, in pieces with a pause between them; then the connection is kept or closed."""

    pieces: tuple[bytes, ...]
    close: bool = False
    pause: float = 0.0
    reset: bool = False

    @property
    def whole(self) -> bytes:
        return b"".join(self.pieces)


def answer(*pieces: bytes, **how: object) -> Answer:
    return Answer(pieces=pieces, **how)  # type: ignore[arg-type]


@dataclass
class Exchanged:
    """What crossed one connection for one request."""

    path: str
    received: bytes
    sent: bytes = b""


@dataclass
class WireServer:
    """Serves scripted answers by path; `/robots.txt` is empty unless scripted. A list is used up answer by answer."""

    script: dict[str, Answer | list[Answer]]
    context: ssl.SSLContext | None = None
    log: list[Exchanged] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.script.setdefault("/robots.txt", answer(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._lock = threading.Lock()
        self._closing = False
        self._at_once = 0
        self.most_at_once = 0
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def url(self) -> str:
        scheme, host = ("https", "localhost") if self.context else ("http", "127.0.0.1")
        return f"{scheme}://{host}:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing = True
        self._socket.close()

    def exchanges(self, path: str) -> list[Exchanged]:
        with self._lock:
            return [exchanged for exchanged in self.log if exchanged.path == path]

    def _accept(self) -> None:
        while not self._closing:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._guard, args=(connection,), daemon=True).start()

    def _guard(self, connection: socket.socket) -> None:
        try:
            if self.context is not None:
                connection = self.context.wrap_socket(connection, server_side=True)
            self._serve(connection)
        except (OSError, ValueError):
            return
        finally:
            connection.close()

    def _serve(self, connection: socket.socket) -> None:
        while True:
            received = b""
            while b"\r\n\r\n" not in received:
                more = connection.recv(65536)
                if not more:
                    return
                received += more
            path = received.split(b" ", 2)[1].decode()
            exchanged = Exchanged(path=path, received=received)
            with self._lock:
                self.log.append(exchanged)
                said = self._next(path)
            if said.reset:
                return
            with self._counted():
                self._send(connection, said, exchanged)
            if said.close:
                return

    @contextmanager
    def _counted(self) -> Iterator[None]:
        """Count how many answers are being given together."""
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            yield
        finally:
            with self._lock:
                self._at_once -= 1

    def _next(self, path: str) -> Answer:
        said = self.script.get(path, answer(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))
        if isinstance(said, list):
            return said.pop(0) if len(said) > 1 else said[0]
        return said

    def _send(self, connection: socket.socket, said: Answer, exchanged: Exchanged) -> None:
        wait: Callable[[float], bool] = threading.Event().wait
        for piece in said.pieces:
            connection.sendall(piece)
            exchanged.sent += piece
            if said.pause:
                wait(said.pause)
