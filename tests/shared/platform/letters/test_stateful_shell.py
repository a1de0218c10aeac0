"""Whatever order the steps of two processes happen in, it ends as one quiet process would end.

Every single operation of the shell waits for its turn (tests/support/stage.py): hypothesis picks
whose is next and whether it fails, kills processes between any two, moves partitions, loses topics
and offsets, lets records overtake, repeats and loses acknowledgements, moves logs and lets records
expire. Then all that the protocol promises to come again does, and nothing else.
"""

import pytest
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from shared.platform.kafka.bus import Inbound
from shared.platform.letters import letters, log_archive, reorder_buffer
from shared.platform.repair import incarnations
from tests.support.budget import budget
from tests.support.builders import (
    ACTIONS_TOPIC,
    DEADLINES_TOPIC,
    SUBMITTED_TOPIC,
    action,
    asked,
    fired,
    told,
)
from tests.support.fates import (
    ACTIONS,
    KINDS,
    PARTITION_OF,
    Effort,
    Landing,
    Strike,
    some_effort,
    some_ending,
    some_landing,
    some_letter,
    some_process,
    some_strike,
    some_topic,
)
from tests.support.gates import Ending
from tests.support.quiet import check, check_replay
from tests.support.stage import PROCESSES, Stage

MOST_SAID, MOST_STRIKES = 6, 3


def small_limits() -> pytest.MonkeyPatch:
    """Limits are small: logs move and races are decided soon, and each letter is its own part."""
    patch = pytest.MonkeyPatch()
    patch.setattr(log_archive, "MOST_ENTRIES", 3)
    patch.setattr(log_archive, "LEFT_ENTRIES", 2)
    patch.setattr(log_archive, "MOST_ASKED", 2)
    patch.setattr(log_archive, "LEFT_ASKED", 1)
    patch.setattr(letters, "PAUSE_S", 0)
    patch.setattr(letters, "TOGETHER", 1)
    patch.setattr(incarnations, "CHUNK", 1)
    return patch


class Shell(RuleBasedStateMachine):
    """Two processes of the real shell, and what may happen to them."""

    def __init__(self) -> None:
        super().__init__()
        self.limits = small_limits()
        self.stage = Stage(PARTITION_OF)
        self.strikes_left = MOST_STRIKES
        self.loses_records = False

    @initialize(
        landing=some_landing,
        first=st.sampled_from(["both", "nothing"]),
        most_early=st.integers(0, 2),
        loses_records=st.sampled_from([False, False, True]),
    )
    def begin(self, landing: Landing, first: str, most_early: int, loses_records: bool) -> None:
        """Both processes run, and each letter has an event.

        `most_early`: room for early events. `loses_records`: whether topics may lose records. A
        loss makes the service send the whole log again, which would hide other faults.
        """
        self.loses_records = loses_records
        self.limits.setattr(reorder_buffer, "MOST_EVENTS", most_early)
        for name in PROCESSES:
            self.stage.go_on(name)
        for letter in PARTITION_OF:
            for number, kind in enumerate((first, "ask"), start=1):
                self.stage.say(_next(SUBMITTED_TOPIC, letter, number, kind=kind))
        self._land(landing)

    # --- what is said ----------------------------------------------------------------------------

    @rule(
        letter=some_letter,
        topic=some_topic,
        kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=3),
        landing=some_landing,
    )
    def say(self, letter: str, topic: str, kinds: list[str], landing: Landing) -> None:
        for kind in kinds:
            number = len(self.stage.said.get((topic, letter), [])) + 1
            if number <= MOST_SAID:
                self.stage.say(_next(topic, letter, number, kind=kind))
        self._land(landing)

    @rule(letter=some_letter, kind=st.sampled_from(ACTIONS), landing=some_landing)
    def ask_by_action(self, letter: str, kind: str, landing: Landing) -> None:
        number = len(self.stage.said.get((ACTIONS_TOPIC, letter), []))
        if number < MOST_SAID:
            name = f"{letter} {kind} {number}"
            self.stage.say(action(f"{kind}-act-{number}", name=name, letter=letter))
        self._land(landing)

    @rule(landing=some_landing, twice=st.booleans())
    def land(self, landing: Landing, twice: bool) -> None:
        """Something comes late, again, or because it was asked for."""
        if twice and self.stage.coming:
            self.stage.land(0, again=True)
        self._land(landing)
        if self.stage.late:
            self.stage.land_late(0 if landing == "in order" else -1)
        for topic, letter in list(self.stage.said):
            self.stage.close_gap(topic, letter)

    # --- what processes do -----------------------------------------------------------------------

    def _work(self, effort: Effort, most: int) -> None:
        """A process takes a batch, or goes on with the one in hand."""
        self.stage.fetch(effort.process, most)
        self._get_on(effort)

    work = rule(effort=some_effort, most=st.integers(1, 4))(_work)
    work_more = rule(effort=some_effort, most=st.integers(1, 4))(_work)

    @rule(effort=some_effort, letter=some_letter, kind=st.sampled_from(KINDS))
    def tell(self, effort: Effort, letter: str, kind: str) -> None:
        command = f"{kind}-cmd-{letter}"
        known = self.stage.asked.get(command)
        self.stage.tell(effort.process, known or told(command, letter=letter))
        self._get_on(effort)

    @rule(effort=some_effort, seconds=st.sampled_from([0, 6, 61]))
    def sweep(self, effort: Effort, seconds: int) -> None:
        self.stage.world.clock.pass_by(seconds=seconds)
        self.stage.sweep(effort.process)
        self._get_on(effort)

    @precondition(lambda self: self.stage.incarnation > 0)
    @rule(effort=some_effort)
    def notice(self, effort: Effort) -> None:
        self.stage.notice(effort.process)
        self._get_on(effort)

    @rule(
        letter=some_letter,
        kinds=st.tuples(st.sampled_from(KINDS[:3]), st.sampled_from(KINDS[:3])),
        first=some_process,
        steps=st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(0, 4)),
        dying=some_process,
    )
    def race(
        self,
        letter: str,
        kinds: tuple[str, str],
        first: int,
        steps: tuple[int, int, int],
        dying: int,
    ) -> None:
        """Both processes write one letter by turns; one of them dies, the other goes on."""
        for name, kind in zip(PROCESSES, kinds, strict=True):
            self.stage.go_on(name)
            command = f"{kind}-race-{len(self.stage.asked)}"
            self.stage.tell(name, told(command, letter=letter))
        for name, some in zip((first, 1 - first, first), steps, strict=True):
            self._go(name, some)
        self.stage.kill(dying, heir=1 - dying)
        self.stage.go_on(1 - dying)

    @rule(name=some_process, most=st.integers(1, 4), steps=st.integers(0, 5))
    def die_at_work(self, name: int, most: int, steps: int) -> None:
        self.stage.go_on(name)
        self.stage.fetch(name, most)
        self._go(name, steps)
        self.stage.kill(name, heir=1 - name)

    @rule(
        name=some_process,
        most=st.integers(1, 4),
        landing=some_landing,
        steps=st.integers(0, 5),
        dies=st.booleans(),
    )
    def come_back(self, name: int, most: int, landing: Landing, steps: int, dies: bool) -> None:
        """A process takes a batch, loses its partitions, and goes on after its heir has."""
        self.stage.go_on(name)
        self.stage.fetch(name, most)
        self._lose_partitions(name)
        for _ in range(2):
            self.stage.fetch(1 - name, 4)
            self.stage.go_on(1 - name)
            self._land(landing)
        self._go(name, steps)
        if dies:
            self.stage.kill(name, heir=1 - name)

    @rule(turns=st.lists(st.tuples(st.integers(0, 7), some_ending), min_size=1, max_size=8))
    def take_turns(self, turns: list[tuple[int, Ending]]) -> None:
        """Everything that waits continues in this order."""
        for at, ending in turns:
            self.stage.go(at, ending)

    @precondition(lambda self: self.strikes_left > 0)
    @rule(strike=some_strike)
    def befall(self, strike: Strike) -> None:
        """Rare, or nothing would ever get done."""
        self.strikes_left -= 1
        match strike.what:
            case "death":
                self.stage.kill(strike.process, heir=1 - strike.process)
            case "rebalance":
                self.stage.move(strike.place)
            case "loss" if self.loses_records:
                self.stage.lose_topics(keeps_offsets=strike.keeps_offsets)
            case "retention" if self.loses_records:
                self.stage.expire(strike.place)

    # --- the end ---------------------------------------------------------------------------------

    def teardown(self) -> None:
        """All that is promised comes; then it is as after a quiet run, and stays so."""
        try:
            self.stage.settle()
            check(self.stage)
            check_replay(self.stage)
        finally:
            self.stage.close()
            self.limits.undo()

    def _land(self, landing: Landing) -> None:
        coming = len(self.stage.coming)
        if landing == "the last alone" and coming:
            self.stage.land(-1)
        for _ in range(coming if landing in {"in order", "last first"} else 0):
            self.stage.land(0 if landing == "in order" else -1)
        for _ in range(coming - 1 if landing == "all but the first" else 0):
            self.stage.land(1)

    def _get_on(self, effort: Effort) -> None:
        event(effort.fate)
        self._go(effort.process, effort.steps)
        self.stage.go_one(effort.process, effort.ending)
        match effort.fate:
            case "goes on":
                return
            case "ends":
                self.stage.go_on(effort.process)
            case "dies":
                self.stage.kill(effort.process, heir=1 - effort.process)
            case "loses its partitions":
                self._lose_partitions(effort.process)

    def _go(self, name: int, steps: int) -> None:
        for _ in range(steps):
            self.stage.go_one(name, "done")

    def _lose_partitions(self, name: int) -> None:
        for place in list(self.stage.processes[name].owned):
            self.stage.move(place)


def _next(topic: str, letter: str, number: int, *, kind: str) -> Inbound:
    if topic == DEADLINES_TOPIC:
        return fired(number, letter=letter)
    return asked(number, f"{kind}-{number}", letter=letter)


RELAXED = settings(
    max_examples=budget(1_500, quick=30),
    stateful_step_count=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    print_blob=True,
)


@pytest.mark.timeout(900)
def test_it_ends_as_a_quiet_process_would() -> None:
    run_state_machine_as_test(Shell, settings=RELAXED)
