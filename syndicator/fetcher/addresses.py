"""Host name, or the IP address actually connected to -> where it lies, and may this fetch go there? Pure.

A public source must not send us to the operator's own network, be it by redirect, by an announced
feed or by a DNS answer that has changed. A source that the operator put there himself works: its own
address tells where it may lead, and no farther than one of the same sort.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from functools import lru_cache

from syndicator.model.fetch import Reach

# Answered by the cloud's own metadata service, with credentials. Two are outside the link-local range.
_METADATA = frozenset({"169.254.169.254", "fd00:ec2::254", "100.100.100.200", "168.63.129.16"})

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052

# One to four numbers, decimal, octal or hexadecimal. Not a name that begins like one ("0x7f.example", "1e100.net").
_NUMBERS = re.compile(r"(?:0x[0-9a-f]+|[0-9]+)(?:\.(?:0x[0-9a-f]+|[0-9]+)){0,3}")


@lru_cache(maxsize=4096)
def reach_of(address: str) -> Reach:
    """Return where an IP address lies.

    IPv4 inside IPv6 (mapped, 6to4, NAT64) counts as the IPv4 address that it leads to.

    >>> reach_of("93.184.216.34"), reach_of("::ffff:127.0.0.1"), reach_of("169.254.169.254")
    ('public', 'loopback', 'link-local')
    """
    ip = _innermost(ipaddress.ip_address(address.partition("%")[0]))  # "fe80::1%eth0": the interface is no part of it
    if str(ip) in _METADATA or ip.is_link_local:
        return "link-local"
    if ip.is_loopback or ip.is_unspecified:
        return "loopback"
    if ip.is_global and not ip.is_multicast:  # most multicast addresses count as global
        return "public"
    return "private"


def literal_reach(host: str) -> Reach:
    """Return where a host lies that needs no DNS to know: an IP literal or localhost. Else "".

    The odd spellings that resolvers take for IPv4 are seen through (`2130706433`, `0x7f.1`).

    >>> literal_reach("10.0.0.1"), literal_reach("0x7f.1"), literal_reach("localhost"), literal_reach("example.org")
    ('private', 'loopback', 'loopback', '')
    """
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):  # RFC 6761, 6.3
        return "loopback"
    try:
        if _NUMBERS.fullmatch(name):
            name = socket.inet_ntoa(socket.inet_aton(name))
        return reach_of(name)
    except (ValueError, OSError):
        return ""


def may_connect(address: Reach, trusted: Reach, *, own_literal: bool = False) -> bool:
    """Tell whether an address of this sort may be connected to.

    `trusted` is where the source itself lies, "" while that is not known: its own first answer then
    decides, but a mere name never opens link-local (metadata); only the literal address in feeds.toml does.

    >>> may_connect("loopback", "public"), may_connect("private", "private"), may_connect("link-local", "")
    (False, True, False)
    """
    if address == "link-local" and not own_literal:
        return False
    return address == "public" or trusted in ("", address)


def _innermost(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.sixtofour is not None:
        return ip.sixtofour
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip
