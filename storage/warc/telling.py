"""What a segment says besides the bytes that crossed the wire: who wrote it, over which TLS, led there by what."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

WARC_FIELDS = "application/warc-fields"
PEM_TEXT = "text/plain; charset=us-ascii"
CONFORMS_TO = "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """A connection's TLS as we saw it: the certificates are DER, the server's own first.

    `whole_chain` is False where only the server's own certificate could be had: Python shows what else a server sent
    from 3.13 on.
    """

    connection: str
    version: str
    cipher: str
    certificates: tuple[bytes, ...]
    whole_chain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A record that shows why a page was looked at: `robots`, or the `feed`, `sitemap` or `front` that named it."""

    role: str
    record_id: str
    url: str | None = None


def warcinfo(*, software: str, operator: str | None, user_agent: str, hostname: str) -> dict[str, str]:
    """Return the fields of a warcinfo record that hold for every site (WARC 1.1, section 6.1)."""
    said = {
        "software": software,
        "format": "WARC File Format 1.1",
        "conformsTo": CONFORMS_TO,
        "robots": "obey",
        "http-header-user-agent": user_agent,
        "hostname": hostname,
    }
    return said | ({"operator": operator} if operator else {})


def warc_fields(fields: Iterable[tuple[str, str]]) -> bytes:
    """Return a block of type `application/warc-fields`; line breaks within a value are taken for spaces."""
    return "".join(f"{name}: {' '.join(value.split())}\r\n" for name, value in fields).encode()


def info_block(fields: Mapping[str, str]) -> bytes:
    """Return a warcinfo record's block."""
    return warc_fields(fields.items())


def witness_block(witnesses: Iterable[Witness]) -> bytes:
    """Return one line a witness: its role, its record id, its address where that is known."""
    return warc_fields(
        (f"witness-{witness.role}", f"{witness.record_id} {witness.url or ''}".strip()) for witness in witnesses
    )


def tls_block(tls: Tls) -> bytes:
    """Return what is known of a connection's TLS: lines of text, then PEM (RFC 7468 lets text stand before it)."""
    chain = "as the server sent it, unverified" if tls.whole_chain else "the server's own certificate only"
    said = [
        ("tls-connection", tls.connection),
        ("tls-version", tls.version),
        ("tls-cipher-suite", tls.cipher),
        ("tls-certificates", f"{len(tls.certificates)}, {chain}"),
    ]
    chain_pem = "".join(ssl.DER_cert_to_PEM_cert(certificate) for certificate in tls.certificates)
    return warc_fields(said) + b"\r\n" + chain_pem.encode()
