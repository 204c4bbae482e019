"""Which addresses may be connected to: a page must not lead us to this machine, its network, or a cloud's metadata."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_METADATA = frozenset(
    map(ip_address, ("169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "fd00:ec2::254"))
)
_NAT64 = IPv6Network("64:ff9b::/96")
_NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")


def is_public(address: str) -> bool:
    """Return whether an IP address lies on the public internet, also when it is wrapped in an IPv6 one.

    IPv4 in IPv6 (mapped, compatible, 6to4, Teredo) and NAT64 (RFC 6052) are judged by the address inside.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        inside = _inside(found)
        if inside is not None:
            return _open(inside)
        if found in _NAT64_LOCAL:
            return False
    return _open(found)


def is_metadata(address: str) -> bool:
    """Return whether a cloud's metadata service answers at this address: no site of anyone's own network lies there."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return True
    inside = _inside(found) if isinstance(found, IPv6Address) else None
    return (inside or found) in _METADATA


def _open(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved


def _inside(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64 or (int(address) >> 32 == 0 and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None
