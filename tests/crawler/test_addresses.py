"""No name and no redirect leads us to private addresses, whatever the resolver says and when it says it."""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import Any
from urllib.parse import urlsplit

import pytest
from scrapy.exceptions import DownloadConnectionRefusedError

from crawler.capture.addresses import is_metadata, is_public
from crawler.capture.connecting import Connector, PrivateAddress

PUBLIC = "93.184.216.34"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "fd00:ec2::254",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1",
        "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "ff02::1", "no-address",
    ],
)  # fmt: skip
def test_addresses_of_our_own_network_are_not_public_in_any_wrapping(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", [PUBLIC, "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"]
)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


def resolved(
    monkeypatch: pytest.MonkeyPatch, *answers: list[str], allow_private: bool = False
) -> tuple[list[str], list[str], BaseException | None]:
    """Connect to a name whose lookups give these answers in turn; return the lookups, the connections, the error."""
    lookups: list[str] = []
    connections: list[str] = []

    async def connecting(protocol: object, host: str, *rest: Any, **how: Any) -> Any:
        connections.append(host)
        raise ConnectionRefusedError("nobody there")

    async def go() -> None:
        async def getaddrinfo(host: str, port: int, **how: Any) -> list[Any]:
            lookups.append(host)
            found = answers[min(len(lookups), len(answers)) - 1]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
        monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", connecting)
        connector = Connector(ssl.create_default_context)
        await connector.take(urlsplit("http://news.example/"), allow_private=allow_private)

    try:
        asyncio.run(go())
    except (PrivateAddress, DownloadConnectionRefusedError) as error:
        return lookups, connections, error
    return lookups, connections, None


def test_a_name_that_is_rebound_after_the_check_is_connected_to_as_it_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lookups, connections, error = resolved(monkeypatch, [PUBLIC], ["127.0.0.1"])
    assert (lookups, connections) == (["news.example"], [PUBLIC])
    assert isinstance(error, DownloadConnectionRefusedError)


def test_of_a_mixed_answer_only_the_public_part_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    assert resolved(monkeypatch, ["127.0.0.1", PUBLIC, "10.0.0.1"])[1] == [PUBLIC]


def test_a_private_answer_is_refused_without_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    lookups, connections, error = resolved(monkeypatch, ["169.254.169.254"])
    assert (lookups, connections) == (["news.example"], [])
    assert isinstance(error, PrivateAddress)


def test_a_metadata_service_is_refused_even_where_private_addresses_are_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert is_metadata("::ffff:169.254.169.254")
    assert isinstance(resolved(monkeypatch, ["169.254.169.254"], allow_private=True)[2], PrivateAddress)
    assert resolved(monkeypatch, ["10.0.0.7"], allow_private=True)[1] == ["10.0.0.7"]


def test_a_server_that_shakes_no_hands_is_waited_for_no_longer_than_said() -> None:
    async def go() -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            connector = Connector(ssl.create_default_context, seconds=0.2)
            await connector.take(urlsplit(f"https://127.0.0.1:{silent.getsockname()[1]}/"), allow_private=True)

    with pytest.raises(DownloadConnectionRefusedError, match="no connection to 127"):
        asyncio.run(asyncio.wait_for(go(), 10))
