"""Hypothesis strategies for the stage: who does what, how far, and what fails."""

from dataclasses import dataclass
from typing import Literal

from hypothesis import strategies as st

from tests.support.acting import Place
from tests.support.builders import ACTIONS_TOPIC, DEADLINES_TOPIC, SUBMITTED_TOPIC
from tests.support.gates import Ending
from tests.support.stage import PROCESSES

PARTITION_OF = {"GD-TEST-0001": 0, "GD-TEST-0002": 0, "GD-TEST-0003": 1}
"""Two letters share a partition, the third has its own."""
KINDS = ("ask", "both", "bureau", "nothing", "refuse")
ACTIONS = ("ask", "both", "foreign", "refuse")


@dataclass(frozen=True)
class Effort:
    """How far a process gets with an operation, and how it ends."""

    process: int
    steps: int
    ending: Ending
    """The endings of the operations after those."""
    fate: Literal["goes on", "ends", "dies", "loses its partitions"]


@dataclass(frozen=True)
class Strike:
    """A failure of a process, a partition or all topics."""

    what: Literal["death", "rebalance", "loss", "retention"]
    process: int
    place: Place
    keeps_offsets: bool


Landing = Literal["in order", "last first", "the last alone", "all but the first", "not yet"]
"""How records under way arrive on their topics."""

some_letter = st.sampled_from(["GD-TEST-0001", "GD-TEST-0001", *sorted(PARTITION_OF)])
some_topic = st.sampled_from([SUBMITTED_TOPIC, SUBMITTED_TOPIC, DEADLINES_TOPIC])
some_place = st.builds(
    Place,
    st.sampled_from([SUBMITTED_TOPIC, SUBMITTED_TOPIC, DEADLINES_TOPIC, ACTIONS_TOPIC]),
    st.sampled_from(sorted({*PARTITION_OF.values()})),
)
some_process = st.sampled_from(PROCESSES)
some_landing: st.SearchStrategy[Landing] = st.sampled_from(
    ["in order", "in order", "last first", "the last alone", "all but the first", "not yet"]
)
some_ending: st.SearchStrategy[Ending] = st.sampled_from(
    ["done", "done", "done", "before", "after", "partly", "late"]
)
some_effort = st.builds(
    Effort,
    some_process,
    st.integers(0, 6),
    some_ending,
    st.sampled_from(["goes on", "goes on", "ends", "ends", "dies", "loses its partitions"]),
)
some_strike = st.builds(
    Strike,
    st.sampled_from(["death", "rebalance", "rebalance", "loss", "retention"]),
    some_process,
    some_place,
    st.booleans(),
)
