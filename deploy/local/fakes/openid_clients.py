"""Clients of the development providers, and how they prove who they are."""

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from deploy.local.stack.plan import CLIENT_ID
from shared.platform.runtime.issuer_settings import Side


@dataclass(frozen=True, slots=True)
class System:
    """A bureau's system as a client."""

    role: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Registration:
    """All services as one client, the systems of bureaus, and pages of other sites."""

    secrets: Mapping[Side, str] = field(repr=False)
    """Secrets of the services' client at each issuer."""
    origins: tuple[str, ...]
    """Where browsers reach the services."""
    systems: Mapping[str, System] = field(default_factory=dict)
    """Bureaus' systems by client id; only at the staff's issuer."""
    public: Mapping[str, str] = field(default_factory=dict)
    """Origins of pages that keep no secret, by client id; only at the citizens' issuer."""
    browser_url: str | None = None
    """Where browsers reach the provider, if not at its name, as in containers."""

    def systems_of(self, side: Side) -> Mapping[str, System]:
        """Return the systems that this side's issuer knows."""
        return self.systems if side == "staff" else {}


def public_clients(text: str) -> dict[str, str]:
    """Read `client=origin` pairs, separated by commas."""
    pairs = (pair.partition("=") for pair in text.split(",") if pair)
    return {client: origin for client, _, origin in pairs}


def authenticated(registration: Registration, authorization: str, *, side: Side) -> str | None:
    """Return the client whose id and secret these are (RFC 6749, section 2.3.1)."""
    scheme, _, given = authorization.partition(" ")
    try:
        name, _, secret = base64.b64decode(given, validate=True).decode("ascii").partition(":")
    except ValueError:
        return None
    client, given = unquote(name), unquote(secret)
    system = registration.systems_of(side).get(client)
    known = system.secret if system else registration.secrets[side]
    is_known = system is not None or client == CLIENT_ID
    is_right = hmac.compare_digest(given.encode(), known.encode())
    return client if scheme.lower() == "basic" and is_known and is_right else None
