"""What `init` does in a bucket, and what it finds out there: versions, create-once puts, object lock."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from news.errors import ConfigError
from storage.objects.protocol import Prepared
from storage.objects.s3 import versions as states
from storage.objects.s3.client import Client
from storage.objects.s3.errors import code_of, reporting, status_of

if TYPE_CHECKING:
    from storage.objects.s3.store import S3Store

CANT = ("NotImplemented", "MethodNotAllowed", "AccessDenied", "InvalidBucketState", "InvalidRequest", "InvalidArgument")
"""Codes that say that a service, or these credentials, can't; others are errors."""

OVERWRITES = (
    "s3.create_once: the service of {0} overwrites an object though it was asked not to (If-None-Match: *): set "
    'create_once = "ask-first" under [s3]; every put then asks first and looks again afterwards (docs/how-to/s3.md)'
)
NO_LOCK = (
    "s3.object_lock_days is set, but {0} allows no object lock: use a bucket that was made with object lock "
    "(`stoppress init` makes one so where there is none), or set it to 0"
)
RACE = (
    "{0}: neither create-once puts nor versions: if two machines put the same key at the same instant, one of them "
    "overwrites the other; let only one machine write"
)


def prepare(store: S3Store) -> Prepared:
    """Make bucket and versioning where they are missing; say what was done and what the service can do.

    Raises `ConfigError` where it can't do what is configured. Probes lie under the store's prefix and are taken away.
    """
    client, place = store.client, store.address
    done: list[str] = []
    warnings: list[str] = []
    with reporting(place, f"prepare bucket {store.bucket}"):
        if _make_bucket(client, store):
            done.append(f"bucket {store.bucket} made")
        if _switch_on_versions(client, store.bucket):
            done.append(f"versioning of bucket {store.bucket} switched on")
        able = {
            "versions": states.kept(client, store.bucket),
            "object_lock": _locks(client, store.bucket),
            **_probe(client, store, warnings),
        }
    if store.settings.object_lock_days and not able["object_lock"]:
        raise ConfigError(NO_LOCK.format(place))
    if not able["create_once"] and store.settings.create_once == "conditional":
        raise ConfigError(OVERWRITES.format(place))
    if not able["versions"]:
        warnings.append(f"{place}: {states.NO_VERSIONS}")
    if not able["versions"] and not able["create_once"]:
        warnings.append(RACE.format(place))
    return Prepared(done=tuple(done), able=able, warnings=tuple(warnings))


def _make_bucket(client: Client, store: S3Store) -> bool:
    try:  # an answer to HEAD would not say whether the keys are wrong or the bucket is not ours
        client.list_objects_v2(Bucket=store.bucket, Prefix=store.prefix, MaxKeys=1)
    except ClientError as error:
        if status_of(error) != 404:
            raise
    else:
        return False
    region = client.meta.region_name
    wanted: dict[str, Any] = {"ObjectLockEnabledForBucket": True} if store.settings.object_lock_days else {}
    if not store.settings.endpoint_url and region != "us-east-1":  # Amazon wants its other regions named
        wanted["CreateBucketConfiguration"] = {"LocationConstraint": region}
    client.create_bucket(Bucket=store.bucket, **wanted)
    return True


def _switch_on_versions(client: Client, bucket: str) -> bool:
    """Switch versioning on; return whether that was needed and done."""
    if states.kept(client, bucket):
        return False
    try:
        client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    except ClientError as error:
        if code_of(error) in CANT:
            return False
        raise
    return states.kept(client, bucket)


def _locks(client: Client, bucket: str) -> bool:
    try:
        answer = client.get_object_lock_configuration(Bucket=bucket)
    except ClientError as error:
        if status_of(error) == 404 or code_of(error) in CANT:
            return False
        raise
    return bool(answer.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") == "Enabled")


def _probe(client: Client, store: S3Store, warnings: list[str]) -> dict[str, bool]:
    """Put a key twice, at once and in parts, and see whether the service refuses the second time."""
    place = {"Bucket": store.bucket, "Key": f"{store.prefix}probes/{secrets.token_hex(8)}"}
    client.put_object(**place, Body=b"first")
    try:
        return {
            "create_once": _refuses(lambda: client.put_object(**place, Body=b"second", IfNoneMatch="*")),
            "create_once_in_parts": _refuses(lambda: _put_in_parts(client, place)),
        }
    finally:
        try:
            _take_away(client, place)
        except (ClientError, BotoCoreError) as error:
            warnings.append(f"{store.address}: the probe {place['Key']} could not be taken away: {error}")


def _refuses(put: Any) -> bool:
    try:
        put()
    except ClientError as error:
        if status_of(error) == 412:
            return True
        if code_of(error) in CANT:
            return False
        raise
    return False


def _put_in_parts(client: Client, place: dict[str, str]) -> None:
    upload = {**place, "UploadId": client.create_multipart_upload(**place)["UploadId"]}
    try:
        part = client.upload_part(**upload, PartNumber=1, Body=b"second")
        parts = [{"PartNumber": 1} | {name: part[name] for name in ("ETag", "ChecksumCRC32") if name in part}]
        client.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts}, IfNoneMatch="*")
    except ClientError:
        client.abort_multipart_upload(**upload)
        raise


def _take_away(client: Client, place: dict[str, str]) -> None:
    """Delete what was put under a probe's key: it is ours, and no object of an archive."""
    try:
        versions = states.of_key(client, place["Bucket"], place["Key"])
    except ClientError as error:
        if code_of(error) not in CANT:
            raise
        versions = ()
    for item in versions:
        client.delete_object(**place, VersionId=item.version)
    if not versions:
        client.delete_object(**place)
