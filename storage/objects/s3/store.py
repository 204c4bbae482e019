"""A store in a bucket: every object created once, its SHA-256 in its metadata, its version's id handed back."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar, cast

from botocore.exceptions import ClientError

from news.errors import ObjectMissing, StoreError, StoreUnavailable
from storage.objects.ordering import in_order
from storage.objects.protocol import (
    DAMAGED,
    Prepared,
    Stored,
    Version,
    check_key,
    ends_early,
    get_bytes,
    put_failures,
    stream_digest,
    taken,
)
from storage.objects.s3 import versions as states
from storage.objects.s3.client import MEGABYTE, Client, make_client, split
from storage.objects.s3.errors import code_of, reporting, status_of, translated
from storage.objects.s3.reading import BUFFER, Answer, Content
from storage.objects.s3.writing import DIGEST, Upload, retention, send

if TYPE_CHECKING:
    from storage.settings import S3

Item = TypeVar("Item")

BUSY = ("ConditionalRequestConflict", "OperationAborted")
"""Somebody else puts the same key at this moment; who asks again soon hears how it ended."""

SETTLED = 0.25
"""Seconds after which a put that began before another one's end is over, where the service does not decide it."""


class S3Store:
    """A store under a prefix of a bucket, reached as `[s3]` says. Can be pickled: each process makes its own client."""

    page = 1000
    """Keys asked for at a time."""

    def __init__(self, address: str, settings: S3) -> None:
        self.address = address
        self.bucket, self.prefix = split(address)
        self.settings = settings
        self._client: Client | None = None
        self._process = 0

    def __getstate__(self) -> dict[str, Any]:
        """Leave the client behind: its connections are this process's."""
        return {**self.__dict__, "_client": None, "_process": 0}

    @property
    def client(self) -> Client:
        """This process's client."""
        if self._client is None or self._process != os.getpid():
            with reporting(self.address, "reach the service"):
                self._client, self._process = make_client(self.settings), os.getpid()
        return self._client

    def put(self, key: str, content: BinaryIO) -> Stored:
        """Create the object; the same bytes again change nothing, others raise `ObjectCorrupt`."""
        return self._put(key, content, settled=SETTLED)

    def _put(self, key: str, content: BinaryIO, *, settled: float) -> Stored:
        start = content.tell()
        digest, size = stream_digest(content)
        upload = self._upload(key, digest, size)
        for attempt in range(4):
            content.seek(start)
            with reporting(self.address, f"put {key}"):
                stored = self._create(key, upload, content, settled)
            if stored is not None:
                return stored
            time.sleep(0.1 * 2**attempt)
        raise StoreUnavailable(f"{self.address}: put {key}: others are putting it at the same time; try again")

    def put_all(self, objects: Iterable[tuple[str, bytes]]) -> list[Stored]:
        """Create many small objects, several at a time; what failed is told in one error.

        Their keys name their bytes: nobody waits to see who else puts them.
        """
        failures: dict[str, StoreError] = {}
        done: list[Stored] = []

        def create(item: tuple[str, bytes]) -> Stored | StoreError:
            try:
                return self._put(item[0], io.BytesIO(item[1]), settled=0)
            except StoreError as error:
                return error

        with ThreadPoolExecutor(self.settings.parallel) as pool:
            for batch in _batches(objects, 32 * self.settings.parallel):
                for (key, _), came in zip(batch, pool.map(create, batch), strict=True):
                    if isinstance(came, StoreError):
                        failures[key] = came
                    else:
                        done.append(came)
        if failures:
            raise put_failures(failures, len(done) + len(failures))
        return done

    def get_all(self, keys: Iterable[str]) -> Iterator[bytes]:
        """Yield small objects' bytes in the order of their keys, several asked for at a time; raises as `open` does."""
        with ThreadPoolExecutor(self.settings.parallel) as pool:
            for batch in _batches(keys, 4 * self.settings.parallel):
                yield from pool.map(lambda key: get_bytes(self, key), batch)

    def open(self, key: str, *, version: str | None = None) -> BinaryIO:
        """Return the object's bytes, or those of a version, as a stream that can seek; raises `ObjectMissing`."""
        return cast("BinaryIO", io.BufferedReader(self._content(key, version=version), BUFFER))

    def read_range(self, key: str, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset`; raises `ObjectMissing`, or `ObjectCorrupt` when it is shorter."""
        if not length:
            return b""
        try:
            with self._content(key, first=offset, last=offset + length - 1) as stream:
                content = stream.readall()
        except StoreUnavailable as error:
            if isinstance(error.__cause__, ClientError) and status_of(error.__cause__) == 416:
                raise ends_early(key, self.address, offset + length) from error
            raise
        if len(content) != length:
            raise ends_early(key, self.address, offset + length)
        return content

    def list(self, prefix: str) -> Iterator[Stored]:
        """Yield the objects whose keys begin so, sorted by key, in whatever order the service lists them."""
        for key, size in in_order(self._listed(prefix)):
            if not key.endswith("/"):  # what consoles put to show an empty folder
                yield Stored(key=key.removeprefix(self.prefix), size=size)

    def _listed(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Yield full keys and sizes as the service lists them, page by page; some may come twice."""
        with reporting(self.address, f"list {prefix}"):
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=self.prefix + prefix, PaginationConfig={"PageSize": self.page}
            )
            for answer in pages:
                yield from ((item["Key"], item["Size"]) for item in answer.get("Contents", ()))

    def current(self, prefix: str) -> Iterator[Stored]:
        """Yield the same with the version that each has now, where the bucket keeps versions."""
        if not self._keeps_versions():
            yield from self.list(prefix)
            return
        with reporting(self.address, f"list the versions of {prefix}"):
            newest, others = states.newest(self.client, self.bucket, self.prefix + prefix, page=self.page)
        for item in self.list(prefix):
            name = self.prefix + item.key
            stored = replace(item, version=newest[name]) if name in newest else self._head(item.key)
            yield replace(stored, beneath=others[name])

    def versions(self, key: str) -> tuple[Version, ...]:
        """Return every state that the object had, newest first; none where the bucket keeps no versions."""
        if not self._keeps_versions():
            return ()
        with reporting(self.address, f"list the versions of {key}"):
            return states.of_key(self.client, self.bucket, self._named(key)["Key"])

    def bring_back(self, key: str, version: str) -> Stored:
        """Put a version on top again by a copy within the service; all others stay."""
        named = self._named(key)
        with reporting(self.address, f"copy a version of {key}"):
            source = {**named, "VersionId": version}
            metadata = self.client.head_object(**source).get("Metadata", {})
            self._copy(source, named["Key"], {"Metadata": metadata, "MetadataDirective": "REPLACE"})
        return self._head(key)

    def replace(self, key: str, content: BinaryIO) -> Stored:
        """Put the right bytes in the place of wrong ones, which are kept: as a version, or under `damaged/`."""
        start = content.tell()
        digest, size = stream_digest(content)
        content.seek(start)
        named = self._named(key)
        with reporting(self.address, f"put {key}"):
            if not self._keeps_versions() and self._there(key):
                kept = f"{self.prefix}{DAMAGED}{key}.{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
                self._copy(named, kept, {})
            upload = self._upload(key, digest, size, once=False)
            version = send(self.client, upload, content, part=self._part)
        return Stored(key=key, size=size, version=version)

    def prepare(self) -> Prepared:
        """Make bucket and versioning where they are missing, and find out what the service can do."""
        from storage.objects.s3.preparing import prepare

        return prepare(self)

    def warnings(self) -> tuple[str, ...]:
        """Return what an operator must know of the bucket as it is: that it keeps no versions."""
        if self._keeps_versions():
            return ()
        return (f"{self.address}: {states.NO_VERSIONS}",)

    @property
    def _part(self) -> int:
        return int(self.settings.multipart_megabytes * MEGABYTE)

    def _named(self, key: str) -> dict[str, str]:
        check_key(key)
        return {"Bucket": self.bucket, "Key": self.prefix + key}

    def _content(self, key: str, *, version: str | None = None, first: int = 0, last: int | None = None) -> Content:
        """Return the bytes from `first` to `last` of an object's state now, or of a version."""
        asked = self._named(key) | ({"VersionId": version} if version else {})

        def fetch(offset: int) -> Answer:
            span = f"bytes={first + offset}-{'' if last is None else last}"
            whole = last is None and not first + offset  # the service's checksum is of the whole
            with reporting(self.address, f"get {key}"):
                answer = self.client.get_object(**asked, **({} if whole else {"Range": span}))
            if version is None:  # later reads are of the state that the first one was of
                asked.update(_same_state(answer))
            return Answer(body=answer["Body"], size=offset + answer["ContentLength"])

        return Content(
            fetch, retries=self.settings.retries, failed=lambda error: translated(error, self.address, f"get {key}")
        )

    def _upload(self, key: str, digest: str, size: int, *, once: bool = True) -> Upload:
        return Upload(
            **{name.lower(): value for name, value in self._named(key).items()},
            digest=digest,
            size=size,
            once=once,
            lock_days=self.settings.object_lock_days,
        )

    def _create(self, key: str, upload: Upload, content: BinaryIO, settled: float) -> Stored | None:
        """Create an object or find the same there; return None where somebody else is at it just now.

        Where a service may pass over the condition, for parts or for all, we ask first and look again afterwards.
        """
        asks_first = self.settings.create_once == "ask-first" or upload.size > self._part
        if asks_first and self._there(key):
            return self._same(key, upload)
        try:
            version = send(self.client, upload, content, part=self._part)
        except ClientError as error:
            if status_of(error) == 412:
                return self._same(key, upload) if self._there(key) else None
            if code_of(error) in BUSY:
                return None
            raise
        stored = Stored(key=key, size=upload.size, version=version)
        return self._alone(stored, upload, settled) if asks_first else stored

    def _same(self, key: str, upload: Upload) -> Stored:
        """Return the object that is there if it holds the same bytes; raises `ObjectCorrupt` for others."""
        named = self._named(key)
        answer = self.client.head_object(**named)
        told = answer.get("Metadata", {}).get(DIGEST)
        same = answer["ContentLength"] == upload.size and f"sha256:{told}" == upload.digest
        if not same and answer["ContentLength"] == upload.size and told is None:  # a copy by a tool that drops metadata
            with self.open(key) as stream:
                same = stream_digest(stream) == (upload.digest, upload.size)
        if not same:
            raise taken(key, self.address)
        return Stored(key=key, size=upload.size, version=answer.get("VersionId"))

    def _alone(self, stored: Stored, upload: Upload, settled: float) -> Stored:
        """Make sure that nobody put the key between our asking and our putting: the first put counts, whoever's.

        Who finds itself the first looks again `settled` seconds later, for a put that began earlier and ended since.
        """
        for wait in (0, settled) if settled else (0,):
            time.sleep(wait)
            first = stored.version and states.first_put(self.client, self.bucket, upload.key)
            if first not in (None, stored.version):
                return self._second(stored, upload, first)
        return stored

    def _second(self, stored: Stored, upload: Upload, first: str) -> Stored:
        """Return the object if the first put holds the same bytes; else bring that back and tell that it is taken."""
        with self.open(stored.key, version=first) as stream:
            if stream_digest(stream) == (upload.digest, upload.size):
                return stored
        self.bring_back(stored.key, first)
        raise taken(stored.key, self.address)

    def _head(self, key: str) -> Stored:
        with reporting(self.address, f"look at {key}"):
            answer = self.client.head_object(**self._named(key))
        return Stored(key=key, size=answer["ContentLength"], version=answer.get("VersionId"))

    def _there(self, key: str) -> bool:
        try:
            self._head(key)
        except ObjectMissing:
            return False
        return True

    def _keeps_versions(self) -> bool:
        with reporting(self.address, "ask whether the bucket keeps versions"):
            return states.kept(self.client, self.bucket)

    def _copy(self, source: Mapping[str, str], key: str, fields: Mapping[str, Any]) -> None:
        """Copy within the service; boto3's transfer does it in parts where it must."""
        told = {**fields, **retention(self.settings.object_lock_days)}
        self.client.copy(dict(source), self.bucket, key, ExtraArgs=told)


def _same_state(answer: Mapping[str, Any]) -> dict[str, str]:
    version = answer.get("VersionId")
    return {"VersionId": version} if version and version != "null" else {"IfMatch": answer["ETag"]}


def _batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
