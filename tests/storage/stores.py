"""Every kind of store, each empty, and what an operator can do to it behind our back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from storage.objects import DirectoryStore, MemoryStore, Store
from storage.objects.s3.store import S3Store
from storage.settings import S3
from tests import cephserver
from tests.cephserver import ceph
from tests.s3server import Service, moto, seaweed

SERVICES: dict[str, Callable[[], Service]] = {
    "seaweed": seaweed,
    "seaweed-tls": lambda: seaweed(tls=True),
    "moto": moto,
    "ceph": ceph,
}
"""The S3 services that tests ask."""

KINDS = ("memory", "directory", *SERVICES)


@dataclass(frozen=True)
class Place:
    """A store, and its operator's hands: `overwrite` and `delete` ask nobody."""

    store: Store
    overwrite: Callable[[str, bytes], object]
    delete: Callable[[str], object]
    keeps_versions: bool = True


@contextmanager
def place(kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch, **settings: object) -> Iterator[Place]:
    """An empty store of this kind, prepared; `settings` are keys of `[s3]`."""
    if kind == "memory":
        memory = MemoryStore()
        yield Place(memory, memory.overwrite, memory.delete)
        return
    if kind == "directory":
        root = folder / "store"
        directory = DirectoryStore(root)
        directory.prepare()
        yield Place(
            directory,
            lambda key, content: (root / key).write_bytes(content),
            lambda key: (root / key).unlink(),
            keeps_versions=False,
        )
        return
    if kind == "ceph" and not cephserver.installed():
        pytest.skip(cephserver.ADVICE)
    service = SERVICES[kind]()
    enter(service, monkeypatch)
    bucket = service.bucket()
    store = S3Store(f"s3://{bucket}/the/archive", s3_settings(service, **settings))
    store.prepare()
    client = service.client()
    yield Place(
        store,
        lambda key, content: client.put_object(Bucket=bucket, Key=f"the/archive/{key}", Body=content),
        lambda key: client.delete_object(Bucket=bucket, Key=f"the/archive/{key}"),
    )


def enter(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process's standard AWS environment be the service's, and nobody else's."""
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_CA_BUNDLE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name, value in service.environment.items():
        monkeypatch.setenv(name, value)


def s3_settings(service: Service, **settings: object) -> S3:
    """What `[s3]` must say to reach the service and, of what it lacks, to make up for it."""
    lacking = {"create_once": "ask-first"} if service.name == "ceph" else {}
    return S3.model_validate(
        {"endpoint_url": service.endpoint, "addressing_style": "path", "retries": 1} | lacking | settings
    )
