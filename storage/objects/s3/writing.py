"""Uploads: one request for small objects, parts for large ones; both create-once where the service knows that."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO

from botocore.exceptions import BotoCoreError, ClientError

from storage.objects.s3.client import Client
from storage.objects.s3.errors import code_of

MOST_PARTS = 10_000
DIGEST = "sha256"
"""The name of the metadata field that holds our own SHA-256, as hex digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """What is to be put where: `digest` is `sha256:<hex>`, `once` asks that no object be there."""

    bucket: str
    key: str
    digest: str
    size: int
    once: bool
    lock_days: int = 0

    def fields(self) -> dict[str, Any]:
        """Return the request's fields that say what the object is."""
        named = {"Bucket": self.bucket, "Key": self.key, "Metadata": {DIGEST: self.digest.removeprefix("sha256:")}}
        return named | retention(self.lock_days)

    def condition(self) -> dict[str, str]:
        """Return the field that makes the service refuse a key that is taken (RFC 9110, section 13.1.2)."""
        return {"IfNoneMatch": "*"} if self.once else {}


def retention(days: int) -> dict[str, Any]:
    """Return the fields that keep an object's version from deletion for so many days (governance mode)."""
    if not days:
        return {}
    return {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": datetime.now(UTC) + timedelta(days=days)}


def send(client: Client, upload: Upload, content: BinaryIO, *, part: int) -> str | None:
    """Upload what `content` still holds, in parts of `part` bytes if it is larger; return the new version's id.

    Raises what boto3 raises. An upload in parts that fails leaves no parts behind, as far as the service lets us.
    """
    if upload.size <= part:
        return _version(client.put_object(Body=content, **upload.fields(), **upload.condition()))
    return _send_parts(client, upload, content, part=max(part, -(-upload.size // MOST_PARTS)))


def _send_parts(client: Client, upload: Upload, content: BinaryIO, *, part: int) -> str | None:
    place = {"Bucket": upload.bucket, "Key": upload.key}
    place["UploadId"] = client.create_multipart_upload(**upload.fields())["UploadId"]
    try:
        parts: list[dict[str, Any]] = []
        while chunk := content.read(part):
            answer = client.upload_part(**place, PartNumber=len(parts) + 1, Body=chunk)
            parts.append(_part(answer, len(parts) + 1))
        done = _complete(client, {**place, "MultipartUpload": {"Parts": parts}}, upload.condition())
    except BaseException:
        with suppress(BotoCoreError, ClientError, OSError):
            client.abort_multipart_upload(**place)
        raise
    return _version(done)


def _complete(client: Client, wanted: Mapping[str, Any], condition: Mapping[str, str]) -> Mapping[str, Any]:
    """Make the parts one object; without the condition where the service knows none here: our caller asked first."""
    try:
        return dict(client.complete_multipart_upload(**wanted, **condition))
    except ClientError as error:
        if code_of(error) != "NotImplemented" or not condition:
            raise
        return dict(client.complete_multipart_upload(**wanted))


def _part(answer: Mapping[str, Any], number: int) -> dict[str, Any]:
    checksums = {
        name: value for name, value in answer.items() if name.startswith("Checksum") and name != "ChecksumType"
    }
    return {"PartNumber": number, "ETag": answer["ETag"], **checksums}


def _version(answer: Mapping[str, Any]) -> str | None:
    found = answer.get("VersionId")
    return str(found) if found else None
