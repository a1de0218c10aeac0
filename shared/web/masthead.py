"""The desks of all services; a masthead shows those of a person's roles."""

from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import urlsplit

from shared.contracts.slugs import BUREAUS
from shared.kernel.viewers import INSPECTORS, chief, counter
from shared.web.language import N_
from shared.web.rendering import Entry

CHIEFS: Final = (*map(chief, BUREAUS), INSPECTORS[1], "director")
"""Roles that read and sign letters."""


@dataclass(frozen=True, slots=True)
class DeskLink:
    """A desk: the service that has it, its path and label there, and the roles that work at it."""

    service: str
    path: str
    label: str
    """A message."""
    roles: tuple[str, ...]


DESKS: Final = (
    DeskLink("router", "/desk/triage", N_("Triage"), ("triage",)),
    DeskLink("router", "/desk/inbox", N_("Inbox"), ("bureau",)),
    DeskLink("router", "/desk/signing", N_("Signing folder"), (*CHIEFS, "supervisor")),
    DeskLink("router", "/desk/reading", N_("Reading list"), CHIEFS),
    DeskLink("router", "/desk/supervision", N_("Supervision"), ("supervisor", "director")),
    DeskLink("router", "/desk/audit", N_("Audit"), ("auditor",)),
    DeskLink("intake", "/reveals/waiting", N_("Identity requests"), ("supervisor", "custodian")),
    DeskLink("intake", "/look-up", N_("Look up"), ("supervisor", "custodian")),
    DeskLink("intake", "/reveals/log", N_("Identities"), ("auditor",)),
    DeskLink("intake", "/counter", N_("Counter"), ("counter", *map(counter, BUREAUS))),
    DeskLink("intake", "/duty", N_("Duty desk"), ("duty",)),
    DeskLink("publisher", "/editors", N_("Editors’ desk"), ("editor",)),
)


class DeskAddresses(Protocol):
    """The settings that say where desks are."""

    @property
    def desk_url(self) -> str | None:
        """Of the desks of bureaus and of the province."""

    @property
    def duty_url(self) -> str | None:
        """Of the duty desk."""

    @property
    def editors_url(self) -> str | None:
        """Of the editors' desk."""


def masthead(service: str, settings: DeskAddresses) -> tuple[Entry, ...]:
    """Return the entries of that service's masthead: its own desks, and others' with an address."""
    services = dict.fromkeys(desk.service for desk in DESKS)
    hosts = {name: found for name in services if (found := origin_of(name, settings))}
    hosts[service] = ""
    return tuple(
        Entry(f"{hosts[desk.service]}{desk.path}", desk.label, desk.roles)
        for desk in DESKS
        if desk.service in hosts
    )


def origin_of(service: str, settings: DeskAddresses) -> str | None:
    """Return scheme and host of another service's desks; None if its address isn't set."""
    address = {
        "router": settings.desk_url,
        "intake": settings.duty_url,
        "publisher": settings.editors_url,
    }[service]
    parts = urlsplit(address or "")
    return f"{parts.scheme}://{parts.netloc}" if address else None
