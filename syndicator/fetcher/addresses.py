"""Host name or IP address -> its sort (public, private ...), and may a fetch connect to it? Pure.

A public source must not send us to the operator's own network, be it by redirect, by an announced
feed or by a DNS answer that has changed. A source that the operator put there himself works: its
own address tells where it may lead, and no farther than one of the same sort.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from functools import lru_cache

from syndicator.model.settings import Reach

# Answered by the cloud's own metadata service, with credentials. All but the first are outside the
# link-local range.
_METADATA = frozenset(
    {
        "169.254.169.254",
        "fd00:ec2::254",  # Amazon
        "fd20:ce::254",  # Google
        "100.100.100.200",  # Alibaba
        "168.63.129.16",  # Azure
        "192.0.0.192",  # Oracle
    }
)

# IPv6 whose last 32 bits are an IPv4 address: NAT64 (RFC 6052), its prefix for use within a
# network (RFC 8215), "translated" (RFC 2765) and "compatible" ones (RFC 4291, 2.5.5.1: withdrawn,
# but a system may still know them).
_NAT64, _OWN_NAT64, _TRANSLATED, _COMPATIBLE = map(
    ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "::ffff:0:0:0/96", "::/96")
)
_WITH_IPV4 = (_NAT64, _OWN_NAT64, _TRANSLATED, _COMPATIBLE)

# Reached from nowhere but within a network, though some Pythons count them as global.
_INWARD = (
    _OWN_NAT64,
    _TRANSLATED,
    _COMPATIBLE,
    ipaddress.IPv6Network("fec0::/10"),  # RFC 3879
    ipaddress.IPv6Network("5f00::/16"),  # RFC 9602, segment routing
    ipaddress.IPv6Network("3fff::/20"),  # RFC 9637, documentation
    ipaddress.IPv4Network("192.0.0.0/24"),  # RFC 6890
)

_NAME = re.compile(r"[a-z0-9.-]+")  # of a host, or an IPv4 address; no IPv6 address
# One to four numbers, decimal, octal or hexadecimal. Not a name that begins like one
# ("0x7f.example").
_NUMBERS = re.compile(r"(?:0x[0-9a-f]+|[0-9]+)(?:\.(?:0x[0-9a-f]+|[0-9]+)){0,3}")


@lru_cache(maxsize=4096)
def reach_of(address: str) -> Reach:
    """Return the sort of an IP address.

    IPv4 inside IPv6 (mapped, 6to4, NAT64 and the like) counts as the IPv4 address that it leads
    to; it is not public where only the network itself knows such addresses.

    >>> reach_of("93.184.216.34"), reach_of("::ffff:127.0.0.1"), reach_of("169.254.169.254")
    ('public', 'loopback', 'link-local')
    """
    # "fe80::1%eth0": the interface is no part of it.
    outer = ipaddress.ip_address(address.partition("%")[0])
    ip = _innermost(outer)
    if str(ip) in _METADATA or ip.is_link_local:
        return "link-local"
    if ip.is_loopback or ip.is_unspecified:
        return "loopback"
    if any(outer in network or ip in network for network in _INWARD):
        return "private"
    # Most multicast addresses count as global.
    return "public" if ip.is_global and not ip.is_multicast else "private"


def literal_reach(host: str) -> Reach:
    """Return the sort of an IP literal or localhost, which need no DNS; else "".

    The odd spellings that resolvers take for IPv4 are seen through (`2130706433`, `0x7f.1`).

    >>> literal_reach("10.0.0.1"), literal_reach("0x7f.1"), literal_reach("example.org")
    ('private', 'loopback', '')
    """
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):  # RFC 6761, 6.3
        return "loopback"
    is_number = _NUMBERS.fullmatch(name)
    if not is_number and _NAME.fullmatch(name):
        return ""
    try:
        if is_number:
            name = socket.inet_ntoa(socket.inet_aton(name))
        return reach_of(name)
    except (ValueError, OSError):
        return ""


def may_connect(address: Reach, trusted: Reach, *, own_literal: bool = False) -> bool:
    """Tell whether an address of this sort may be connected to.

    `trusted` is the sort of the source's own address, "" while that is not known: its first answer
    then decides. A mere name never opens link-local (metadata); only the literal address in
    feeds.toml does.

    >>> may_connect("loopback", "public"), may_connect("private", "private")
    (False, True)
    """
    if address == "link-local" and not own_literal:
        return False
    return address == "public" or trusted in ("", address)


def _innermost(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    if isinstance(ip, ipaddress.IPv4Address) or ip.is_loopback or ip.is_unspecified:
        return ip
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.sixtofour is not None:
        return ip.sixtofour
    if any(ip in network for network in _WITH_IPV4):
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip
