"""A WACZ file held against its format (1.1.1 and WACZ Signing 0.1.0) more strictly than the format's own tool does."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from warcio.archiveiterator import ArchiveIterator

from storage.export.signing import VOUCH
from storage.surt import surt

SIGNED = {"hash", "created", "software", "version", "signature", "publicKey"}


def faults(path: Path) -> list[str]:
    """What is wrong with the file, in words; nothing for one that is as it should be."""
    with zipfile.ZipFile(path) as packed:
        names = packed.namelist()
        parts = {name: packed.read(name) for name in names}
        stored = {info.filename: info.compress_type == zipfile.ZIP_STORED for info in packed.infolist()}
    found = [f"{name} is in it twice" for name in set(names) if names.count(name) > 1]
    needed = {"datapackage.json", "datapackage-digest.json", "indexes/index.cdxj", "pages/pages.jsonl"}
    found += [f"{name} is missing" for name in needed - parts.keys()]
    archives = [name for name in names if name.startswith("archive/")]
    found += [] if archives else ["it holds no WARC file"]
    found += [f"{name} is not stored as it is" for name in archives if not stored[name]]
    found += [f"{name} lies elsewhere than the directory lets think" for name in misplaced(path)]
    if found:
        return found
    return [*_package(parts), *_signature(parts), *_index(parts), *_pages(parts)]


def misplaced(path: Path) -> list[str]:
    """The parts before whose content stands an extra field though the zip's directory has none: browsers miss it."""
    content = path.read_bytes()
    with zipfile.ZipFile(path) as packed:
        bare = [info for info in packed.infolist() if not info.extra]
    return [info.filename for info in bare if content[info.header_offset + 28 : info.header_offset + 30] != b"\0\0"]


def _package(parts: dict[str, bytes]) -> Iterator[str]:
    package = json.loads(parts["datapackage.json"])
    if (package["profile"], package["wacz_version"]) != ("data-package", "1.1.1"):
        yield "it says another profile or version"
    listed = {each["path"]: each for each in package["resources"]}
    there = parts.keys() - {"datapackage.json", "datapackage-digest.json"}
    yield from (f"{name} is not listed" for name in there - listed.keys())
    yield from (f"{name} is listed and not there" for name in listed.keys() - there)
    for name in there & listed.keys():
        said, part = listed[name], parts[name]
        if (said["hash"], said["bytes"]) != (_sha256(part), len(part)):
            yield f"{name} is not what the data package says"
        if said["name"] != name.rpartition("/")[2]:
            yield f"{name} is listed under the name {said['name']}"


def _signature(parts: dict[str, bytes]) -> Iterator[str]:
    digest, package = json.loads(parts["datapackage-digest.json"]), json.loads(parts["datapackage.json"])
    if (digest["path"], digest["hash"]) != ("datapackage.json", _sha256(parts["datapackage.json"])):
        yield "the data package is not what its digest says"
    signed: dict[str, str] | None = digest.get("signedData")
    if signed is None:
        return
    if signed.keys() != SIGNED:
        yield "the signature has fields that the format does not know"
    if (signed["hash"], signed["created"]) != (digest["hash"], package["created"]):
        yield "the signature is of another data package"
    key = load_der_public_key(b64decode(signed["publicKey"], validate=True))
    raw = b64decode(signed["signature"], validate=True)
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp384r1" or len(raw) != 96:
        yield "the signature is none of ECDSA with P-384 as browsers check it"
        return
    numbers = encode_dss_signature(int.from_bytes(raw[:48]), int.from_bytes(raw[48:]))
    try:
        key.verify(numbers, signed["hash"].encode(), ec.ECDSA(SHA256()))
    except InvalidSignature:
        yield "the signature is not that of the data package"
    yield from _vouching(package["stoppress"], signed["publicKey"])


def _vouching(said: dict[str, str], key: str) -> Iterator[str]:
    archive = load_der_public_key(b64decode(said["archiveKey"], validate=True))
    assert isinstance(archive, Ed25519PublicKey)
    try:
        archive.verify(b64decode(said["waczKeySignature"]), VOUCH + b64decode(said["waczKey"]))
    except InvalidSignature:
        yield "the archive's key did not sign for the key of the file"
    if said["waczKey"] != key:
        yield "the archive's key signed for another key"


def _index(parts: dict[str, bytes]) -> Iterator[str]:
    lines = parts["indexes/index.cdxj"].splitlines(keepends=True)
    if lines != sorted(lines):
        yield "the index is not sorted"
    for line in lines:
        key, stamp, fields = line.decode().split(" ", 2)
        row = json.loads(fields)
        archive = parts.get(f"archive/{row['filename']}", b"")
        member = archive[int(row["offset"]) : int(row["offset"]) + int(row["length"])]
        inflater = zlib.decompressobj(31)
        try:
            inflater.decompress(member)
        except zlib.error:
            yield f"{row['url']} at {stamp}: no gzip member lies there"
            continue
        if not inflater.eof or inflater.unused_data:
            yield f"{row['url']} at {stamp}: what lies there is no whole gzip member"
            continue
        yield from _record(member, key, stamp, row)


def _record(member: bytes, key: str, stamp: str, row: dict[str, Any]) -> Iterator[str]:
    record = next(iter(ArchiveIterator(io.BytesIO(member))))
    at = "".join(filter(str.isdigit, record.rec_headers.get_header("WARC-Date")))[:14]
    url = record.rec_headers.get_header("WARC-Target-URI")
    if (url, at, surt(url)) != (row["url"], stamp, key):
        yield f"{row['url']} at {stamp}: another record lies there"
    if record.http_headers.get_statuscode() != row["status"]:
        yield f"{row['url']} at {stamp}: its status is not {row['status']}"
    if record.http_headers.get_statuscode() == "304":
        yield f"{row['url']} at {stamp}: a 304, which replays as an empty page"


def _pages(parts: dict[str, bytes]) -> Iterator[str]:
    head, *pages = [json.loads(line) for line in parts["pages/pages.jsonl"].splitlines()]
    if head["format"] != "json-pages-1.0":
        yield "the list of pages has another format"
    lines = [line.split(" ", 2) for line in parts["indexes/index.cdxj"].decode().splitlines()]
    indexed = {(json.loads(fields)["url"], stamp) for _, stamp, fields in lines}
    for page in pages:
        at = "".join(filter(str.isdigit, page["ts"]))[:14]
        if (page["url"], at) not in indexed:
            yield f"the page {page['url']} at {page['ts']} is not in the index"
    if len({page["id"] for page in pages}) != len(pages):
        yield "two pages have one id"


def _sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
