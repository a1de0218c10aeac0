"""Invariants of every letter, under any commands by anyone in any order."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.router.domain.decide import decide
from services.router.domain.escalation import ConfirmClock, RecountDues
from services.router.domain.evolve import evolve
from services.router.domain.letter import Letter, LetterState, UnknownLetter
from services.router.store import documents
from shared.contracts.deadlines_v1 import ClockFired
from shared.kernel.errors import Refused
from tests.router import anyone, elsewhere, ending
from tests.router.story import LETTER, MONDAY, RULEBOOK, STAGES, receive
from tests.router.watcher import Watcher
from tests.support.budget import budget
from tests.support.sealed_shell import seals
from tests.support.versions import both

CLOSED_DAYS = tuple((MONDAY + timedelta(days=day)).date() for day in (2, 9, 30))
STORMY = replace(
    RULEBOOK,
    calendar=replace(
        RULEBOOK.calendar,
        off={**RULEBOOK.calendar.off, **dict.fromkeys(CLOSED_DAYS, "typhoon")},
        version="stormy",
    ),
)


class AnyLetter(RuleBasedStateMachine):
    """A letter to which anyone asks anything, whenever they like."""

    def __init__(self) -> None:
        super().__init__()
        self.state: LetterState = UnknownLetter()
        self.book = RULEBOOK
        self.now = MONDAY
        self.history: list[Any] = []
        self.told: list[Any] = []
        self.watcher = Watcher()

    @initialize(
        city=st.none() | anyone.bureaus,
        addressed=st.none() | anyone.bureaus,
        category=anyone.categories,
        about=anyone.abouts,
    )
    def receives(self, city: Any, addressed: Any, category: Any, about: Any) -> None:
        self.tell(receive(city, addressed_to=addressed, category=category, about=about))

    @rule(data=st.data())
    def holder_acts(self, data: st.DataObject) -> None:
        self.tell(data.draw(anyone.of_holder(self.letter, self.now)))

    @rule(data=st.data(), steps=st.integers(1, 6))
    def goes_on(self, data: st.DataObject, steps: int) -> None:
        """The letter goes its way for a while, as most do."""
        for _ in range(steps):
            self.now += timedelta(minutes=30)
            self.tell(data.draw(anyone.sensible(self.letter, self.now)))

    @rule(data=st.data(), steps=st.integers(1, 6))
    def goes_on_again(self, data: st.DataObject, steps: int) -> None:
        for _ in range(steps):
            self.tell(data.draw(anyone.sensible(self.letter, self.now)))

    @rule(data=st.data(), steps=st.integers(3, 9))
    def goes_on_for_long(self, data: st.DataObject, steps: int) -> None:
        for _ in range(steps):
            self.now += timedelta(days=1)
            self.tell(data.draw(anyone.sensible(self.letter, self.now)))

    @rule(data=st.data())
    def desk_acts(self, data: st.DataObject) -> None:
        self.tell(data.draw(anyone.at_desks(self.now)))

    @rule(data=st.data())
    def writer_asks(self, data: st.DataObject) -> None:
        self.tell(data.draw(anyone.of_writer(self.now)))

    @rule(data=st.data())
    def service_says(self, data: st.DataObject) -> None:
        self.tell(data.draw(elsewhere.of_services(self.letter, self.now)))

    @rule(data=st.data())
    def clock_is_proposed_in_vain(self, data: st.DataObject) -> None:
        self.tell(data.draw(elsewhere.senseless(self.letter, self.now)))

    @rule(hours=st.sampled_from([1, 20, 100, 400, 1000]))
    def time_goes_by(self, hours: int) -> None:
        """The notifier proposes all levels that have passed, in order, however late."""
        self.now += timedelta(hours=hours)
        while told := self.passed():
            self.tell(told)

    @rule(is_stormy=st.booleans())
    def calendar_changes(self, is_stormy: bool) -> None:
        self.book = replace(self.book, calendar=(STORMY if is_stormy else RULEBOOK).calendar)
        self.tell(RecountDues(at=self.now))
        assert decide(RecountDues(at=self.now), self.state, rulebook=self.book) == ()

    @rule(since=st.sampled_from(["2026-11-25", "2026-12-01", "2027-02-01"]))
    def other_policies_come(self, since: str) -> None:
        before, self.book = self.book, replace(self.book, versions=both(since))
        again = RecountDues(at=self.now)
        assert decide(again, self.state, rulebook=before) == decide(
            again, self.state, rulebook=self.book
        )

    @precondition(lambda self: len(self.told) > 1)
    @rule(data=st.data())
    def says_it_again(self, data: st.DataObject) -> None:
        self.tell(data.draw(st.sampled_from(self.told)))

    @rule(data=st.data())
    def hears_facts_of_another_life(self, data: st.DataObject) -> None:
        event = data.draw(st.sampled_from(ALL_FACTS))
        evolve(self.state, event)
        evolve(UnknownLetter(), event)

    @property
    def letter(self) -> Letter:
        assert isinstance(self.state, Letter)
        return self.state

    def tell(self, command: Any) -> None:
        self.told.append(command)
        try:
            events = decide(command, self.state, rulebook=self.book)
        except Refused:
            return
        for event in events:
            before, self.state = self.state, evolve(self.state, event)
            self.history.append(event)
            self.watcher.watch(event, before, self.letter)

    def passed(self) -> ConfirmClock | None:
        """The earliest level that has passed and was not confirmed yet."""
        levels = [
            (level.at, clock, level.level)
            for clock in self.letter.clocks
            for level in clock.to_come
            if level.at <= self.now and not clock.is_paused
        ]
        return _proposal(min(levels, key=lambda one: one[0]), self.now) if levels else None

    @invariant()
    def all_holds(self) -> None:
        if isinstance(self.state, Letter):
            self.watcher.check(self.state)

    def teardown(self) -> None:
        """The history folds to the live state, which can be stored and loaded, and from which the
        letter comes to an end.
        """
        state: LetterState = UnknownLetter()
        for event in self.history:
            state = evolve(state, event)
        assert state == self.state
        if not isinstance(state, Letter):
            return
        keys = seals("router")
        kept = keys.seal_state(documents.STATE, state, letter=LETTER)
        assert keys.open_state(documents.STATE, kept, letter=LETTER) == state
        ending.reach(state, self.now, rulebook=self.book)


def _proposal(found: tuple[datetime, Any, Any], now: datetime) -> ConfirmClock:
    at, clock, level = found
    fired = ClockFired(
        clock=clock.clock,
        round=clock.round,
        level=level,
        due_on=clock.due_on,
        passed_at=at,
        progress_sequence=1,
    )
    return ConfirmClock(fired, at=now)


def _facts() -> list[Any]:
    found: list[Any] = []
    for commands in STAGES.values():
        state: LetterState = UnknownLetter()
        for command in commands:
            events = decide(command, state, rulebook=RULEBOOK)
            for event in events:
                state = evolve(state, event)
            found += events
    return [*found, object(), None]


ALL_FACTS = _facts()

TestAnyLetter = AnyLetter.TestCase
TestAnyLetter.settings = settings(max_examples=budget(150, quick=20), stateful_step_count=30)
