"""Hosts: the host names under which the page is served, and the origins that may call it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

LOCAL_NAMES = ("127.0.0.1", "localhost", "::1")

_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([^\s:/?#@\[\]]+))(?::\d{1,5})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hosts:
    """Decides whether a request is meant for this server, by its headers Host and Origin.

    A web site can make its visitors' browsers call this server. If its own name resolves to this machine (DNS
    rebinding), Host is that name. Otherwise, Origin is that site.

    Attributes:
        names: The names and addresses that are served, in lower case.
        any_address: Whether every IP address is served too, since no web site can rebind an address.
        is_local: Whether only this machine can reach the server.
    """

    names: frozenset[str]
    any_address: bool = False
    is_local: bool = True

    @classmethod
    def of(cls, host: str, allowed: Iterable[str] = ()) -> Hosts:
        """Return the hosts of a server.

        Args:
            host: The address that it listens on. With 0.0.0.0 or ::, every IP address is served.
            allowed: More names, for example that of a proxy.
        """
        others = [name.strip().lower().strip("[]") for name in allowed]
        own = host.lower().strip("[]")
        address = _address(own)
        any_address = not own or (address is not None and address.is_unspecified)
        is_loopback = own == "localhost" or (address is not None and address.is_loopback)
        names = frozenset({*LOCAL_NAMES, own, *others} - {""})
        return cls(names, any_address, is_local=is_loopback and not any(others))

    def serves(self, host: str) -> bool:
        """Return whether the page is served under `host`, which may have a port."""
        name = _name(host)
        return name is not None and (name in self.names or (self.any_address and _address(name) is not None))

    def trusts(self, origin: str, host: str) -> bool:
        """Return whether pages of `origin` may call the server under `host`.

        They may if the origin is that host and port. Since a proxy may change the Host header, the origin may
        also be one of the served names, except for local names and addresses.
        """
        try:
            parts = urlsplit(origin)
        except ValueError:
            return False
        if parts.scheme not in ("http", "https"):
            return False
        name = _name(parts.netloc)
        is_named = name in self.names and name not in LOCAL_NAMES and _address(name or "") is None
        return is_named or parts.netloc.lower() == host.lower()


def _name(host: str) -> str | None:
    """Return the name in a Host header, without port and brackets. None if it is not one."""
    found = _HOST.fullmatch(host)
    return None if found is None else (found[1] or found[2]).lower()


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None
