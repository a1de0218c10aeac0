"""Which children make up the stack, with which settings, in which order? Pure.

Children of one tier start together, after all tiers before theirs are ready, and stop in the
reverse order. When the broker dies its memory is gone, so everything that uses it stops before it
comes back, and starts again after the topics are there: no early producer meets a topic that the
broker invented for it.
"""

import sys
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path

from deploy.local.place import Place
from deploy.local.ports import LOOPBACK, Ports
from shared.platform.settings import DEV_ISSUER_MARK

SERVICES = ("intake", "router", "notifier", "publisher")
GROUPS: Mapping[str, tuple[str, ...]] = {
    "servers": ("broker", "database"),
    "services": SERVICES,
}
"""Names for several children at once, where children are chosen."""

ISSUER_PATH = f"/{DEV_ISSUER_MARK}"
"""The mark of a token that only a development stack accepts."""

AUDIENCE = "mailbox"
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
    """Ready when it has ended well; it is not kept running."""


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
    """Environment variables beside those that all children get."""
    grace_s: float = 8.0
    """How long it may take to end by itself after SIGTERM."""


class UnknownChild(ValueError):
    """Somebody chose a child that the stack doesn't have."""


def plan(
    place: Place,
    ports: Ports,
    *,
    broker: Path,
    only: Collection[str] = (),
    session_ms: int = RUN_SESSION_MS,
) -> tuple[Child, ...]:
    """The children chosen by `only` (names or groups; none: all), in order of start.

    `broker`: the broker's program. `session_ms`: how long a consumer may be silent before its
    partitions go to another. Raises: UnknownChild.
    """
    children = (
        *_servers(place, ports, broker),
        *_stand_ins(place, ports),
        _topics(),
        *(_service(name, ports) for name in SERVICES),
        _bureaus(ports),
    )
    chosen = _chosen(only, [child.name for child in children])
    common = settings(place, ports, session_ms=session_ms)
    return tuple(
        replace(child, settings={**common, **child.settings})
        for child in children
        if child.name in chosen
    )


def settings(place: Place, ports: Ports, *, session_ms: int = RUN_SESSION_MS) -> dict[str, str]:
    """The environment variables by which any of our processes finds the stack."""
    issuer = f"{url(ports.issuer)}{ISSUER_PATH}"
    return {
        "MAILBOX_ENV": "dev",
        "MAILBOX_KAFKA_BOOTSTRAP": f"{LOOPBACK}:{ports.kafka}",
        "MAILBOX_KAFKA_IDEMPOTENT": "false",
        "MAILBOX_KAFKA_SESSION_MS": str(session_ms),
        "MAILBOX_KAFKA_HEARTBEAT_MS": str(min(300, max(session_ms // 5, 1))),
        "MAILBOX_TOPICS_REPLICATION": "1",
        "MAILBOX_MONGO_URI": (
            f"mongodb://{LOOPBACK}:{ports.mongo}/"
            "?directConnection=true&retryWrites=false&w=majority&journal=true"
        ),
        "MAILBOX_ISSUER": issuer,
        "MAILBOX_AUDIENCE": AUDIENCE,
        "MAILBOX_JWKS_URL": f"{issuer}/jwks.json",
        "MAILBOX_KEYS_DIR": str(place.keys),
    }


def followers(children: Iterable[Child], name: str) -> tuple[Child, ...]:
    """Those that stop before the child `name` comes back, and start again after it."""
    return tuple(child for child in children if child.needs_broker and name == "broker")


def tiers(children: Iterable[Child]) -> tuple[tuple[Child, ...], ...]:
    """The children that start together, tier by tier."""
    ordered = sorted(children, key=lambda child: child.tier)
    return tuple(tuple(group) for _, group in groupby(ordered, key=lambda child: child.tier))


def url(port: int) -> str:
    """The address of a child that speaks HTTP."""
    return f"http://{LOOPBACK}:{port}"


def _servers(place: Place, ports: Ports, broker: Path) -> tuple[Child, Child]:
    listen = f"tcp://{LOOPBACK}:{ports.kafka}"
    home = {"HOME": str(place.home)}
    return (
        Child(
            "broker",
            (
                *(str(broker), "broker", "--silent", "--storage-engine", "memory://tansu/"),
                *("--listener-url", listen, "--advertised-listener-url", listen),
            ),
            Tcp(ports.kafka),
            tier=0,
            port_name="kafka",
            settings=home,
        ),
        Child(
            "database",
            (
                *(str(place.servers_python), "-m", "secantus", "--standalone"),
                *("--host", LOOPBACK, "--port", str(ports.mongo), "--log-level", "WARNING"),
                *("--storage-path", str(place.data / "mongo")),
            ),
            Tcp(ports.mongo),
            tier=0,
            port_name="mongo",
            settings=home,
        ),
    )


def _stand_ins(place: Place, ports: Ports) -> tuple[Child, Child]:
    """What others run in production: the identity provider and the message gateway."""
    return (
        Child(
            "issuer",
            _module("deploy.local.issuer"),
            Http(ports.issuer),
            tier=0,
            port_name="issuer",
            settings={"MAILBOX_ISSUER_PORT": str(ports.issuer)},
        ),
        Child(
            "gateway",
            _module("deploy.local.gateway"),
            Http(ports.gateway),
            tier=0,
            port_name="gateway",
            settings={
                "MAILBOX_GATEWAY_PORT": str(ports.gateway),
                "MAILBOX_GATEWAY_FILE": str(place.data / "gateway.jsonl"),
            },
        ),
    )


def _topics() -> Child:
    return Child(
        "topics", _module("shared.platform.topics"), Done(), tier=1, needs_broker=True, grace_s=1.0
    )


def _service(name: str, ports: Ports) -> Child:
    port = ports.named()[name]
    prefix = f"MAILBOX_{name.upper()}_"
    own = {f"{prefix}HTTP_PORT": str(port), f"{prefix}DATABASE": f"mailbox_{name}"}
    if name == "notifier":
        own["MAILBOX_NOTIFIER_GATEWAY_URL"] = url(ports.gateway)
        own["MAILBOX_NOTIFIER_MAILBOX_URL"] = url(ports.intake)
        own["MAILBOX_NOTIFIER_DESK_URL"] = url(ports.router)
    return Child(
        name,
        _module(f"services.{name}"),
        Http(port),
        tier=2,
        port_name=name,
        needs_broker=True,
        settings=own,
    )


def _bureaus(ports: Ports) -> Child:
    return Child(
        "bureaus",
        _module("clients.bureau.simulate"),
        Http(ports.bureaus),
        tier=3,
        port_name="bureaus",
        needs_broker=True,
        settings={"MAILBOX_BUREAUS_PORT": str(ports.bureaus)},
    )


def _module(name: str) -> tuple[str, ...]:
    return (sys.executable, "-m", name)


def _chosen(only: Collection[str], known: list[str]) -> set[str]:
    names = {name for word in only for name in GROUPS.get(word, (word,))}
    if strange := sorted(names - set(known)):
        choice = ", ".join([*known, *GROUPS])
        raise UnknownChild(f"The stack has no {strange[0]!r}; choose from {choice}.")
    return names or set(known)
