"""From which network does a request come? Known while it is answered, as a hash, and then no more.

The address is the one that connects to us; if that is a proxy that the operator trusts, the last
one in `X-Forwarded-For` that no such proxy has. Of it a prefix is taken, as operators hand them
out, and of that a hash under a key that is drawn at start and kept nowhere.
"""

import secrets
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.platform.sealing import BlindIndex

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

PREFIX: Final = {4: 24, 6: 56}
"""Bits of an address that a household or an office has to itself, by its version."""
MOST_HOPS: Final = 20
KEY_BYTES: Final = 32

_NETWORK: ContextVar[str | None] = ContextVar("network", default=None)


def network() -> str | None:
    """The keyed hash of the network of the request that is answered here; None: it isn't known."""
    return _NETWORK.get()


class Networks:
    """The layer that knows it while a request is answered."""

    def __init__(self, app: ASGIApp, trusted: Sequence[Network]) -> None:
        """`trusted`: networks of proxies whose word is taken."""
        self._app = app
        self._trusted = trusted
        self._blind = BlindIndex(secrets.token_bytes(KEY_BYTES))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through."""
        before = _NETWORK.set(self._of(scope) if scope["type"] == "http" else None)
        try:
            await self._app(scope, receive, send)
        finally:
            _NETWORK.reset(before)

    def _of(self, scope: Scope) -> str | None:
        peer = scope.get("client")
        forwarded = Headers(scope=scope).getlist("x-forwarded-for")
        address = client(peer[0] if peer else "", ",".join(forwarded), trusted=self._trusted)
        return None if address is None else self._blind.of("network", prefix(address))


def client(peer: str, forwarded: str, *, trusted: Iterable[Network]) -> Address | None:
    """Who asks, by the address that connects and what proxies say; None: that can't be read."""
    proxies = tuple(trusted)
    hops = [peer, *reversed(forwarded.rsplit(",", MOST_HOPS)[-MOST_HOPS:])] if forwarded else [peer]
    found: Address | None = None
    for hop in hops:
        address = _address(hop)
        if address is None:
            break
        found = address
        if not any(address in one for one in proxies):
            break
    return found


def prefix(address: Address) -> str:
    """The network that the address is in."""
    return str(ip_network((address, PREFIX[address.version]), strict=False))


def _address(text: str) -> Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
