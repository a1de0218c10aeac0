"""The plan of the stack: its children, their settings and their order.

Children of one tier start together, after all lower tiers are ready, and stop in the reverse order.
When a broker dies that keeps everything in memory, its users stop before it comes back, and start
again after the topics exist: otherwise an early producer would use a topic that the broker created
by itself.
"""

import sys
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Protocol

from deploy.local.stack.keys import CLIENT_SECRETS, GATEWAY_SECRET, GATEWAY_TOKEN, SIDES
from deploy.local.stack.paths import StackPaths
from deploy.local.stack.ports import LOOPBACK, Ports
from shared.platform.runtime.issuer_settings import Side
from shared.platform.runtime.setting_checks import DEV_ISSUER_MARK
from shared.platform.runtime.settings import SHARED_PREFIX

SERVICES = ("intake", "router", "notifier", "publisher")
GROUPS: Mapping[str, tuple[str, ...]] = {
    "servers": ("broker", "database"),
    "services": SERVICES,
}
"""Names for several children at once, where children are chosen."""

ISSUER_PATH = f"/{DEV_ISSUER_MARK}"
"""The path of the issuers, whose mark only a development stack accepts."""

AUDIENCE = "mailbox"
CLIENT_ID = "mailbox-pages"
"""The services as a client of the issuers."""
BUREAU_CLIENT_ID = "bureau-{}"
"""A bureau's system as a client of the staff's issuer, by slug."""
SAMPLE_CLIENT_ID = "sample-frontend"
"""The sample frontend as a client of the citizens' issuer."""
NONE: Mapping[str, str] = {}
CLOCK_FILE = f"{SHARED_PREFIX}CLOCK_FILE"
NO_QUIET_HOURS = {"MAILBOX_NOTIFIER_QUIET_FROM": "00:00", "MAILBOX_NOTIFIER_QUIET_UNTIL": "00:00"}
"""No quiet hours, so that messages are sent at night too, unless the stack has its own clock."""
FEW_SENDERS = {"MAILBOX_INTAKE_LIMITS_FACTOR": "1000"}
"""The few people of a development stack may send much; 1 shows the real limits."""
RUN_SESSION_MS = 3_000
PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Tcp:
    """Ready when something listens on the port."""

    port: int


@dataclass(frozen=True, slots=True)
class Http:
    """Ready when a GET of /health/ready on the port answers 200."""

    port: int


@dataclass(frozen=True, slots=True)
class Done:
    """Ready when the process has ended with exit code 0; it is not kept running."""


@dataclass(frozen=True, slots=True)
class Child:
    """One process of the stack."""

    name: str
    command: tuple[str, ...]
    ready: Tcp | Http | Done
    tier: int
    port_name: str = ""
    needs_broker: bool = False
    settings: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Environment variables in addition to those that all children get."""
    grace_s: float = 8.0
    """How long it may take to end by itself after SIGTERM."""


class UnknownChild(ValueError):
    """An unknown child was chosen."""


class Engines(Protocol):
    """A broker, of one process or several, and a database."""

    @property
    def forgets(self) -> bool:
        """Whether a broker that dies loses all its data."""

    @property
    def brokers(self) -> int:
        """Number of broker processes."""

    def prepare(self) -> None:
        """Prepare what the servers and their users need, before anything else is called."""

    def forget(self) -> None:
        """Make the broker lose its data on disk at its next start."""

    def servers(self) -> tuple[Child, ...]:
        """Return the server processes."""

    def topics(self) -> Child:
        """Return the child that makes topics and everything else needed before first use."""

    def settings(self) -> Mapping[str, str]:
        """Return the environment variables that any client of the broker needs."""

    def own(self, principal: str) -> Mapping[str, str]:
        """Return the environment variables with the principal's credentials."""


def plan(
    place: StackPaths,
    ports: Ports,
    *,
    engines: Engines,
    only: Collection[str] = (),
    session_ms: int = RUN_SESSION_MS,
    given: Mapping[str, str] = NONE,
) -> tuple[Child, ...]:
    """Return the children chosen by `only` (names or groups; empty: all), in order of start.

    `session_ms`: how long a consumer may be silent before its partitions go to another. `given`: an
    environment, whose MAILBOX_ variables are passed on where the plan sets nothing.
    Raises: UnknownChild.
    """
    children = (
        *engines.servers(),
        *_stand_ins(place, ports),
        engines.topics(),
        *(_service(name, place, ports, engines=engines) for name in SERVICES),
        _bureaus(ports, engines),
    )
    chosen = _chosen(only, [child.name for child in children])
    ours = {name: value for name, value in given.items() if name.startswith(SHARED_PREFIX)}
    default = {} if CLOCK_FILE in ours else NO_QUIET_HOURS
    common = (
        default
        | FEW_SENDERS
        | ours
        | settings(place, ports, engines=engines, session_ms=session_ms)
    )
    return tuple(
        replace(
            child,
            settings={**common, **child.settings},
            needs_broker=child.needs_broker and engines.forgets,
        )
        for child in children
        if child.name in chosen
    )


def settings(
    place: StackPaths, ports: Ports, *, engines: Engines, session_ms: int = RUN_SESSION_MS
) -> dict[str, str]:
    """Return the environment variables by which any of our processes finds the stack."""
    return {
        "MAILBOX_ENV": "dev",
        **engines.settings(),
        "MAILBOX_KAFKA_SESSION_MS": str(session_ms),
        "MAILBOX_KAFKA_HEARTBEAT_MS": str(min(300, max(session_ms // 5, 1))),
        "MAILBOX_TOPICS_REPLICATION": str(engines.brokers),
        "MAILBOX_MONGO_URI": (
            f"mongodb://{LOOPBACK}:{ports.mongo}/"
            "?directConnection=true&retryWrites=false&w=majority&journal=true"
        ),
        **{name: value for side in SIDES for name, value in _issuer(side, ports).items()},
        "MAILBOX_PUBLIC_URL": url(ports.publisher),
        "MAILBOX_SIGN_IN_URL": url(ports.issuer),
        "MAILBOX_DESK_URL": url(ports.router),
        "MAILBOX_DUTY_URL": f"{url(ports.intake)}/duty",
        "MAILBOX_EDITORS_URL": url(ports.publisher),
        "MAILBOX_KEYS_DIR": str(place.keys),
    }


def issuer_path(side: Side) -> str:
    """Return the path of one side's issuer."""
    return f"{ISSUER_PATH}/{side}"


def issuer_variable(side: Side) -> str:
    """Return the environment variable with the name of one side's issuer."""
    return f"{_prefix(side)}ISSUER"


def followers(children: Iterable[Child], name: str) -> tuple[Child, ...]:
    """Return the children that stop before the child `name` restarts, and start again after it."""
    return tuple(child for child in children if child.needs_broker and name == "broker")


def tiers(children: Iterable[Child]) -> tuple[tuple[Child, ...], ...]:
    """Return the children grouped into tiers, which start together, in order of start."""
    ordered = sorted(children, key=lambda child: child.tier)
    return tuple(tuple(group) for _, group in groupby(ordered, key=lambda child: child.tier))


def module(name: str, *words: str) -> tuple[str, ...]:
    """Return the command that runs one of our modules."""
    return (sys.executable, "-m", name, *words)


def url(port: int) -> str:
    """Return the address of a child that speaks HTTP."""
    return f"http://{LOOPBACK}:{port}"


def _issuer(side: Side, ports: Ports) -> dict[str, str]:
    """Return the settings of one side's issuer."""
    issuer = f"{url(ports.issuer)}{issuer_path(side)}"
    return {
        issuer_variable(side): issuer,
        f"{_prefix(side)}AUDIENCE": AUDIENCE,
        f"{_prefix(side)}JWKS_URL": f"{issuer}/jwks.json",
    }


def _prefix(side: Side) -> str:
    return f"{SHARED_PREFIX}{'STAFF' if side == 'staff' else 'CITIZEN'}_"


def _stand_ins(place: StackPaths, ports: Ports) -> tuple[Child, Child, Child]:
    """Return the stand-ins for what others run: identity provider, gateway and a frontend."""
    return (
        Child(
            "issuer",
            module("deploy.local.fakes.issuer"),
            Http(ports.issuer),
            tier=0,
            port_name="issuer",
            settings={
                "MAILBOX_ISSUER_PORT": str(ports.issuer),
                "MAILBOX_ISSUER_PAGES": ",".join(url(ports.named()[name]) for name in SERVICES),
                "MAILBOX_ISSUER_PUBLIC_CLIENTS": f"{SAMPLE_CLIENT_ID}={url(ports.sample)}",
            },
        ),
        Child(
            "gateway",
            module("deploy.local.fakes.gateway"),
            Http(ports.gateway),
            tier=0,
            port_name="gateway",
            settings={
                "MAILBOX_GATEWAY_PORT": str(ports.gateway),
                "MAILBOX_GATEWAY_FILE": str(place.data / "gateway.jsonl"),
            },
        ),
        Child(
            "sample",
            module("deploy.local.sample_frontend.server"),
            Http(ports.sample),
            tier=0,
            port_name="sample",
            settings={
                "MAILBOX_SAMPLE_PORT": str(ports.sample),
                "MAILBOX_SAMPLE_INTAKE": url(ports.intake),
            },
        ),
    )


def _service(name: str, place: StackPaths, ports: Ports, *, engines: Engines) -> Child:
    port = ports.named()[name]
    prefix = f"MAILBOX_{name.upper()}_"
    own = {
        f"{prefix}HTTP_PORT": str(port),
        f"{prefix}DATABASE": f"mailbox_{name}",
        f"{prefix}STAFF_CLIENT_ID": CLIENT_ID,
        f"{prefix}STAFF_CLIENT_SECRET_FILE": str(place.keys / CLIENT_SECRETS["staff"]),
        f"{prefix}STAFF_PAGES_URL": url(port),
        **engines.own(name),
    }
    if name == "intake":
        own["MAILBOX_INTAKE_FRONTENDS_FILE"] = str(place.frontends)
        own["MAILBOX_CITIZEN_CLIENT_ID"] = CLIENT_ID
        own["MAILBOX_CITIZEN_CLIENT_SECRET_FILE"] = str(place.keys / CLIENT_SECRETS["citizens"])
        own["MAILBOX_CITIZEN_PAGES_URL"] = url(port)
        own["MAILBOX_INTAKE_FILES"] = f"file://{place.data / 'files'}"
    if name == "notifier":
        own["MAILBOX_NOTIFIER_GATEWAY_URL"] = url(ports.gateway)
        own["MAILBOX_NOTIFIER_GATEWAY_TOKEN_FILE"] = str(place.keys / GATEWAY_TOKEN)
        own["MAILBOX_NOTIFIER_GATEWAY_SIGNING_SECRET_FILE"] = str(place.keys / GATEWAY_SECRET)
        own["MAILBOX_NOTIFIER_MAILBOX_URL"] = url(ports.intake)
        own["MAILBOX_NOTIFIER_EDITORS_URL"] = url(ports.publisher)
    return Child(
        name,
        module(f"services.{name}"),
        Http(port),
        tier=2,
        port_name=name,
        needs_broker=True,
        settings=own,
    )


def _bureaus(ports: Ports, engines: Engines) -> Child:
    return Child(
        "bureaus",
        module("clients.bureau.simulate"),
        Http(ports.bureaus),
        tier=3,
        port_name="bureaus",
        needs_broker=True,
        settings={
            "MAILBOX_BUREAUS_PORT": str(ports.bureaus),
            "MAILBOX_INTAKE": url(ports.intake),
            **engines.own("bureaus"),
        },
    )


def _chosen(only: Collection[str], known: list[str]) -> set[str]:
    """Return the names chosen by `only`; `broker` stands for all broker processes."""
    words = {word for name in only for word in GROUPS.get(name, (name,))}
    meant = {
        word: [name for name in known if name == word or _is_one_of(name, word)] for word in words
    }
    if strange := sorted(word for word, names in meant.items() if not names):
        choice = ", ".join([*known, *GROUPS])
        raise UnknownChild(f"The stack has no {strange[0]!r}; choose from {choice}.")
    return {name for names in meant.values() for name in names} or set(known)


def _is_one_of(name: str, word: str) -> bool:
    return name.startswith(f"{word}-")
