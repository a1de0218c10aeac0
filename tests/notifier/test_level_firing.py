"""Each due level is proposed exactly once and in order, in any history."""

from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from services.notifier.domain.clocks import due_levels
from services.notifier.domain.evolve import NotifierEvent
from services.notifier.domain.letter import NotifierLetter
from services.notifier.domain.level_firing import FireClocks
from services.notifier.domain.progress import RecordProgress
from services.notifier.store import STATE
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.values import ClockChange
from shared.contracts.vocabulary import LevelName
from tests.notifier.story import EVENT, LETTER, days, fact, given, other, passing, started
from tests.support.budget import budget
from tests.support.moving import moment

START = moment(1)
Key: TypeAlias = tuple[str, int, str, date]

steps = st.lists(
    st.one_of(
        st.tuples(st.just("start"), st.sampled_from(["reply", "sign_in"]), st.integers(0, 6)),
        st.tuples(st.just("move"), st.sampled_from(["reply", "sign_in"]), st.integers(0, 6)),
        st.tuples(st.just("stop"), st.sampled_from(["reply", "sign_in"]), st.just(0)),
        st.tuples(st.just("pause"), st.sampled_from(["reply", "sign_in"]), st.just(0)),
        st.tuples(st.just("pass"), st.just(""), st.integers(1, 60)),
    ),
    max_size=30,
)


class Model:
    """A simple model: all levels that clocks have promised, and all that were proposed."""

    def __init__(self) -> None:
        self.rounds: dict[str, int] = {}
        self.promised: dict[str, list[tuple[Key, datetime]]] = {}
        self.paused: set[str] = set()
        self.said: list[Key] = []

    def change(self, verb: str, clock: Any, amount: int, now: datetime) -> ClockChange | None:
        running = clock in self.promised
        if verb == "stop":
            self.paused.discard(clock)
            self.promised.pop(clock, None)
            return other("stopped", clock, round_=self.rounds.get(clock, 1))
        if verb == "pause":
            if running:
                self.paused.add(clock)
                self.promised[clock] = []
            return other("paused", clock, round_=self.rounds.get(clock, 1))
        if verb == "start" and not running:
            self.rounds[clock] = self.rounds.get(clock, 0) + 1
        elif verb == "start" or not running:
            return None
        how = "resumed" if clock in self.paused else "moved" if running else "started"
        self.paused.discard(clock)
        return self._promise(clock, amount, now, how)

    def _promise(self, clock: Any, amount: int, now: datetime, change: str) -> ClockChange:
        due_on, round_ = (now + days(amount)).date(), self.rounds[clock]
        levels: list[tuple[LevelName, datetime]] = [
            ("yellow", passing(due_on) - days(1)),
            ("red", passing(due_on)),
            ("chief", passing(due_on) + days(1)),
        ]
        self.promised[clock] = [((clock, round_, level, due_on), at) for level, at in levels]
        return started(clock, *levels, due_on=due_on, round_=round_, change=change)

    def expected(self, now: datetime) -> set[Key]:
        """Levels that were promised, are due, and were not proposed yet."""
        promised = (message for levels in self.promised.values() for message in levels)
        return {key for key, at in promised if at <= now} - set(self.said)


def restarted(letter: NotifierLetter) -> NotifierLetter:
    """The letter after it was stored and loaded."""
    return STATE.validate_python(STATE.dump_python(letter, mode="json"))


@settings(max_examples=budget(150))
@examples(steps)
def test_each_due_level_is_proposed_exactly_once_and_in_order(
    story: list[tuple[str, str, int]],
) -> None:
    now, letter, model = START, NotifierLetter(), Model()
    for number, (verb, clock, amount) in enumerate(story, 1):
        if verb == "pass":
            now += timedelta(hours=amount)
        elif change := model.change(verb, clock, amount, now):
            command = RecordProgress(LETTER, fact(change), number, EVENT, now)
            letter = given.state(letter).when(command).state
        expected = model.expected(now)
        caused: tuple[NotifierEvent, ...] = ()
        if letter.fires_at is not None and letter.fires_at <= now:
            told = given.state(letter).when(FireClocks(now))
            caused, letter = told.caused, told.state
        said = [event for event in caused if isinstance(event, ClockFired)]
        keys: list[Key] = [(event.clock, event.round, event.level, event.due_on) for event in said]
        assert len(keys) == len(set(keys))
        assert set(keys) == expected
        assert [event.passed_at for event in said] == sorted(event.passed_at for event in said)
        model.said += keys
        letter = restarted(letter)
    assert len(model.said) == len(set(model.said))


CHIEF_AT = passing(date(2026, 11, 26))
PUT_OFF = CHIEF_AT + timedelta(days=4)


def resumed(chief_at: datetime) -> RecordProgress:
    """The reply's clock resumes with the same due date and this instant for level chief."""
    return heard(fact(started("reply", ("chief", chief_at), change="resumed")), 2)


def heard(said: Any, sequence: int) -> RecordProgress:
    return RecordProgress(LETTER, said, sequence, EVENT, START)


def test_a_level_postponed_by_a_pause_is_proposed_for_the_later_instant() -> None:
    first = heard(fact(started("reply", ("chief", CHIEF_AT))), 1)
    stale = given().when(first, FireClocks(CHIEF_AT))
    (proposed,) = stale.caused
    going_on = stale.when(heard(fact(other("paused")), 2), resumed(PUT_OFF))
    assert going_on.state.fires_at == PUT_OFF
    (again,) = going_on.when(FireClocks(PUT_OFF)).caused
    assert isinstance(proposed, ClockFired)
    assert isinstance(again, ClockFired)
    assert (again.due_on, again.level) == (proposed.due_on, proposed.level)
    assert (proposed.passed_at, again.passed_at) == (CHIEF_AT, PUT_OFF)


def test_a_level_that_is_stated_again_for_the_same_instant_is_not_proposed_again() -> None:
    first = heard(fact(started("reply", ("chief", CHIEF_AT))), 1)
    story = given().when(first, FireClocks(CHIEF_AT), resumed(CHIEF_AT))
    assert story.state.fires_at is None


def test_a_level_proposed_again_for_another_instant_has_another_name() -> None:
    first = given().when(heard(fact(started("reply", ("chief", CHIEF_AT))), 1)).state
    later = given().when(resumed(PUT_OFF)).state
    names = {due_levels(each.clocks, PUT_OFF)[0].name for each in (first, later)}
    assert len(names) == 2, "or the second command would count as the first once more"
