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

import pytest
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from shared.platform import early, history, letters
from shared.platform.bus import Inbound
from shared.platform.rules import Told
from tests.support.acting import Place
from tests.support.builders import (
    ACTIONS_TOPIC,
    BUREAU_TOPIC,
    DEADLINES_TOPIC,
    PROGRESS_TOPIC,
    SUBMITTED_TOPIC,
    Note,
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
KINDS = ("ask", "both", "nothing", "bureau", "refuse")
ACTIONS = (*KINDS, "foreign")
MOST_SAID = 6

some_letter = st.sampled_from(sorted(PARTITION_OF))
some_topic = st.sampled_from([SUBMITTED_TOPIC, DEADLINES_TOPIC])
some_place = st.builds(
    Place,
    st.sampled_from([SUBMITTED_TOPIC, DEADLINES_TOPIC, ACTIONS_TOPIC]),
    st.sampled_from(sorted({*PARTITION_OF.values()})),
)
some_process = st.sampled_from(PROCESSES)
somewhere = st.integers(0, 7)
ENDINGS: tuple[Ending, ...] = ("done",) * 6 + ("before", "after", "partly", "late")


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

    @initialize()
    def begin(self) -> None:
        """Both processes run, and each letter's first words are said."""
        for name in PROCESSES:
            self.stage.go_on(name)
        for letter in PARTITION_OF:
            self.stage.say(asked(1, "both-1", letter=letter))

    # --- what is said ----------------------------------------------------------------------------

    @rule(letter=some_letter, topic=some_topic, kind=st.sampled_from(KINDS))
    def say(self, letter: str, topic: str, kind: str) -> None:
        number = len(self.stage.said.get((topic, letter), [])) + 1
        if number <= MOST_SAID:
            self.stage.say(_next(topic, letter, number, kind))

    @rule(letter=some_letter, kind=st.sampled_from(ACTIONS))
    def ask_by_action(self, letter: str, kind: str) -> None:
        number = len(self.stage.said.get((ACTIONS_TOPIC, letter), []))
        if number < MOST_SAID:
            name = f"{letter} {kind} {number}"
            self.stage.say(action(f"{kind}-act-{number}", name=name, letter=letter))

    @rule(at=somewhere, again=st.sampled_from([False, False, False, True]))
    def land(self, at: int, again: bool) -> None:
        if self.stage.coming:
            self.stage.land(at % len(self.stage.coming), again=again)

    @rule(at=somewhere)
    def land_late(self, at: int) -> None:
        if self.stage.late:
            self.stage.land_late(at % len(self.stage.late))

    @rule(letter=some_letter, topic=some_topic)
    def close_gap(self, letter: str, topic: str) -> None:
        self.stage.close_gap(topic, letter)

    # --- what processes do -----------------------------------------------------------------------

    @rule(name=some_process, most=st.integers(1, 3))
    def fetch(self, name: int, most: int) -> None:
        self.stage.fetch(name, most)

    @rule(name=some_process, letter=some_letter, kind=st.sampled_from(KINDS))
    def tell(self, name: int, letter: str, kind: str) -> None:
        command = f"{kind}-cmd-{letter}"
        self.stage.tell(name, self.stage.asked.get(command) or _command(command, letter))

    @rule(at=somewhere, ending=st.sampled_from(ENDINGS))
    def go(self, at: int, ending: Ending) -> None:
        event(f"operation ends: {ending}")
        self.stage.go(at, ending)

    @rule(at=somewhere, times=st.integers(2, 6))
    def go_a_while(self, at: int, times: int) -> None:
        for _ in range(times):
            self.stage.go(at, "done")

    @rule(name=some_process)
    def go_on(self, name: int) -> None:
        self.stage.go_on(name)

    @rule(name=some_process)
    def sweep(self, name: int) -> None:
        self.stage.sweep(name)

    @rule(name=some_process)
    def notice(self, name: int) -> None:
        self.stage.notice(name)

    # --- what befalls them -----------------------------------------------------------------------

    @rule(seconds=st.sampled_from([6, 61]))
    def wait(self, seconds: int) -> None:
        self.stage.world.clock.pass_by(seconds=seconds)

    @rule(name=some_process, heir=some_process)
    def kill(self, name: int, heir: int) -> None:
        self.stage.kill(name, heir)

    @rule(place=some_place)
    def move(self, place: Place) -> None:
        self.stage.move(place)

    @rule(keeps_offsets=st.booleans())
    def lose_topics(self, keeps_offsets: bool) -> None:
        self.stage.lose_topics(keeps_offsets=keeps_offsets)

    @rule(place=some_place)
    def expire(self, place: Place) -> None:
        self.stage.expire(place)

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


def _command(name: str, letter: str) -> Told[Note]:
    return told(name, letter=letter)


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
