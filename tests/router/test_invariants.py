"""What holds of every letter, whatever is asked of it by whom, in whatever order, however often."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.router import store
from services.router.domain import (
    ConfirmClock,
    Letter,
    Nothing,
    PassIdentity,
    RateLetter,
    RouteLetter,
    RouterState,
    WithdrawLetter,
    WithholdIdentity,
    decide,
    evolve,
    for_bureau,
)
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.progress_v1 import RequestRefused
from shared.contracts.slugs import BUREAUS, Bureau
from shared.contracts.submitted_v1 import IdentitySealed, IdentityWithheld
from shared.contracts.values import About
from shared.contracts.vocabulary import Category, ClockName, LevelName
from shared.kernel.errors import Refused
from tests.intake.staging import seals
from tests.router.story import (
    BOOK,
    LETTER,
    MONDAY,
    STAGES,
    TRIAGE,
    accept,
    receive,
    reply,
)

SOME: tuple[Bureau, ...] = ("guangzhou", "foshan", "province")
MUST_RUN = {
    "submitted": "assign",
    "triage": "assign",
    "routed": "sign_in",
    "handling": "reply",
    "replied": "rating",
}
"""A clock that runs in each state."""
ENDED = {"closed", "withdrawn"}
CLOCKS: tuple[ClockName, ...] = ("assign", "sign_in", "objection", "reply", "rating", "appeal")
LEVELS: tuple[LevelName, ...] = ("red", "effect", "reminder")

bureaus = st.sampled_from(SOME)
assignments = st.sampled_from([1, 1, 1, 2, 3])


def is_held(state: RouterState) -> bool:
    """Whether a bureau holds the letter, or held it when it ended."""
    return isinstance(state, Letter) and state.bureau is not None


class AnyLetter(RuleBasedStateMachine):
    """A letter to which anyone asks anything."""

    def __init__(self) -> None:
        super().__init__()
        self.state: RouterState = Nothing()
        self.history: list[Any] = []
        self.told: list[Any] = []
        self.assignment = 0

    @initialize(
        city=st.none() | bureaus,
        addressed=st.none() | bureaus,
        category=st.sampled_from(["request", "complaint", "report", "inquiry"]),
        about=st.sampled_from([None, None, About(kind="unit", bureau="guangzhou")]),
    )
    def receives(
        self,
        city: Bureau | None,
        addressed: Bureau | None,
        category: Category,
        about: About | None,
    ) -> None:
        self.tell(receive(city, addressed_to=addressed, category=category, about=about))

    @rule(bureau=bureaus)
    def routes(self, bureau: Bureau) -> None:
        self.tell(RouteLetter(bureau, TRIAGE, MONDAY))

    @rule(bureau=bureaus, assignment=assignments)
    def accepts(self, bureau: Bureau, assignment: int) -> None:
        self.tell(accept(bureau, assignment))

    @rule(bureau=bureaus, assignment=assignments, days=st.integers(0, 40))
    def replies(self, bureau: Bureau, assignment: int, days: int) -> None:
        self.tell(reply(bureau, assignment, at=MONDAY + timedelta(days=days)))

    @precondition(lambda self: is_held(self.state))
    @rule(does=st.sampled_from([accept, reply]))
    def holder_acts(self, does: Any) -> None:
        assert isinstance(self.state, Letter)
        self.tell(does(self.state.bureau, self.state.assignment))

    @rule(solved=st.booleans(), score=st.integers(1, 5))
    def rates(self, solved: bool, score: int) -> None:
        self.tell(RateLetter("r-1", solved, score))

    @rule(last=st.sampled_from([False, False, False, True]))
    def withdraws(self, last: bool) -> None:
        if last:
            self.tell(WithdrawLetter("r-2", "mistake"))

    @rule(bureau=bureaus, assignment=assignments, is_sealed=st.booleans())
    def identity_comes(self, bureau: Bureau, assignment: int, is_sealed: bool) -> None:
        self.tell_identity(bureau, assignment, is_sealed=is_sealed)

    @precondition(lambda self: is_held(self.state))
    @rule(is_sealed=st.booleans())
    def identity_comes_for_the_holder(self, is_sealed: bool) -> None:
        assert isinstance(self.state, Letter)
        assert self.state.bureau is not None
        self.tell_identity(self.state.bureau, self.state.assignment, is_sealed=is_sealed)

    @rule(
        clock=st.sampled_from(CLOCKS),
        level=st.sampled_from(LEVELS),
        round_=st.integers(1, 2),
        is_true=st.booleans(),
    )
    def fires(self, clock: ClockName, level: LevelName, round_: int, is_true: bool) -> None:
        running = self.state.running(clock) if isinstance(self.state, Letter) else None
        due_on = running.due_on if running and is_true else MONDAY.date()
        fired = ClockFired(
            clock=clock,
            round=round_,
            level=level,
            due_on=due_on,
            passed_at=MONDAY,
            progress_sequence=1,
        )
        self.tell(ConfirmClock(fired))

    @precondition(lambda self: len(self.told) > 1)
    @rule(data=st.data())
    def says_it_again(self, data: st.DataObject) -> None:
        self.tell(data.draw(st.sampled_from(self.told)))

    @rule(data=st.data())
    def hears_facts_of_another_life(self, data: st.DataObject) -> None:
        event = data.draw(st.sampled_from(ALL_FACTS))
        evolve(self.state, event)
        evolve(Nothing(), event)

    def tell_identity(self, bureau: Bureau, assignment: int, *, is_sealed: bool) -> None:
        if is_sealed:
            sealed = IdentitySealed(bureau=bureau, assignment=assignment, kid="k")
            self.tell(PassIdentity(sealed))
        else:
            withheld = IdentityWithheld(bureau=bureau, assignment=assignment, reason="no_key")
            self.tell(WithholdIdentity(withheld))

    def tell(self, command: Any) -> None:
        self.told.append(command)
        before = self.state
        try:
            events = decide(command, before, book=BOOK)
        except Refused:
            return
        if isinstance(before, Letter) and before.state in ENDED:
            assert all(isinstance(event, RequestRefused) for event in events)
        for event in events:
            self.history.append(event)
            self.state = evolve(self.state, event)
            self.check_who_hears(event)

    def check_who_hears(self, event: Any) -> None:
        """Copies go out only while a bureau holds the letter."""
        heard = for_bureau(event, self.state)
        assert isinstance(self.state, Letter)
        assert not heard or self.state.holder in BUREAUS

    @invariant()
    def one_holder(self) -> None:
        if isinstance(self.state, Letter):
            is_with_triage = self.state.state in {"submitted", "triage"}
            assert self.state.state in ENDED or (self.state.holder == "triage") == is_with_triage
            assert (self.state.assignment > 0) == (self.state.holder != "triage")

    @invariant()
    def the_clock_of_its_state_runs(self) -> None:
        if isinstance(self.state, Letter):
            clocks = {one.clock for one in self.state.clocks}
            if self.state.state in ENDED:
                assert clocks == set()
            else:
                assert MUST_RUN[self.state.state] in clocks
                assert ("reply" in clocks) == (self.state.state != "replied")

    @invariant()
    def the_assignment_never_decreases(self) -> None:
        if isinstance(self.state, Letter):
            assert self.state.assignment >= self.assignment
            self.assignment = self.state.assignment

    @invariant()
    def every_reply_was_given_once(self) -> None:
        replies = [one.reply for one in self.history if type(one).__name__ == "LetterReplied"]
        assert replies == list(range(1, len(replies) + 1))

    def teardown(self) -> None:
        """The history folds to the live state, and what is kept of it opens to the same."""
        state: RouterState = Nothing()
        for event in self.history:
            state = evolve(state, event)
        assert state == self.state
        keys = seals("router")
        kept = keys.seal_state(store.STATE, state, letter=LETTER)
        assert keys.open_state(store.STATE, kept, letter=LETTER) == state


def _facts() -> list[Any]:
    found: list[Any] = []
    for commands in STAGES.values():
        state: RouterState = Nothing()
        for command in commands:
            events = decide(command, state, book=BOOK)
            for event in events:
                state = evolve(state, event)
            found += events
    return [*found, object(), None]


ALL_FACTS = _facts()

TestAnyLetter = AnyLetter.TestCase
TestAnyLetter.settings = settings(
    max_examples=120,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
