"""HTTP/1.1 on loopback: conditional requests (RFC 9110, section 13), gzip, keep-alive, a log of all that was asked."""

import contextlib
import gzip
import socket
import socketserver
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from newsroom.answers import Answer, Asked
from newsroom.model import Logged
from newsroom.times import Clock, http_date

HOST = "127.0.0.1"
SQUEEZED = ("text/", "application/xml", "application/rss+xml", "application/atom+xml", "image/svg+xml")
Respond = Callable[[Asked], Answer]
Note = Callable[[Logged], None]


class Server(ThreadingHTTPServer):
    """A bound socket and the threads behind it; `close` ends every connection that is still open."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, port: int, *, respond: Respond, note: Note, clock: Clock) -> None:
        self.respond = respond
        self.note = note
        self.clock = clock
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__((HOST, port), Exchange)

    def server_bind(self) -> None:
        """Bind without asking a name server who we are, as the standard library's server does."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:  # the base class says so
        """Remember the connection, then serve it."""
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # the base class says so
        """Forget the connection, then close it."""
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # the base class says so
        """Report what went wrong, unless it is only a client that left."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def close(self) -> None:
        """Serve nobody any more and wait until the last thread has gone."""
        self.stopping.set()
        self.shutdown()
        with self._guard:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.server_close()


class Exchange(BaseHTTPRequestHandler):
    """One connection and the requests on it."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "harbour/2.1"
    timeout = 60
    wbufsize = -1
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        asked = Asked(
            method=self.command,
            target=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
        )
        answer = self.server.respond(asked)
        if self._is_unchanged(answer, asked):
            answer = Answer(body=b"", status=304, headers=answer.headers, etag=answer.etag, modified=answer.modified)
        self._log(answer.status)
        left_waiting = answer.delay > 0 and self.server.stopping.wait(answer.delay)
        if answer.status == 0 or left_waiting:
            self.close_connection = True
            return
        self._send(answer, asked)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = _serve  # noqa: N815

    def _log(self, status: int) -> None:
        headers = tuple(self.headers.items())
        at = self.server.clock()
        self.server.note(Logged(method=self.command, path=self.path, headers=headers, status=status, at=at))

    def _is_unchanged(self, answer: Answer, asked: Asked) -> bool:
        """If-None-Match decides when it is there (weak comparison), If-Modified-Since otherwise."""
        if answer.status != 200 or asked.method not in {"GET", "HEAD"}:
            return False
        known = asked.headers.get("if-none-match")
        if known is not None:
            tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
            return answer.etag is not None and (known.strip() == "*" or answer.etag.removeprefix("W/") in tags)
        since = _instant(asked.headers.get("if-modified-since"))
        return answer.modified is not None and since is not None and answer.modified.replace(microsecond=0) <= since

    def _send(self, answer: Answer, asked: Asked) -> None:
        body = answer.body
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.etag:
            self.send_header("ETag", answer.etag)
        if answer.modified:
            self.send_header("Last-Modified", http_date(answer.modified))
        if answer.kind.startswith(SQUEEZED):
            self.send_header("Vary", "Accept-Encoding")
        if answer.status != 304:
            if answer.kind.startswith(SQUEEZED) and _takes_gzip(asked.headers.get("accept-encoding", "")):
                body = gzip.compress(body, compresslevel=6, mtime=0)
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(body)))
        if answer.cut or asked.method not in {"GET", "HEAD"}:
            self.send_header("Connection", "close")
        self.end_headers()
        if asked.method != "HEAD":
            self.wfile.write(body[: len(body) // 2] if answer.cut else body)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The newsroom's own time, so that Date agrees with what its pages print."""
        return super().date_time_string(self.server.clock().timestamp() if timestamp is None else timestamp)

    def version_string(self) -> str:
        """What the Server header says."""
        return self.server_version

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class says so
        """Say nothing: `Newsroom.log` keeps every request."""


def _takes_gzip(accept: str) -> bool:
    offers = [offer.replace(" ", "").lower() for offer in accept.split(",")]
    return any(offer.partition(";")[0] == "gzip" and not offer.endswith(";q=0") for offer in offers)


def _instant(words: str | None) -> datetime | None:
    if words is None:
        return None
    try:
        at = parsedate_to_datetime(words)
    except ValueError:
        return None
    return at if at.tzinfo else None
