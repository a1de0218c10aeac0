"""Repeats, reordering, losses and deaths leave the same result as a run without them.

Two replicas over one store and one broker take batches, commands and actions at the same time.
Writes and sends fail before, after and in the middle; processes die between any two steps. In the
end everything that the protocol promises to repeat is repeated; then all is as after a quiet run.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from shared.platform.kafka.bus import BusFault, Inbound
from shared.platform.letters import letters, reorder_buffer
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.mongo.database import DatabaseFault
from shared.platform.repair.incarnations import resend_log
from tests.support.budget import budget
from tests.support.builders import (
    ACTIONS_TOPIC,
    BUREAU_TOPIC,
    DEADLINES_TOPIC,
    PROGRESS_TOPIC,
    SUBMITTED_TOPIC,
    WRITES,
    Note,
    action,
    asked,
    fired,
    told,
)
from tests.support.doubles import Failure, Fate, header
from tests.support.replicas import Replica, World

LETTERS = ("GD-TEST-0001", "GD-TEST-0002")
ASKED = ("nothing-1", "both-2", "refuse-3", "bureau-4", "both-5")
FIRED = 3
ACTIONS = ("act-1", "both-act-2", "refuse-act-3", "foreign-act-4")
COMMANDS = ("cmd-1", "bureau-cmd-2", "refuse-cmd-3", "both-cmd-4", "nothing-cmd-5")


def inputs(letter: str) -> dict[str, list[Inbound]]:
    """All that a letter's topics will ever hold, by topic."""
    return {
        SUBMITTED_TOPIC: [asked(at, what, letter=letter) for at, what in enumerate(ASKED, start=1)],
        DEADLINES_TOPIC: [fired(at, letter=letter) for at in range(1, FIRED + 1)],
        ACTIONS_TOPIC: [action(what, name=f"{letter} {what}", letter=letter) for what in ACTIONS],
    }


INPUTS: dict[str, list[Inbound]] = {}
for _letter in LETTERS:
    for _topic, _raws in inputs(_letter).items():
        INPUTS.setdefault(_topic, []).extend(_raws)


@dataclass(frozen=True)
class Batch:
    """A replica takes these records, by topic and position; they may be any, in any order."""

    replica: int
    picks: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Command:
    """A replica executes this command, or stores it and dies before it sends."""

    replica: int
    letter: str
    what: str
    dies: bool


@dataclass(frozen=True)
class Do:
    """Something else happens."""

    what: Literal["sweep", "wait", "wait long", "restart", "resend log"]
    replica: int


@dataclass(frozen=True)
class Trouble:
    """Outcomes of the next writes and sends."""

    writes: tuple[Failure | None, ...]
    sends: tuple[Fate, ...]


Step = Batch | Command | Do | Trouble

picks = st.sampled_from([(topic, at) for topic, raws in INPUTS.items() for at in range(len(raws))])
replicas = st.integers(0, 1)
steps = st.one_of(
    st.builds(Batch, replicas, st.lists(picks, min_size=1, max_size=8).map(tuple)),
    st.builds(
        Command, replicas, st.sampled_from(LETTERS), st.sampled_from(COMMANDS), st.booleans()
    ),
    st.builds(
        Do,
        st.sampled_from(["sweep", "wait", "wait long", "restart", "resend log"]),
        replicas,
    ),
    st.builds(
        Trouble,
        st.lists(st.sampled_from([None, None, "before", "after", "partly"]), max_size=3).map(tuple),
        st.lists(st.sampled_from(["sent", "sent", "refused", "lost"]), max_size=6).map(tuple),
    ),
)
rounds = st.lists(st.lists(steps, min_size=1, max_size=3), min_size=1, max_size=14)
"""Steps of one round happen at the same time."""


@dataclass
class Fire:
    """The world with its failures, and the input that must be repeated."""

    world: World = field(default_factory=World)
    replicas: list[Replica] = field(default_factory=list)
    committed: set[tuple[str, int]] = field(default_factory=set)
    commands: dict[tuple[str, str], IdempotentCommand[Note]] = field(default_factory=dict)
    """Commands whose asker has no answer yet, and so asks again."""
    answered: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.replicas = [self.world.replica(), self.world.replica()]

    async def step(self, step: Step) -> None:
        """One thing happens; what fails is left as a failure leaves it."""
        try:
            await self._do(step)
        except (DatabaseFault, BusFault) as fault:
            event(f"fault {type(fault).__name__} in {type(step).__name__}")

    async def _do(self, step: Step) -> None:
        match step:
            case Batch():
                await self.hear(step.replica, step.picks)
            case Command():
                await self._tell(step)
            case Do():
                await self._other(step)
            case Trouble():
                self.world.documents.failures.extend(step.writes)
                self.world.bus.fates.extend(step.sends)

    async def hear(self, replica: int, picked: Sequence[tuple[str, int]]) -> None:
        """Take a batch, and commit when it succeeds."""
        await self.replicas[replica].hear(*(INPUTS[topic][at] for topic, at in picked))
        self.committed.update(picked)

    async def _tell(self, step: Command) -> None:
        asked_for = (step.letter, step.what)
        command = told(step.what, name=f"{step.letter}-{step.what}", letter=step.letter)
        self.commands[asked_for] = command
        replica = self.replicas[step.replica]
        folds = await replica.letters.decide_and_store([command])
        self.answered.add(asked_for)
        if step.dies:
            self.replicas[step.replica] = self.world.replica()
        else:
            await replica.letters.send(folds)

    async def _other(self, step: Do) -> None:
        match step.what:
            case "sweep":
                await self.replicas[step.replica].sweeper.sweep()
            case "wait":
                self.world.clock.pass_by(seconds=6)
            case "wait long":
                self.world.clock.pass_by(seconds=61)
            case "restart":
                self.replicas[step.replica] = self.world.replica()
            case "resend log":
                await resend_log(
                    self.replicas[step.replica].history,
                    self.replicas[step.replica].sender,
                    topics=set(WRITES),
                )

    async def settle(self) -> None:
        """Everything that the protocol promises to repeat is repeated, and nothing else."""
        self.world.documents.failures.clear()
        self.world.bus.fates.clear()
        for topic, raws in INPUTS.items():
            rest = [(topic, at) for at in range(len(raws)) if (topic, at) not in self.committed]
            await self.hear(0, rest)
        for asked_for in self.commands.keys() - self.answered:
            await self.replicas[0].told(self.commands[asked_for])
        await self._close_gaps()
        self.world.clock.pass_by(seconds=6)
        for _ in range(3):
            await self.world.replica().sweeper.sweep()

    async def _close_gaps(self) -> None:
        """A gap is asked for: its letter's topic comes again from the first that is missing."""
        for letter in LETTERS:
            document = self.world.document(letter)
            marks = {"submitted": SUBMITTED_TOPIC, "deadlines": DEADLINES_TOPIC}
            for mark, topic in marks.items():
                seen, heard = document["seen"].get(mark, 0), document["heard"].get(mark, 0)
                assert ("gap_since" in document) or seen >= heard
                if seen < heard:
                    await self.replicas[1].hear(*inputs(letter)[topic][seen:heard])


def check(fire: Fire) -> None:
    """State and topics are those of a quiet run."""
    for letter in LETTERS:
        document = fire.world.document(letter)
        assert document["seen"] == {"submitted": len(ASKED), "deadlines": FIRED}
        assert document["early"] == {}
        assert "gap_since" not in document
        assert "unsent" not in document, document["unsent"]
        assert "unsent_since" not in document
        told_here = [what for of, what in fire.commands if of == letter]
        notes = fire.world.state(letter).notes
        _check_notes(notes, told_here)
        for topic in (PROGRESS_TOPIC, BUREAU_TOPIC):
            _check_topic(fire, topic, letter, notes)


def _check_notes(notes: tuple[str, ...], told_here: Sequence[str]) -> None:
    """Each event once, and input in its order."""
    due = [one for one in ASKED if not one.startswith(("refuse", "nothing"))]
    clocks = [f"clock-{number}" for number in range(1, FIRED + 1)]
    others = [
        one
        for one in (*ACTIONS, *told_here)
        if not one.startswith(("refuse", "nothing", "foreign"))
    ]
    assert Counter(notes) == Counter([*due, *clocks, *others])
    assert [one for one in notes if one in due] == due
    assert [one for one in notes if one in clocks] == clocks


def _check_topic(fire: Fire, topic: str, letter: str, notes: tuple[str, ...]) -> None:
    """Dense numbers, one content for each, and exactly the events that the notes are worth."""
    records = fire.world.bus.records(topic, letter)
    contents = {one for one in records if header(one, "ce_sequence")}
    numbers = sorted(int(header(one, "ce_sequence")) for one in contents)
    log = {one.record for one in fire.world.log(letter) if one.record.topic == topic}
    assert contents == log, "every event is on its topic, and none that isn't kept"
    assert numbers == list(range(1, len(contents) + 1))
    mark = "progress" if topic == PROGRESS_TOPIC else "bureau_guangzhou"
    assert fire.world.document(letter)["sent"].get(mark, 0) == len(contents)
    if topic == PROGRESS_TOPIC:
        assert len(contents) == sum(not one.startswith("bureau") for one in notes)
    else:
        answers = len(ACTIONS) - 1
        assert len(contents) == answers + sum(one.startswith(("both", "bureau")) for one in notes)
        refusals = {one for one in records if not header(one, "ce_sequence")}
        assert len(refusals) == 1, "one answer to a stranger"


async def under_fire(plan: Sequence[Sequence[Step]]) -> None:
    fire = Fire()
    for at_once in plan:
        await asyncio.gather(*(fire.step(step) for step in at_once))
    await fire.settle()
    check(fire)


@pytest.fixture(autouse=True)
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Early events overflow soon, and each letter of a batch is its own part."""
    monkeypatch.setattr(reorder_buffer, "MOST_EVENTS", 2)
    monkeypatch.setattr(letters, "TOGETHER", 1)


RELAXED = (HealthCheck.too_slow, HealthCheck.data_too_large)


@pytest.mark.timeout(900)
@settings(max_examples=budget(3_000, quick=100), suppress_health_check=RELAXED, print_blob=True)
@given(rounds)
def test_it_ends_as_if_nothing_had_happened(plan: list[list[Step]]) -> None:
    asyncio.run(under_fire(plan))


def test_a_quiet_run_ends_so_too() -> None:
    asyncio.run(under_fire([]))
