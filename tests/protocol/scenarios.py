"""The bounded worlds in which the whole protocol must hold."""

from dataclasses import dataclass

from tests.protocol.faults import ALONE, ONE_ROUTER, said
from tests.protocol.scenario import INTAKE, ROUTER, Ask, Scenario, Service

ONE_PARTITION = {"a": 0, "b": 0}
TWO_PARTITIONS = {"a": 0, "b": 1}
BOTH = {"a": 0, "b": 0, "c": 1}
"""Two letters in one partition, a third in another."""
TOLD = Ask("router", "a", ("out",))
CHAIN = (INTAKE, ROUTER, Service("notifier", reads=("out",)))
CHAIN_WRITERS = {"in": "intake", "out": "router", "told": "notifier"}
CHAIN_REACTIONS = {"in": ("out",), "out": ("told",)}
EVERYONE = ("intake", "router", "notifier")


@dataclass(frozen=True)
class Bounds:
    """A world that must hold, and how much of it is explored."""

    name: str
    scenario: Scenario
    is_quick: bool = True
    """Explored to its end within a second or two; the others belong to the long form."""
    most: int = 1_000_000
    """States; beyond, the search ends without having seen everything."""


WORLDS = (
    Bounds(
        "two records, a crash, a rebalance",
        Scenario(said=said(1, 2), strikes={"crash": 1, "rebalance": 1}),
    ),
    Bounds(
        "two letters in one partition, a crash, a rebalance",
        Scenario(
            said=said(1) + said(1, letter="b"),
            letters=ONE_PARTITION,
            strikes={"crash": 1, "rebalance": 1},
        ),
    ),
    Bounds(
        "two partitions, one moves while the other goes on, a crash",
        Scenario(
            said=said(1) + said(1, letter="b"),
            letters=TWO_PARTITIONS,
            strikes={"crash": 1, "rebalance": 1},
        ),
    ),
    Bounds(
        "two partitions that both move or move back, a crash",
        Scenario(
            said=said(1) + said(1, letter="b"),
            letters=TWO_PARTITIONS,
            strikes={"crash": 1, "rebalance": 2},
        ),
    ),
    Bounds(
        "a chain of three services, a crash, a rebalance",
        Scenario(
            said=said(1),
            services=CHAIN,
            writers=CHAIN_WRITERS,
            reactions=CHAIN_REACTIONS,
            crashing=EVERYONE,
            strikes={"crash": 1, "rebalance": 1},
        ),
    ),
    Bounds(
        "a parked record and what waits behind it, a crash",
        Scenario(
            said=said(1, 2),
            poison=frozenset(said(1)),
            batch=1,
            strikes={"crash": 1},
            services=ONE_ROUTER,
        ),
    ),
    Bounds(
        "a parked record that is dropped, and what waits behind it, a crash",
        Scenario(
            said=said(1, 2),
            poison=frozenset(said(1)),
            drops=True,
            strikes={"crash": 1},
            services=ONE_ROUTER,
        ),
    ),
    Bounds(
        "a command beside a record, asked again, a crash",
        Scenario(
            said=said(1), asks=(TOLD,), strikes={"crash": 1, "ask again": 1}, services=ONE_ROUTER
        ),
    ),
    Bounds(
        "three letters in two partitions, a crash, a rebalance",
        Scenario(
            said=said(1) + said(1, letter="b") + said(1, letter="c"),
            letters=BOTH,
            strikes={"crash": 1, "rebalance": 1},
        ),
        is_quick=False,
    ),
    Bounds(
        "commands on two topics at once, a crash",
        Scenario(
            asks=(Ask("router", "a", ("out", "told")), TOLD, Ask("router", "a", ("told",))),
            services=(Service("router"),),
            writers={"out": "router", "told": "router"},
            reactions={},
            strikes={"crash": 1},
        ),
        is_quick=False,
    ),
    Bounds(
        "overtaking, a crash, a rebalance",
        Scenario(said=said(2, 1), strikes={"crash": 1, "rebalance": 1}),
        is_quick=False,
    ),
    Bounds(
        "overtaking with overflow, a crash, a rebalance",
        Scenario(said=said(2, 3, 1), most_early=1, strikes={"crash": 1, "rebalance": 1}),
        is_quick=False,
        most=300_000,
    ),
    Bounds(
        "a zombie whose sends come late, beside a command",
        Scenario(
            said=said(1),
            asks=(TOLD,),
            strikes={"crash": 1, "rebalance": 1, "late append": 1, "unsure": 1},
        ),
        is_quick=False,
        most=300_000,
    ),
    Bounds(
        "retention, two crashes, a rebalance",
        Scenario(said=said(1, 2), strikes={"crash": 2, "rebalance": 1, "retention": 1}),
        is_quick=False,
    ),
    Bounds(
        "a broker that loses everything, with damping, a crash, a rebalance",
        Scenario(said=said(1), damps=True, strikes={"crash": 1, "rebalance": 1, "reset": 1}),
        is_quick=False,
    ),
    Bounds(
        "offsets that outlive their topic, a crash",
        Scenario(
            said=said(1),
            asks=(Ask("intake", "a", ("in",)),),
            strikes={"reset": 1, "crash": 1},
            offsets_survive=True,
            crashing=("router",),
            services=ONE_ROUTER,
        ),
        is_quick=False,
        most=300_000,
    ),
    Bounds(
        "two moves of a log, a crash",
        Scenario(said=said(1, 2), strikes={"trim": 2, "crash": 1}, services=(INTAKE, ALONE)),
        is_quick=False,
    ),
    Bounds(
        "a failover beside a record and a command",
        Scenario(said=said(1), asks=(TOLD,), strikes={"failover": 1}, services=ONE_ROUTER),
        is_quick=False,
        most=300_000,
    ),
)

AT_RANDOM = (
    Bounds(
        "three letters, two partitions, three services, everything",
        Scenario(
            said=said(1, 2) + said(2, 1, letter="b") + said(1, letter="c"),
            letters=BOTH,
            services=CHAIN,
            writers=CHAIN_WRITERS,
            reactions=CHAIN_REACTIONS,
            asks=(TOLD, Ask("router", "c", ("out",)), Ask("intake", "b", ("in",))),
            crashing=EVERYONE,
            most_early=1,
            strikes={
                "crash": 3,
                "rebalance": 2,
                "late append": 2,
                "reset": 1,
                "trim": 2,
                "unsure": 1,
                "hasty sweep": 1,
                "ask again": 1,
            },
            resetting=("in", "out", "told"),
        ),
    ),
    Bounds(
        "three letters, two partitions, something parked",
        Scenario(
            said=said(1, 2) + said(1, letter="b") + said(1, 2, letter="c"),
            letters=BOTH,
            asks=(TOLD,),
            poison=frozenset(said(1)),
            most_early=1,
            strikes={"crash": 3, "rebalance": 3, "late append": 1, "retention": 1},
        ),
    ),
    Bounds(
        "two letters and a database that fails over",
        Scenario(
            said=said(1) + said(1, letter="b"),
            letters=ONE_PARTITION,
            asks=(TOLD, TOLD, Ask("router", "b", ("out",))),
            loads_apart=True,
            strikes={"failover": 2, "crash": 2, "rebalance": 1, "hasty sweep": 1},
        ),
    ),
)
