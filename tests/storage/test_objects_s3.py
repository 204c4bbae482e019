"""What is a bucket's own: what a service lacks, how it fails, and the way to it."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from urllib3.response import HTTPResponse

from news.errors import ConfigError, ObjectCorrupt, ObjectMissing, StopPressError, StoreUnavailable
from storage.objects import get_bytes, open_store, put_bytes
from storage.objects.s3.store import S3Store
from storage.objects.s3.versions import first_put, of_key
from storage.settings import S3
from tests.s3server import seaweed
from tests.storage.stores import enter, s3_settings

KEY = "articles/gazette/0a1b/20260302T090000.000000Z-00ff.json"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    enter(seaweed(), monkeypatch)


@pytest.fixture
def make() -> Callable[..., S3Store]:
    def made(bucket: str | None = None, **settings: object) -> S3Store:
        return S3Store(f"s3://{bucket or seaweed().bucket()}/archive", s3_settings(seaweed(), **settings))

    return made


@pytest.fixture
def store(make: Callable[..., S3Store]) -> S3Store:
    made = make()
    made.prepare()
    return made


def refuse(store: S3Store, operation: str, status: int, code: str) -> None:
    """Let the service answer an operation so."""
    body = f"<Error><Code>{code}</Code><Message>{code} it is</Message></Error>".encode()

    def answer(request: Any, **_: object) -> AWSResponse:
        return AWSResponse(request.url, status, {}, raw(body))

    store.client.meta.events.register(f"before-send.s3.{operation}", answer)


def raw(body: bytes) -> Any:
    stream = BytesIO(body)
    stream.stream = lambda **_: iter([body])  # type: ignore[attr-defined]
    return stream


def pass_over_conditions(store: S3Store) -> None:
    """Let the service overwrite though it is asked not to, as Ceph's gateway does in a bucket that keeps versions."""

    def strip(request: Any, **_: object) -> None:
        del request.headers["If-None-Match"]

    for operation in ("PutObject", "CompleteMultipartUpload"):
        store.client.meta.events.register(f"before-sign.s3.{operation}", strip)


def test_init_makes_the_bucket_and_switches_versions_on(make: Callable[..., S3Store]) -> None:
    store = make()
    prepared = store.prepare()
    assert prepared.done == (
        f"bucket {store.bucket} made",
        f"versioning of bucket {store.bucket} switched on",
    )
    assert prepared.able == {
        "versions": True,
        "object_lock": False,
        "create_once": True,
        "create_once_in_parts": True,
    }
    answer = seaweed().client().list_object_versions(Bucket=store.bucket)
    assert not answer.get("Versions")
    assert not answer.get("DeleteMarkers")


def test_versions_that_were_switched_off_are_told_at_each_start(store: S3Store) -> None:
    assert store.warnings() == ()
    off = {"Status": "Suspended"}
    seaweed().client().put_bucket_versioning(Bucket=store.bucket, VersioningConfiguration=off)
    (warning,) = store.warnings()
    assert "keeps no versions" in warning
    assert store.prepare().done == (f"versioning of bucket {store.bucket} switched on",)


def test_a_service_without_versions_is_taken_with_a_plain_warning(make: Callable[..., S3Store]) -> None:
    store = make()
    refuse(store, "PutBucketVersioning", 501, "NotImplemented")
    refuse(store, "GetBucketVersioning", 501, "NotImplemented")
    prepared = store.prepare()
    assert not prepared.able["versions"]
    (warning,) = prepared.warnings
    assert "what an operator overwrites or deletes there can't be brought back" in warning
    assert put_bytes(store, KEY, b"right").version is None
    seaweed().client().put_object(Bucket=store.bucket, Key=f"archive/{KEY}", Body=b"wrong")
    store.replace(KEY, BytesIO(b"right"))
    (aside,) = store.list("damaged/")
    assert get_bytes(store, aside.key) == b"wrong"
    assert get_bytes(store, KEY) == b"right"
    assert [item.version for item in store.current("articles/")] == [None]


def test_a_service_that_overwrites_is_refused_until_the_operator_knows(make: Callable[..., S3Store]) -> None:
    store = make()
    pass_over_conditions(store)
    with pytest.raises(ConfigError, match=r's3.create_once: .* set create_once = "ask-first"'):
        store.prepare()
    store.settings = s3_settings(seaweed(), create_once="ask-first")
    assert store.prepare().able["create_once"] is False


def test_where_it_overwrites_the_first_put_still_counts(make: Callable[..., S3Store]) -> None:
    store = make(create_once="ask-first", multipart_megabytes=5)
    pass_over_conditions(store)
    store.prepare()
    put_bytes(store, KEY, b"first")
    with pytest.raises(ObjectCorrupt):
        put_bytes(store, KEY, b"second")
    assert len(store.versions(KEY)) == 1
    with ThreadPoolExecutor(6) as pool:
        jobs = [pool.submit(put_bytes, store, "race", b"%d" % number) for number in range(6)]
    lost = [job for job in jobs if isinstance(job.exception(), ObjectCorrupt)]
    assert len(lost) == 5
    with store.open("race", version=store.versions("race")[-1].version) as first:
        assert first.read() == get_bytes(store, "race")


def test_which_put_was_the_first_does_not_hang_on_which_is_the_latest() -> None:
    def asked(latest: str, *, gone: bool = False) -> str | None:
        at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        listed = [row(name, at, latest) for name in ("third", "second", "first")]
        markers = [row("gone", at - timedelta(seconds=1), latest)] if gone else []
        older = [row("before", at - timedelta(seconds=2), latest)] if gone else []
        page = {"Versions": listed + older, "DeleteMarkers": markers}
        client: Any = SimpleNamespace(
            get_paginator=lambda _: SimpleNamespace(paginate=lambda **_: [page]),
        )
        assert of_key(client, "bucket", KEY)[0].version == latest
        return first_put(client, "bucket", KEY)

    assert {asked("third"), asked("second"), asked("first")} == {"first"}
    assert {asked("third", gone=True), asked("first", gone=True)} == {"first"}


def row(version: str, at: datetime, latest: str) -> dict[str, object]:
    return {"Key": KEY, "VersionId": version, "LastModified": at, "Size": 1, "IsLatest": version == latest}


def test_with_neither_versions_nor_conditions_the_race_is_told(make: Callable[..., S3Store]) -> None:
    store = make(create_once="ask-first")
    pass_over_conditions(store)
    refuse(store, "PutBucketVersioning", 501, "NotImplemented")
    refuse(store, "GetBucketVersioning", 501, "NotImplemented")
    assert any("let only one machine write" in warning for warning in store.prepare().warnings)
    put_bytes(store, KEY, b"first")
    with pytest.raises(ObjectCorrupt):
        put_bytes(store, KEY, b"second")


def test_parts_are_joined_without_a_condition_where_the_service_knows_none(make: Callable[..., S3Store]) -> None:
    store = make(multipart_megabytes=5)
    store.prepare()
    refused = []

    def answer(request: Any, **_: object) -> AWSResponse | None:
        if "If-None-Match" not in request.headers:
            return None
        refused.append(request.url)
        return AWSResponse(request.url, 501, {}, raw(b"<Error><Code>NotImplemented</Code></Error>"))

    store.client.meta.events.register("before-send.s3.CompleteMultipartUpload", answer)
    large = b"ferry" * (6 << 18)
    assert put_bytes(store, "large", large).version
    assert refused
    with pytest.raises(ObjectCorrupt):
        put_bytes(store, "large", large + b"!")
    assert get_bytes(store, "large") == large


def test_an_upload_in_parts_that_breaks_leaves_no_parts(make: Callable[..., S3Store]) -> None:
    store = make(multipart_megabytes=5, retries=0)
    store.prepare()
    refuse(store, "CompleteMultipartUpload", 500, "InternalError")
    with pytest.raises(StoreUnavailable, match="the service failed"):
        put_bytes(store, "large", b"ferry" * (6 << 18))
    assert not seaweed().client().list_multipart_uploads(Bucket=store.bucket).get("Uploads")
    assert list(store.list("")) == []


def test_an_answer_that_was_lost_is_no_second_put(store: S3Store) -> None:
    sent = []

    store.client.meta.events.register("response-received.s3.PutObject", lambda **said: lost_once(said, sent))
    first = put_bytes(store, KEY, b"right")
    assert sent == [200]
    assert put_bytes(store, KEY, b"right") == first
    assert len(store.versions(KEY)) == 1


def lost_once(said: dict[str, Any], sent: list[int]) -> None:
    """Make the first good answer to a put a failure on the way, so that boto3 puts again."""
    parsed = said["parsed_response"]
    if not sent and parsed is not None:
        sent.append(parsed["ResponseMetadata"]["HTTPStatusCode"])
        parsed["ResponseMetadata"]["HTTPStatusCode"] = 503
        parsed["Error"] = {"Code": "SlowDown", "Message": "lost"}


def test_sealed_objects_are_kept_from_deletion_where_that_is_asked(make: Callable[..., S3Store]) -> None:
    store = make(object_lock_days=30, multipart_megabytes=5)
    assert store.prepare().able["object_lock"]
    client = seaweed().client()
    for key, content in ((KEY, b"small"), ("large", b"ferry" * (6 << 18))):
        stored = put_bytes(store, key, content)
        named = {"Bucket": store.bucket, "Key": f"archive/{key}", "VersionId": stored.version}
        told = client.head_object(**named)
        assert told["ObjectLockMode"] == "GOVERNANCE"
        assert 29 <= (told["ObjectLockRetainUntilDate"] - datetime.now(UTC)).days <= 30
        with pytest.raises(ClientError):
            client.delete_object(**named)
        assert store.bring_back(key, stored.version or "").version != stored.version


def test_a_lock_that_the_bucket_does_not_allow_is_a_configuration_error(store: S3Store) -> None:
    store.settings = s3_settings(seaweed(), object_lock_days=30)
    with pytest.raises(ConfigError, match=r"s3\.object_lock_days is set, but .* allows no object lock"):
        store.prepare()
    with pytest.raises(StoreUnavailable, match=r"s3\.object_lock_days"):
        put_bytes(store, KEY, b"x")


def test_our_own_digest_lies_beside_the_object(store: S3Store) -> None:
    put_bytes(store, KEY, b"the ferry sails")
    told = seaweed().client().head_object(Bucket=store.bucket, Key=f"archive/{KEY}")
    assert told["Metadata"]["sha256"] == sha256(b"the ferry sails").hexdigest()


def test_a_copy_whose_metadata_was_lost_is_compared_byte_by_byte(store: S3Store) -> None:
    seaweed().client().put_object(Bucket=store.bucket, Key=f"archive/{KEY}", Body=b"right")
    assert put_bytes(store, KEY, b"right").version
    with pytest.raises(ObjectCorrupt):
        put_bytes(store, KEY, b"wrong")


def test_what_consoles_put_for_an_empty_folder_is_no_object(store: S3Store) -> None:
    seaweed().client().put_object(Bucket=store.bucket, Key="archive/warc/", Body=b"")
    put_bytes(store, "warc/a", b"x")
    assert [item.key for item in store.list("")] == ["warc/a"]
    assert [item.key for item in store.current("")] == ["warc/a"]


def test_two_archives_share_a_bucket(make: Callable[..., S3Store]) -> None:
    one = make()
    one.prepare()
    other = S3Store(f"s3://{one.bucket}/archive-two/", one.settings)
    put_bytes(one, KEY, b"one")
    put_bytes(other, KEY, b"other")
    assert [item.size for item in one.list("")] == [3]
    assert get_bytes(other, KEY) == b"other"


class Cutting:
    """A way to a service that breaks off answers after some bytes, for as many times as it is told."""

    def __init__(self, to: str, *, after: int, times: int) -> None:
        self._to = ("127.0.0.1", int(to.rpartition(":")[2]))
        self._after = after
        self.times = times
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            server = socket.create_connection(self._to)
            threading.Thread(target=self._pass, args=(client, server, None), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client, self._after), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, most: int | None) -> None:
        passed = 0
        with closing(source), closing(target):
            while chunk := _received(source):
                passed += len(chunk)
                if most is not None and passed > most and self.times > 0:
                    self.times -= 1
                    target.shutdown(socket.SHUT_RDWR)
                    return
                try:
                    target.sendall(chunk)
                except OSError:
                    return


def _received(source: socket.socket) -> bytes:
    try:
        return source.recv(65536)
    except OSError:
        return b""


@pytest.fixture
def cutting(store: S3Store) -> Iterator[Callable[[int, int], S3Store]]:
    """A store that loses its connection after so many bytes of an answer, so many times."""
    ways: list[Cutting] = []

    def cut(after: int, times: int) -> S3Store:
        ways.append(Cutting(seaweed().endpoint, after=after, times=times))
        return S3Store(
            f"s3://{store.bucket}/archive", s3_settings(seaweed(), endpoint_url=ways[-1].endpoint, retries=2)
        )

    yield cut
    for way in ways:
        way.close()


def test_a_stream_goes_on_where_the_connection_broke(store: S3Store, cutting: Callable[[int, int], S3Store]) -> None:
    content = bytes(range(256)) * 8000
    put_bytes(store, "large", content)
    assert get_bytes(cutting(300_000, 2), "large") == content
    assert cutting(300_000, 2).read_range("large", 5, len(content) - 10) == content[5:-5]


def test_a_connection_that_always_breaks_is_given_up(store: S3Store, cutting: Callable[[int, int], S3Store]) -> None:
    put_bytes(store, "large", bytes(range(256)) * 20_000)
    with pytest.raises(StoreUnavailable, match=r"get large: the connection broke within the answer.*try again"):
        get_bytes(cutting(100_000, 1000), "large")


def test_a_stream_that_goes_on_is_of_the_state_that_it_began_with(store: S3Store) -> None:
    put_bytes(store, "large", b"right" * 200_000)
    with store.open("large") as stream:
        assert stream.read(10) == b"rightright"
        seaweed().client().put_object(Bucket=store.bucket, Key="archive/large", Body=b"wrong" * 200_000)
        stream.seek(900_000)
        assert stream.read(5) == b"right"


def told(act: Callable[[], object]) -> str:
    with pytest.raises(StopPressError) as raised:
        act()
    return str(raised.value)


def test_wrong_keys_say_which(store: S3Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def elsewhere() -> S3Store:
        return S3Store(store.address, store.settings)

    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "no secret")
    assert "the secret key is wrong" in told(lambda: get_bytes(elsewhere(), KEY))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    assert "the service does not know the access key" in told(elsewhere().prepare)
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert "the credentials are incomplete" in told(lambda: get_bytes(elsewhere(), KEY))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    assert "no credentials were found" in told(lambda: get_bytes(elsewhere(), KEY))
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert "there is no such AWS profile" in told(lambda: get_bytes(elsewhere(), KEY))


def test_a_bucket_that_is_not_there_says_so(make: Callable[..., S3Store]) -> None:
    for act in (lambda: get_bytes(make(), KEY), lambda: put_bytes(make(), KEY, b"x"), lambda: list(make().list(""))):
        said = told(act)
        assert "there is no such bucket" in said
        assert "stoppress init" in said


def test_a_service_that_is_not_there_says_so(make: Callable[..., S3Store]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        endpoint = f"http://127.0.0.1:{free.getsockname()[1]}"
    said = told(lambda: get_bytes(make(endpoint_url=endpoint), KEY))
    assert "no connection" in said
    assert endpoint in said


def test_a_service_that_does_not_answer_is_given_up_in_time(make: Callable[..., S3Store]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        store = make(endpoint_url=endpoint, read_seconds=0.3, retries=1)
        begun = time.monotonic()
        assert "no answer within s3.read_seconds" in told(lambda: get_bytes(store, KEY))
        assert "no answer within s3.read_seconds" in told(lambda: put_bytes(store, KEY, b"x"))
        assert 1.2 <= time.monotonic() - begun < 20


def test_a_certificate_that_nobody_vouches_for_is_refused(make: Callable[..., S3Store]) -> None:
    said = told(lambda: get_bytes(make(endpoint_url=seaweed(tls=True).endpoint, retries=0), KEY))
    assert "its TLS certificate can't be trusted" in said
    assert "AWS_CA_BUNDLE" in said


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (403, "AccessDenied", "these credentials may not do that"),
        (403, "RequestTimeTooSkewed", "clock"),
        (403, "QuotaExceeded", "quota is used up"),
        (507, "XMinioStorageFull", "is full"),
        (507, "", "quota is used up"),
        (503, "SlowDown", "asks us to slow down"),
        (500, "InternalError", "the service failed"),
        (502, "BadGateway", "the service failed"),
        (400, "ExpiredToken", "the session token has expired"),
        (400, "BadDigest", "did not arrive as they were sent"),
        (301, "PermanentRedirect", "lies in another region"),
        (400, "SomethingNew", "the service refuses the request (SomethingNew, HTTP 400"),
    ],
)
def test_what_a_service_answers_is_told_in_words(store: S3Store, status: int, code: str, words: str) -> None:
    for operation in ("GetObject", "PutObject", "ListObjectsV2"):
        refuse(store, operation, status, code)
    for act in (lambda: put_bytes(store, KEY, b"x"), lambda: get_bytes(store, KEY), lambda: list(store.list("warc/"))):
        said = told(act)
        assert words in said
        assert store.address in said


def test_bytes_that_are_not_the_service_s_own_checksum_s_are_corrupt(store: S3Store) -> None:
    put_bytes(store, KEY, b"right")

    refuse_checksum(store)
    with pytest.raises(ObjectCorrupt, match="not those that the service took a checksum of"):
        get_bytes(store, KEY)


def refuse_checksum(store: S3Store) -> None:
    """Let the service answer with other bytes than its checksum is of."""

    def answer(request: Any, **_: object) -> AWSResponse:
        headers = {"x-amz-checksum-crc32": "AAAAAA==", "content-length": "5", "etag": '"1"'}
        return AWSResponse(request.url, 200, headers, body_of(b"wrong"))

    store.client.meta.events.register("before-send.s3.GetObject", answer)


def body_of(content: bytes) -> Any:
    return HTTPResponse(BytesIO(content), preload_content=False, headers={"content-length": str(len(content))})


def test_a_prefix_with_empty_parts_is_refused() -> None:
    with pytest.raises(ConfigError, match="empty parts"):
        S3Store("s3://bucket/a//b", S3())
    assert S3Store("s3://bucket", S3()).prefix == ""
    assert S3Store("s3://bucket/a/b/", S3()).prefix == "a/b/"


def test_whoever_keeps_a_directory_never_loads_boto3(tmp_path: Path) -> None:
    program = (
        "import sys; from storage.objects import open_store; from storage.settings import S3;"
        f"store = open_store({str(tmp_path)!r}, S3()); list(store.list('')); assert 'botocore' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_address_says_which_store_it_is(tmp_path: Path) -> None:
    assert isinstance(open_store("s3://bucket/prefix", S3()), S3Store)
    with pytest.raises(ObjectMissing):
        get_bytes(open_store(str(tmp_path), S3()), KEY)
