"""Connections: resolved, checked, opened, kept for the next exchange with the same origin."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address
from urllib.parse import SplitResult
from uuid import uuid4

from scrapy.exceptions import CannotResolveHostError, DownloadConnectionRefusedError, IgnoreRequest

from crawler.capture.addresses import is_metadata, is_public
from crawler.capture.wire import Wire
from storage.warc.telling import Tls

log = logging.getLogger(__name__)

CONNECT_SECONDS = 15
PROTOCOLS = {"TLSv1": "tls/1.0", "TLSv1.1": "tls/1.1", "TLSv1.2": "tls/1.2", "TLSv1.3": "tls/1.3"}

Origin = tuple[str, str, int]


class PrivateAddress(IgnoreRequest):
    """The host's addresses are all private and the site is not configured to be reached there."""


@dataclass(slots=True)
class Connection:
    """An open connection; `used` counts the exchanges that it carried."""

    origin: Origin
    wire: Wire
    ip_address: str
    used: int = 0
    tls: Tls | None = None

    def __post_init__(self) -> None:
        """Note at once what TLS shows: later, with the connection gone, it shows nothing."""
        found: ssl.SSLObject | None = self.wire.transport.get_extra_info("ssl_object")
        self.tls = tls_of(found) if found else None

    @property
    def protocols(self) -> tuple[str, ...]:
        """The protocols of this connection, as `WARC-Protocol` names them."""
        return ("http/1.1", PROTOCOLS.get(self.tls.version, "tls/1.2")) if self.tls else ("http/1.1",)


class Connector:
    """Opens connections and keeps idle ones for the next exchange: no more than were needed side by side."""

    def __init__(self, make_context: Callable[[], ssl.SSLContext], *, seconds: float = CONNECT_SECONDS) -> None:
        """`make_context` is asked once, for the first connection over TLS.

        `seconds` is what finding and opening a connection may take, all of a host's addresses together.
        """
        self._make_context = make_context
        self._seconds = min(seconds, CONNECT_SECONDS)
        self._idle: dict[Origin, list[Connection]] = {}

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return self._make_context()

    async def take(self, address: SplitResult, *, allow_private: bool, fresh: bool = False) -> Connection:
        """Return a connection to this address's origin, an idle one unless a fresh one is asked for.

        Raises `PrivateAddress`, `CannotResolveHostError` or `DownloadConnectionRefusedError`.
        """
        origin = origin_of(address)
        waiting = self._idle.get(origin, [])
        while waiting:
            idle = waiting.pop()
            if not fresh and await idle.wire.is_silent():
                return idle
            if idle.wire.strays:
                log.warning("bytes that nobody asked for, the connection is dropped host=%s port=%d", *origin[1:])
            idle.wire.abort()
        try:
            async with asyncio.timeout(self._seconds):
                return await self._open(origin, allow_private=allow_private)
        except TimeoutError as error:
            host, port = origin[1:]
            said = f"no connection to {host}:{port} within {self._seconds:g} s"
            raise DownloadConnectionRefusedError(said) from error

    def give_back(self, connection: Connection) -> None:
        """Keep a connection that can carry another exchange."""
        self._idle.setdefault(connection.origin, []).append(connection)

    def close(self) -> None:
        """Drop all idle connections."""
        for connection in (connection for waiting in self._idle.values() for connection in waiting):
            connection.wire.abort()
        self._idle.clear()

    async def _open(self, origin: Origin, *, allow_private: bool) -> Connection:
        scheme, host, port = origin
        problem: Exception | None = None
        addresses = await self._resolve(host, port, allow_private=allow_private)
        for found in addresses:
            try:
                async with asyncio.timeout(self._seconds / len(addresses)):
                    _, wire = await asyncio.get_running_loop().create_connection(
                        Wire,
                        found,
                        port,
                        ssl=self._context if scheme == "https" else None,
                        server_hostname=host if scheme == "https" else None,
                    )
            except (OSError, TimeoutError) as error:
                problem = error
                continue
            return Connection(origin=origin, wire=wire, ip_address=found)
        said = str(problem) or type(problem).__name__
        raise DownloadConnectionRefusedError(f"no connection to {host}:{port}: {said}") from problem

    @staticmethod
    async def _resolve(host: str, port: int, *, allow_private: bool) -> list[str]:
        """Return the addresses that may be connected to; the check and the connection use the same answer."""
        try:
            answers = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise CannotResolveHostError(f"{host} has no address: {error}") from error
        found = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
        allowed = [address for address in found if is_public(address) or (allow_private and not is_metadata(address))]
        if not allowed:
            why = "a metadata service" if allow_private else "private, and allow_private_addresses is not true for it"
            raise PrivateAddress(f"{host} is {', '.join(found)}: {why}; it is not fetched")
        return sorted(allowed, key=lambda address: ip_address(address.partition("%")[0]).version)


def origin_of(address: SplitResult) -> Origin:
    """Return scheme, host and port of an address."""
    port = address.port or (443 if address.scheme == "https" else 80)
    return address.scheme, address.hostname or "", port


def tls_of(found: ssl.SSLObject) -> Tls:
    """Return what a connection's TLS shows; the chain that the server sent where Python (3.13 on) shows it."""
    chain = getattr(found, "get_unverified_chain", None)
    leaf = found.getpeercert(binary_form=True)
    cipher = found.cipher()
    return Tls(
        connection=f"<urn:uuid:{uuid4()}>",
        version=found.version() or "unknown",
        cipher=cipher[0] if cipher else "unknown",
        certificates=tuple(chain()) if chain else (leaf,) if leaf else (),
        whole_chain=chain is not None,
    )
