"""What a bucket that keeps versions has of an object, and of many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import takewhile
from typing import Any

from botocore.exceptions import ClientError

from news.serial import rfc3339
from storage.objects.protocol import Version
from storage.objects.s3.client import Client
from storage.objects.s3.errors import code_of

NO_VERSIONS = (
    "the bucket keeps no versions: what an operator overwrites or deletes there can't be brought back; "
    "switch versioning on, or keep a copy elsewhere"
)


def kept(client: Client, bucket: str) -> bool:
    """Return whether the bucket keeps versions now; a service that does not know the question keeps none."""
    try:
        return bool(client.get_bucket_versioning(Bucket=bucket).get("Status") == "Enabled")
    except ClientError as error:
        if code_of(error) in ("NotImplemented", "MethodNotAllowed"):
            return False
        raise


def newest(client: Client, bucket: str, prefix: str, *, page: int) -> tuple[dict[str, str], Counter[str]]:
    """Return by full key the newest version's id and how many others there are, as far as the listing has them.

    SeaweedFS leaves some out where names beside a folder's sort before its slash.
    """
    found: dict[str, str] = {}
    others: Counter[str] = Counter()
    pages = client.get_paginator("list_object_versions").paginate(
        Bucket=bucket, Prefix=prefix, PaginationConfig={"PageSize": page}
    )
    for answer in pages:
        listed = (*answer.get("Versions", ()), *answer.get("DeleteMarkers", ()))
        others.update(item["Key"] for item in listed if not item["IsLatest"])
        found |= {item["Key"]: item["VersionId"] for item in answer.get("Versions", ()) if item["IsLatest"]}
    return found, others


def of_key(client: Client, bucket: str, key: str) -> tuple[Version, ...]:
    """Return all versions and deletions of one key, newest first."""
    return tuple(sorted(_by_time(client, bucket, key), key=lambda item: not item.latest))


def first_put(client: Client, bucket: str, key: str) -> str | None:
    """Return the oldest version of one key since it was last deleted; none where nothing is left of it.

    Which one is the latest plays no part: while several put the key, the service moves that from one to another, and
    each of them would see another one first.
    """
    puts = list(takewhile(lambda item: not item.deleted, _by_time(client, bucket, key)))
    return puts[-1].version if puts else None


def _by_time(client: Client, bucket: str, key: str) -> list[Version]:
    """Return them by their times, newest first; of one time in the order of the service's listing."""
    found: dict[str, Version] = {}
    for answer in client.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=key):
        for name in ("Versions", "DeleteMarkers"):
            rows = [row for row in answer.get(name, ()) if row["Key"] == key]
            found |= {row["VersionId"]: _version(row, deleted=name == "DeleteMarkers") for row in rows}
    return sorted(found.values(), key=lambda item: item.at, reverse=True)


def _version(row: Mapping[str, Any], *, deleted: bool) -> Version:
    return Version(
        version=row["VersionId"],
        at=rfc3339(row["LastModified"]),
        size=row.get("Size", 0),
        latest=row["IsLatest"],
        deleted=deleted,
    )
