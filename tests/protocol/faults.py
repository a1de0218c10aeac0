"""For each clause: the smallest world in which the protocol without it goes wrong."""

from dataclasses import dataclass, replace

from tests.protocol.clauses import Clauses
from tests.protocol.scenario import INTAKE, Ask, Scenario, Service
from tests.protocol.world import Id

ALONE = Service("router", reads=("in",))
"""A router of one process."""


@dataclass(frozen=True)
class Fault:
    """A clause left out, and the violation that follows."""

    name: str
    without: tuple[str, ...]
    breaks: str
    """The property that its violation names first."""
    scenario: Scenario

    @property
    def broken(self) -> Scenario:
        """The scenario without the clause."""
        return replace(self.scenario, clauses=Clauses().without(*self.without))


def said(*numbers: int, letter: str = "a") -> tuple[Id, ...]:
    """Intake's events of a letter, in their order on the topic."""
    return tuple(("in", letter, one) for one in numbers)


ONE_ROUTER = (INTAKE, ALONE)
ACTION = ("actions", "a", 1)

FAULTS = (
    Fault(
        "F1 who sent a part of what is unsent clears it all",
        ("clears_by_value",),
        "S4",
        Scenario(
            asks=(Ask("router", "a", ("out",)), Ask("router", "a", ("out",))),
            strikes={"crash": 1},
        ),
    ),
    Fault(
        "F2 a command that had won is decided again",
        ("looks_for_its_cause",),
        "S1",
        Scenario(
            asks=(Ask("router", "a", ("out",)), Ask("router", "a", ("out",))),
            strikes={"unsure": 1},
        ),
    ),
    Fault(
        "F3 a full cache of overtakers forgets that more exists",
        ("remembers_heard",),
        "L1",
        Scenario(said=said(2, 3, 1), most_early=1, services=ONE_ROUTER),
    ),
    Fault(
        "F4 a zombie applies what the owner had dropped and committed",
        ("heard_is_unsent",),
        "L1",
        Scenario(said=said(2, 3, 1), most_early=1, strikes={"crash": 1, "rebalance": 1}),
    ),
    Fault(
        "F5 a parked record is deleted before its replay is sent",
        ("parked_until_sent",),
        "L1",
        Scenario(
            said=said(1),
            poison=frozenset(said(1)),
            strikes={"crash": 2, "rebalance": 1},
            crashing=("router",),
        ),
    ),
    Fault(
        "F6 topics made anew are noticed at start only",
        ("watches_incarnations",),
        "L1",
        Scenario(said=said(1), strikes={"reset": 1}, services=ONE_ROUTER),
    ),
    Fault(
        "F7 an offset outlives the topic in which it was committed",
        ("offsets_name_incarnation",),
        "L1",
        Scenario(
            said=said(1),
            asks=(Ask("intake", "a", ("in",)),),
            strikes={"reset": 1},
            resetting=("in",),
            offsets_survive=True,
            services=ONE_ROUTER,
        ),
    ),
    Fault(
        "F8 retention takes a record that nobody had read",
        ("loss_is_noticed",),
        "L1",
        Scenario(said=said(1), strikes={"crash": 1, "retention": 1}, services=ONE_ROUTER),
    ),
    Fault(
        "F8 retention takes a record whose effect was kept and never sent",
        ("loss_is_noticed",),
        "L1",
        Scenario(said=said(1), strikes={"crash": 1, "late retention": 1}, services=ONE_ROUTER),
    ),
    Fault(
        "F8 retention takes from a new topic what nobody had read or committed there",
        ("loss_needs_no_commit",),
        "L1",
        Scenario(
            said=said(1),
            strikes={"reset": 1, "retention": 1},
            resetting=("in",),
            services=ONE_ROUTER,
        ),
    ),
    Fault(
        "F9 an outsider's topic is lost with the action that was to come again",
        ("actions_are_unsent",),
        "L1",
        Scenario(
            said=(ACTION,),
            writers={"actions": "bureau", "out": "router"},
            reactions={"actions": ("out",)},
            services=(Service("router", reads=("actions",)),),
            outsiders=frozenset({"actions"}),
            strikes={"crash": 1, "reset": 1},
            resetting=("actions",),
        ),
    ),
    Fault(
        "F10 what is sent was lost by the database",
        ("majority_writes",),
        "S3",
        Scenario(
            said=said(1),
            asks=(Ask("router", "a", ("out",)),),
            strikes={"failover": 1},
            services=ONE_ROUTER,
        ),
    ),
    Fault(
        "F10 what the sweeper read was lost by the database",
        ("majority_reads",),
        "S3",
        Scenario(
            asks=(Ask("router", "a", ("out",)), Ask("router", "a", ("out",))),
            strikes={"failover": 1, "hasty sweep": 1, "crash": 1},
            services=ONE_ROUTER,
        ),
    ),
    Fault(
        "F11 a version comes a second time after a failover",
        ("guards_by", "majority_loads"),
        "S1",
        Scenario(
            said=said(1),
            asks=(Ask("router", "a", ("out",)), Ask("router", "a", ("out",))),
            strikes={"failover": 1},
            loads_apart=True,
            services=ONE_ROUTER,
        ),
    ),
    Fault(
        "F12 a reader looks into the collection first",
        ("document_first",),
        "L1",
        Scenario(said=said(1), strikes={"crash": 1, "trim": 1}, services=ONE_ROUTER),
    ),
    Fault(
        "P1 an offset is committed before the effects are sent",
        ("sends_before_commit",),
        "L1",
        Scenario(said=said(1), strikes={"crash": 1}, services=ONE_ROUTER),
    ),
    Fault(
        "P2 unsent is cleared whatever stands there",
        ("clears_in_part",),
        "S4",
        Scenario(
            asks=(Ask("router", "a", ("out",)), Ask("router", "a", ("out",))),
            services=ONE_ROUTER,
        ),
    ),
    Fault(
        "P3 what comes too soon is dropped",
        ("keeps_overtakers",),
        "L1",
        Scenario(said=said(2, 1), services=ONE_ROUTER),
    ),
    Fault(
        "P4 a repeated record's effects are not sent again",
        ("repeats_are_sent",),
        "L1",
        Scenario(said=said(1), strikes={"crash": 1}, services=ONE_ROUTER),
    ),
    Fault(
        "P5 whoever loses the race against a zombie sends nothing",
        ("losers_send",),
        "L1",
        Scenario(said=said(1), strikes={"crash": 1, "rebalance": 1}),
    ),
    Fault(
        "P6 what was taken from early is not marked unsent",
        ("early_is_unsent",),
        "L1",
        Scenario(
            said=said(2, 1),
            quiet=frozenset(said(1)),
            strikes={"crash": 1},
            services=ONE_ROUTER,
        ),
    ),
    Fault(
        "P7 a reader of the log looks into the document alone",
        ("reads_the_collection",),
        "L1",
        Scenario(said=said(1), strikes={"crash": 1, "trim": 1}, services=ONE_ROUTER),
    ),
    Fault(
        "P8 a gap is skipped",
        ("waits_for_its_turn",),
        "S2",
        Scenario(said=said(2, 1), services=ONE_ROUTER),
    ),
    Fault(
        "P9 a parked record is dropped and not counted as seen",
        ("drop_counts_as_seen",),
        "L1",
        Scenario(said=said(1), poison=frozenset(said(1)), drops=True, services=ONE_ROUTER),
    ),
    Fault(
        "P10 an offset is committed before its record is parked",
        ("parks_before_commit",),
        "L1",
        Scenario(
            said=said(1), poison=frozenset(said(1)), strikes={"crash": 1}, services=ONE_ROUTER
        ),
    ),
)
