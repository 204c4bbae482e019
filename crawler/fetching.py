"""How a look's request is made: past Scrapy's slots where this Scrapy has what that takes, else as it documents."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import cast

from scrapy import Request
from scrapy.http import Response

from news.errors import ConfigError

log = logging.getLogger(__name__)

Fetch = Callable[[Request], Awaitable[Request | Response]]
"""Takes a request through the downloader middlewares; gives the answer, or the request that they made of it."""


def fetching(engine: object) -> Fetch:
    """Return how this engine's requests are made.

    `engine.downloader.middleware` and `.handlers` are not Scrapy's documented interface: where they are not what this
    was written for, requests take the documented way through Scrapy's slots, which costs more, and a line says so.
    Raises `ConfigError` where there is no such way either.
    """
    downloader = getattr(engine, "downloader", None)
    through = getattr(getattr(downloader, "middleware", None), "download_async", None)
    wire = getattr(getattr(downloader, "handlers", None), "download_request_async", None)
    if _takes(through, 2) and _takes(wire, 1):
        return partial(cast("Callable[..., Awaitable[Request | Response]]", through), wire)
    documented = getattr(engine, "download_async", None)
    if not _takes(documented, 1):
        raise ConfigError("this Scrapy fits no way that requests are made here; install the version that we pin")
    log.warning("this Scrapy has other insides than those known here, pages go through its slots and cost more")
    return cast("Fetch", documented)


def _takes(function: object, count: int) -> bool:
    """Return whether this is a coroutine function that can be called with so many arguments."""
    if not inspect.iscoroutinefunction(function):
        return False
    try:
        inspect.signature(function).bind(*range(count))
    except TypeError:
        return False
    return True
