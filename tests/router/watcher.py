"""Checks the invariants of one letter, event by event."""

from collections import Counter
from typing import Any

from services.router.domain.bureau_view import recipient
from services.router.domain.letter import Letter, LetterState
from services.router.domain.preconditions import may_be_heard_of
from shared.audit.story import AuditClock, after
from shared.contracts.bureau_v1 import AssignmentEnded, LetterIdentity
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import (
    CommitmentFulfilled,
    CommitmentMade,
    InstructionAnswered,
    LetterEscalated,
    LetterReplied,
    LetterWithdrawn,
    NoteAdded,
)
from shared.contracts.words import Clear
from tests.router.story import NAME, PHONE, for_bureau

ENDED = {"declined", "closed", "withdrawn"}
IN_TRIAGE = {"submitted", "triage"}
MUST_RUN = {
    "submitted": {"assign"},
    "triage": {"assign"},
    "routed": {"sign_in"},
    "handling": {"reply", "reopened_reply"},
    "supplement": {"answer"},
    "signing": {"signature"},
    "replied": {"rating"},
    "declined": {"appeal"},
}
"""Clocks of which one runs in each state. Source: CONTRACTS, section 8."""
OUTLIVE = {"commitment", "instruction"}
NUMBERED: dict[type[Fact], str] = {
    LetterReplied: "reply",
    NoteAdded: "note",
    CommitmentMade: "commitment",
}


class Watcher:
    """What was seen of one letter up to now."""

    def __init__(self) -> None:
        self.clocks: dict[Any, AuditClock] = {}
        self.numbers: Counter[type[Fact]] = Counter()
        self.once: set[tuple[Any, ...]] = set()
        self.assignment = 0
        self.over: set[tuple[str, int]] = set()
        """Holdings that were announced as ended."""

    def watch(self, event: Any, before: LetterState, letter: Letter) -> None:
        """Check one more event."""
        if isinstance(event, Fact):
            self.clocks = dict(after(event.clocks, self.clocks))
            self._numbered(event)
            self._once(event)
        self._told(event, before, letter)

    def check(self, letter: Letter) -> None:
        """One holder, at least one clock, and everything as the facts say."""
        in_triage = letter.holder == "triage"
        if letter.state in IN_TRIAGE:
            assert in_triage
        elif letter.state in {"routed", "handling", "supplement", "replied"}:
            assert not in_triage
        assert letter.assignment >= self.assignment
        self.assignment = letter.assignment
        self._clocks(letter)
        assert (letter.state == "signing") == (letter.draft is not None)
        assert (letter.state == "supplement") == (letter.question is not None)

    def _clocks(self, letter: Letter) -> None:
        running = {one.clock for one in letter.clocks}
        assert MUST_RUN.get(letter.state, running) & running or letter.state in ENDED
        if letter.state in ENDED:
            assert running <= OUTLIVE | {"appeal"}
        else:
            answered = letter.state == "replied"
            assert bool({"reply", "reopened_reply"} & running) != answered
        waits = letter.state == "supplement"
        assert {one.clock for one in letter.clocks if one.is_paused} == (
            {"reply", "reopened_reply"} & running if waits else set()
        )
        known = {(one.clock, one.round): _dates(one) for one in letter.clocks}
        assert known == {(one.clock, one.round): _dates(one) for one in self.clocks.values()}

    def _numbered(self, event: Fact) -> None:
        field = NUMBERED.get(type(event))
        if field is not None:
            self.numbers[type(event)] += 1
            assert getattr(event, field) == self.numbers[type(event)]

    def _once(self, event: Fact) -> None:
        match event:
            case LetterEscalated():
                name: tuple[Any, ...] = (event.clock, event.round, event.due_on, event.level)
            case CommitmentFulfilled():
                name = ("commitment", event.commitment)
            case InstructionAnswered():
                name = ("instruction", event.instruction)
            case LetterWithdrawn():
                name = ("withdrawn",)
            case _:
                return
        assert name not in self.once
        self.once.add(name)

    def _told(self, event: Any, before: LetterState, letter: Letter) -> None:
        """Copies go to present and former holders, and show what these may see."""
        copies = for_bureau(event, letter)
        if not copies:
            return
        bureau = recipient(event, letter)
        held = {letter.bureau, before.bureau if isinstance(before, Letter) else None}
        assert bureau is not None
        assert bureau in held
        for copy in copies:
            if isinstance(copy, Fact):
                assert copy.by.staff is None
                assert (bureau, copy.assignment) not in self.over
            if isinstance(copy, AssignmentEnded):
                self.over.add((bureau, copy.assignment))
            if letter.bureau == bureau and not may_be_heard_of(letter):
                assert isinstance(copy, AssignmentEnded)
            if letter.masked:
                assert not isinstance(copy, LetterIdentity)
                assert not {name for name in (NAME, PHONE) if name in _words(copy)}


def _dates(clock: Any) -> tuple[Any, ...]:
    """A clock as both folds know it."""
    return (clock.due_on, clock.passes_at, clock.is_paused)


def _words(copy: Any) -> str:
    """Everything that can be read in a copy."""
    held = [getattr(copy, field, None) for field in type(copy).sealed]
    return "".join(one.plaintext().decode() for one in held if isinstance(one, Clear))
