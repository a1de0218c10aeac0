"""Whatever order the steps of two processes happen in, it ends as one quiet process would end.

Every single operation of the shell waits for its turn (tests/support/stage.py): hypothesis picks
whose is next and whether it fails, kills processes between any two, moves partitions, loses topics
and offsets, lets records overtake, repeats and loses acknowledgements, moves logs and lets records
expire. Then all that the protocol promises to come again does, and nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import pytest
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from shared.platform import early, history, letters
from shared.platform.bus import Inbound
from tests.support.acting import Place
from tests.support.builders import (
    ACTIONS_TOPIC,
    BUREAU_TOPIC,
    DEADLINES_TOPIC,
    PROGRESS_TOPIC,
    SUBMITTED_TOPIC,
    action,
    asked,
    fired,
    told,
)
from tests.support.doubles import header
from tests.support.gates import Ending
from tests.support.replicas import Replica, World
from tests.support.stage import PROCESSES, Stage

PARTITION_OF = {"GD-TEST-0001": 0, "GD-TEST-0002": 0, "GD-TEST-0003": 1}
"""Two letters share a partition, the third has one of its own."""
FIRST = "GD-TEST-0001"
KINDS = ("ask", "both", "nothing", "bureau", "refuse")
ACTIONS = ("ask", "both", "foreign", "refuse")
MOST_SAID = 6
MOST_STRIKES = 3

some_letter = st.sampled_from([FIRST, FIRST, *sorted(PARTITION_OF)])
some_topic = st.sampled_from([SUBMITTED_TOPIC, SUBMITTED_TOPIC, DEADLINES_TOPIC])
some_place = st.builds(
    Place,
    st.sampled_from([SUBMITTED_TOPIC, DEADLINES_TOPIC, ACTIONS_TOPIC]),
    st.sampled_from(sorted({*PARTITION_OF.values()})),
)
some_process = st.sampled_from(PROCESSES)
some_landing = st.sampled_from(["in order", "in order", "last first", "the last alone", "not yet"])
"""How those that are on their way come to stand on their topics."""
some_steps = st.integers(0, 9)
some_ending: st.SearchStrategy[Ending] = st.sampled_from(
    ["done", "done", "done", "before", "after", "partly", "late"]
)
some_fate = st.sampled_from(["goes on", "goes on", "dies", "loses its partitions", "ends"])


@dataclass(frozen=True)
class Strike:
    """Something that befalls a process, a partition or all topics."""

    what: Literal["death", "rebalance", "loss", "retention"]
    process: int
    place: Place
    keeps_offsets: bool


some_strike = st.builds(
    Strike,
    st.sampled_from(["death", "rebalance", "rebalance", "loss", "retention"]),
    some_process,
    some_place,
    st.booleans(),
)


@contextmanager
def small_limits() -> Iterator[None]:
    """Overtakers overflow, logs move and races are decided soon."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(early, "MOST_EVENTS", 1)
        patch.setattr(history, "MOST_ENTRIES", 3)
        patch.setattr(history, "LEFT_ENTRIES", 2)
        patch.setattr(history, "MOST_ASKED", 2)
        patch.setattr(history, "LEFT_ASKED", 1)
        patch.setattr(letters, "PAUSE_S", 0)
        yield


class Shell(RuleBasedStateMachine):
    """Two processes of the real shell, and what may happen to them."""

    def __init__(self) -> None:
        super().__init__()
        self.limits = small_limits()
        self.limits.__enter__()
        self.stage = Stage(PARTITION_OF)
        self.strikes_left = MOST_STRIKES

    @initialize(landing=some_landing)
    def begin(self, landing: str) -> None:
        """Both processes run, and something was said of every letter."""
        for name in PROCESSES:
            self.stage.go_on(name)
        for letter in PARTITION_OF:
            for number, kind in enumerate(("both", "ask"), start=1):
                self.stage.say(_next(SUBMITTED_TOPIC, letter, number, kind))
        self._land(landing)

    # --- what is said ----------------------------------------------------------------------------

    @rule(
        letter=some_letter,
        topic=some_topic,
        kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=3),
        landing=some_landing,
    )
    def say(self, letter: str, topic: str, kinds: list[str], landing: str) -> None:
        for kind in kinds:
            number = len(self.stage.said.get((topic, letter), [])) + 1
            if number <= MOST_SAID:
                self.stage.say(_next(topic, letter, number, kind))
        self._land(landing)

    @rule(letter=some_letter, kind=st.sampled_from(ACTIONS), landing=some_landing)
    def ask_by_action(self, letter: str, kind: str, landing: str) -> None:
        number = len(self.stage.said.get((ACTIONS_TOPIC, letter), []))
        if number < MOST_SAID:
            name = f"{letter} {kind} {number}"
            self.stage.say(action(f"{kind}-act-{number}", name=name, letter=letter))
        self._land(landing)

    @rule(landing=some_landing, twice=st.booleans())
    def land(self, landing: str, twice: bool) -> None:
        """Something comes late, again, or because it was asked for."""
        if twice and self.stage.coming:
            self.stage.land(0, again=True)
        self._land(landing)
        if self.stage.late:
            self.stage.land_late(len(landing) % len(self.stage.late))
        for topic, letter in list(self.stage.said):
            self.stage.close_gap(topic, letter)

    # --- what processes do -----------------------------------------------------------------------

    @rule(
        name=some_process,
        most=st.integers(1, 3),
        steps=some_steps,
        ending=some_ending,
        fate=some_fate,
    )
    def work(self, name: int, most: int, steps: int, ending: Ending, fate: str) -> None:
        """A process takes a batch and gets so far with it; then something happens."""
        self.stage.fetch(name, most)
        self._get_on(name, steps, ending, fate)

    @rule(
        name=some_process,
        letter=some_letter,
        kind=st.sampled_from(KINDS),
        steps=some_steps,
        ending=some_ending,
        fate=some_fate,
    )
    def tell(
        self, name: int, letter: str, kind: str, steps: int, ending: Ending, fate: str
    ) -> None:
        command = f"{kind}-cmd-{letter}"
        self.stage.tell(name, self.stage.asked.get(command) or told(command, letter=letter))
        self._get_on(name, steps, ending, fate)

    @rule(
        name=some_process,
        seconds=st.sampled_from([0, 6, 61]),
        steps=some_steps,
        ending=some_ending,
        fate=some_fate,
    )
    def sweep(self, name: int, seconds: int, steps: int, ending: Ending, fate: str) -> None:
        self.stage.world.clock.pass_by(seconds=seconds)
        self.stage.sweep(name)
        self._get_on(name, steps, ending, fate)

    @precondition(lambda self: self.stage.incarnation > 0)
    @rule(name=some_process, steps=some_steps, ending=some_ending, fate=some_fate)
    def notice(self, name: int, steps: int, ending: Ending, fate: str) -> None:
        self.stage.notice(name)
        self._get_on(name, steps, ending, fate)

    @rule(turns=st.lists(st.tuples(st.integers(0, 7), some_ending), min_size=1, max_size=8))
    def take_turns(self, turns: list[tuple[int, Ending]]) -> None:
        """Whatever waits goes on in this order, whoever's it is."""
        for at, ending in turns:
            self.stage.go(at, ending)

    # --- what befalls them -----------------------------------------------------------------------

    @precondition(lambda self: self.strikes_left > 0)
    @rule(strike=some_strike)
    def befall(self, strike: Strike) -> None:
        """Rare, or nothing would ever get done."""
        self.strikes_left -= 1
        event(strike.what)
        match strike.what:
            case "death":
                self.stage.kill(strike.process, heir=1 - strike.process)
            case "rebalance":
                self.stage.move(strike.place)
            case "loss":
                self.stage.lose_topics(keeps_offsets=strike.keeps_offsets)
            case "retention":
                self.stage.expire(strike.place)

    def _land(self, landing: str) -> None:
        coming = len(self.stage.coming)
        if landing == "the last alone" and coming:
            self.stage.land(-1)
        for _ in range(coming if landing in {"in order", "last first"} else 0):
            self.stage.land(0 if landing == "in order" else -1)

    def _get_on(self, name: int, steps: int, ending: Ending, fate: str) -> None:
        event(f"{fate} after {steps} operations" if fate != "goes on" else "goes on")
        for _ in range(steps):
            self.stage.go_one(name, "done")
        self.stage.go_one(name, ending)
        if fate == "dies":
            self.stage.kill(name, heir=1 - name)
        elif fate == "loses its partitions":
            for place in list(self.stage.processes[name].owned):
                self.stage.move(place)
        elif fate == "ends":
            self.stage.go_on(name)

    # --- the end ---------------------------------------------------------------------------------

    def teardown(self) -> None:
        """All that is promised comes; then it is as after a quiet run, and stays so."""
        try:
            self.stage.settle()
            check(self.stage)
            check_replay(self.stage)
        finally:
            self.stage.close()
            self.limits.__exit__(None, None, None)


def _next(topic: str, letter: str, number: int, kind: str) -> Inbound:
    if topic == DEADLINES_TOPIC:
        return fired(number, letter=letter)
    return asked(number, f"{kind}-{number}", letter=letter)


def ideal(stage: Stage) -> Replica:
    """One quiet process that heard and was told the same, each thing once and in order."""
    replica = World().replica()
    for raws in stage.said.values():
        stage.loop.run_until_complete(replica.hear(*raws))
    for command in stage.asked.values():
        stage.loop.run_until_complete(replica.told(command))
    return replica


def check(stage: Stage) -> None:
    """States, logs and topics are those of a quiet run."""
    quiet = ideal(stage).world
    for letter in PARTITION_OF:
        ours, theirs = stage.world, quiet
        assert Counter(ours.state(letter).notes) == Counter(theirs.state(letter).notes)
        document = ours.document(letter)
        assert document["seen"] == theirs.document(letter)["seen"]
        assert document["early"] == {}
        assert not {"gap_since", "unsent", "unsent_since"} & document.keys()
        _check_order(stage, letter)
        for topic in (PROGRESS_TOPIC, BUREAU_TOPIC):
            _check_topic(ours, theirs, topic, letter)


def _check_order(stage: Stage, letter: str) -> None:
    """What came from one topic was applied in its order."""
    causes = [entry.cause for entry in stage.world.log(letter)]
    for topic in (SUBMITTED_TOPIC, DEADLINES_TOPIC):
        said = [header(raw, "ce_id") for raw in stage.said.get((topic, letter), [])]
        applied = list(dict.fromkeys(cause for cause in causes if cause in said))
        assert applied == [one for one in said if one in applied]


def _check_topic(ours: World, theirs: World, topic: str, letter: str) -> None:
    """Dense numbers, one content for each, and the same effects of the same causes."""
    log = [one for one in ours.log(letter) if one.record.topic == topic]
    expected = [one for one in theirs.log(letter) if one.record.topic == topic]
    assert Counter((one.cause, one.type) for one in log) == Counter(
        (one.cause, one.type) for one in expected
    )
    on_topic = {one for one in ours.bus.records(topic, letter) if header(one, "ce_sequence")}
    assert on_topic == {one.record for one in log}, "what is kept is sent, and nothing else"
    numbers = sorted(int(header(one, "ce_sequence")) for one in on_topic)
    assert numbers == list(range(1, len(log) + 1))
    answers = {one for one in ours.bus.records(topic, letter) if not header(one, "ce_sequence")}
    wanted = {
        header(one, "ce_cause")
        for one in theirs.bus.records(topic, letter)
        if not header(one, "ce_sequence")
    }
    assert Counter(header(one, "ce_cause") for one in answers) == Counter(wanted)


def check_replay(stage: Stage) -> None:
    """Every topic is read whole once more, by a process that knows nothing: nothing changes."""
    documents = dict(stage.world.documents.kept)
    contents = {topic: set(found) for topic, found in stage.world.bus.topics.items()}
    replica = stage.world.replica()
    for raws in stage.said.values():
        stage.loop.run_until_complete(replica.hear(*raws))
    assert stage.world.documents.kept == documents
    assert {topic: set(found) for topic, found in stage.world.bus.topics.items()} == contents


RELAXED = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)

TestShell = Shell.TestCase
TestShell.settings = settings(
    max_examples=120,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=RELAXED,
    print_blob=True,
)
