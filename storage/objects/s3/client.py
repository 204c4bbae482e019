"""The client: one for each process, made when the first request is due."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from news.errors import ConfigError

if TYPE_CHECKING:
    from storage.settings import S3

Client = Any
"""A botocore client; boto3 ships no types."""

MEGABYTE = 1 << 20


def split(address: str) -> tuple[str, str]:
    """Return the bucket and the prefix of `s3://bucket/prefix`; the prefix is empty or ends in a slash."""
    bucket, _, prefix = address.removeprefix("s3://").partition("/")
    prefix = prefix.strip("/")
    if any(part in ("", ".", "..") for part in prefix.split("/")) and prefix:
        raise ConfigError(f"archive.store: {address}: a prefix can't have empty parts, nor `.` or `..`")
    return bucket, f"{prefix}/" if prefix else ""


def make_client(settings: S3) -> Client:
    """Return a client with bounded waits and retries; credentials come from the standard chain.

    Signature version 4 is asked for by name: without it some services refuse presigned addresses.
    """
    import boto3
    from botocore.config import Config

    config = Config(
        signature_version="s3v4",
        connect_timeout=settings.connect_seconds,
        read_timeout=settings.read_seconds,
        retries={"mode": "standard", "total_max_attempts": settings.retries + 1},
        max_pool_connections=settings.parallel + 2,
        tcp_keepalive=True,
        user_agent_extra="stoppress",
        s3={"addressing_style": settings.addressing_style} if settings.addressing_style else None,
    )
    session = boto3.Session()  # not boto3's own, which keeps the first credentials that it finds
    region = settings.region or session.region_name or _region(settings)
    return session.client("s3", endpoint_url=settings.endpoint_url, region_name=region, config=config)


def _region(settings: S3) -> str | None:
    """Return a region where neither configuration nor environment names one; services of one's own take any."""
    if not settings.endpoint_url:
        return None
    named = re.search(r"\bs3[.-]([a-z]{2}(?:-[a-z]+)+-\d)\b", settings.endpoint_url)
    return named.group(1) if named else "us-east-1"
