"""The address and network a request comes from, known while the request is handled.

The address is that of the connection; behind a proxy that the operator trusts, it is the last one
in `X-Forwarded-For` that belongs to no such proxy. Its prefix, of the size that operators assign,
is hashed under a key drawn at start, which is stored nowhere. Limits hash address and network with
the day (`request_limits.py`). Neither is stored, logged or sent in clear.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.platform.crypto.key_ring import BlindIndex

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

PREFIX: Final[Mapping[int, int]] = {4: 24, 6: 56}
"""Prefix length that one household or office gets, by IP version."""
MOST_HOPS: Final = 20
KEY_BYTES: Final = 32

_NETWORK: ContextVar[str | None] = ContextVar("network", default=None)
_ADDRESS: ContextVar[Address | None] = ContextVar("address", default=None)


def network() -> str | None:
    """The keyed hash of the network of the present request; None: unknown."""
    return _NETWORK.get()


def client_address() -> Address | None:
    """The address of the present request's client; None: unknown, or not a public one.

    An address that isn't public is that of a proxy or of an office network: behind it are many.
    """
    found = _ADDRESS.get()
    return found if found is not None and found.is_global else None


class ClientNetworkMiddleware:
    """Sets address and network while a request is handled."""

    def __init__(self, app: ASGIApp, trusted: Sequence[Network]) -> None:
        """`trusted`: networks of proxies whose `X-Forwarded-For` is believed."""
        self._app = app
        self._trusted = trusted
        self._blind = BlindIndex(secrets.token_bytes(KEY_BYTES))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        found = self._of(scope) if scope["type"] == "http" else None
        hashed = None if found is None else self._blind.of("network", prefix(found))
        address, network = _ADDRESS.set(found), _NETWORK.set(hashed)
        try:
            await self._app(scope, receive, send)
        finally:
            _ADDRESS.reset(address)
            _NETWORK.reset(network)

    def _of(self, scope: Scope) -> Address | None:
        peer = scope.get("client")
        forwarded = Headers(scope=scope).getlist("x-forwarded-for")
        return client(peer[0] if peer else "", ",".join(forwarded), trusted=self._trusted)


def client(peer: str, forwarded: str, *, trusted: Iterable[Network]) -> Address | None:
    """The client's address, by the connection and trusted proxies; None: unreadable."""
    proxies = tuple(trusted)
    hops = [peer, *reversed(forwarded.rsplit(",", MOST_HOPS)[-MOST_HOPS:])] if forwarded else [peer]
    found: Address | None = None
    for hop in hops:
        address = _address(hop)
        if address is None:
            break
        found = address
        if not any(address in network for network in proxies):
            break
    return found


def prefix(address: Address, lengths: Mapping[int, int] = PREFIX) -> str:
    """The network of the address, in CIDR notation. `lengths`: of prefixes, by IP version."""
    length, bits = lengths[address.version], address.max_prefixlen
    begins = int(address) >> (bits - length) << (bits - length)
    return f"{type(address)(begins)}/{length}"


def _address(text: str) -> Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
