"""Present holdings and answers of a bureau, folded from all its arrivals."""

from collections import OrderedDict, defaultdict
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias
from uuid import UUID

from clients.bureau.arrivals import Arrived
from clients.bureau.outcomes import Outcome, outcome_of
from shared.contracts import progress_v1
from shared.contracts.bureau_v1 import ActionApplied, AssignmentEnded
from shared.contracts.event import Fact
from shared.contracts.values import Attachment
from shared.contracts.vocabulary import State

MOST_ANSWERS = 200_000

Open: TypeAlias = tuple[Literal["instruction", "commitment"], int]
"""An open instruction or commitment, by its number on the letter."""


@dataclass(frozen=True, slots=True)
class Holding:
    """The state of one letter at this bureau."""

    letter: str
    assignment: int
    state: State
    sequence: int
    is_over: bool = False
    """Whether the bureau no longer holds it."""
    instructions: frozenset[int] = frozenset()
    """Numbers of the chief's unanswered instructions."""
    commitments: frozenset[int] = frozenset()
    """Numbers of unfulfilled commitments; they outlast the closing of the letter."""
    files: tuple[Attachment, ...] = ()
    """What the writer sent with the letter and later, in any order."""


class Holdings:
    """All holdings and answers; arrivals may come in any order and repeatedly."""

    def __init__(self) -> None:
        self._holdings: dict[str, Holding] = {}
        self._answers: OrderedDict[UUID, Outcome] = OrderedDict()
        self._open: dict[str, set[Open]] = defaultdict(set)
        self._done: dict[str, set[Open]] = defaultdict(set)
        self._files: dict[str, dict[str, Attachment]] = defaultdict(dict)

    def note(self, arrived: Arrived) -> None:
        """Take in one arrival."""
        if (outcome := outcome_of(arrived.event)) is not None:
            self._note_answer(outcome)
        self._note_open(arrived)
        for file in getattr(arrived.event, "attachments", ()):
            self._files[arrived.letter][file.id] = file
        if isinstance(arrived.event, Fact) and not isinstance(arrived.event, ActionApplied):
            self._note_fact(arrived, arrived.event)

    def holding(self, letter: str) -> Holding | None:
        """The letter's state here; None when the bureau never had it."""
        found = self._holdings.get(letter)
        if found is None:
            return None
        open_ = self._open.get(letter, set()) - self._done.get(letter, set())
        return replace(
            found,
            instructions=frozenset(number for kind, number in open_ if kind == "instruction"),
            commitments=frozenset(number for kind, number in open_ if kind == "commitment"),
            files=tuple(self._files.get(letter, {}).values()),
        )

    def answer(self, action_id: UUID) -> Outcome | None:
        """The first answer to that action; repeats change nothing."""
        return self._answers.get(action_id)

    def _note_answer(self, outcome: Outcome) -> None:
        self._answers.setdefault(outcome.action_id, outcome)
        if len(self._answers) > MOST_ANSWERS:
            self._answers.popitem(last=False)

    def _note_fact(self, arrived: Arrived, fact: Fact) -> None:
        before, sequence = self._holdings.get(arrived.letter), arrived.sequence or 0
        if before is None or sequence > before.sequence:
            self._holdings[arrived.letter] = Holding(
                arrived.letter,
                fact.assignment,
                fact.state,
                sequence,
                isinstance(fact, AssignmentEnded),
            )

    def _note_open(self, arrived: Arrived) -> None:
        match arrived.event:
            case progress_v1.InstructionGiven(instruction=number):
                self._open[arrived.letter].add(("instruction", number))
            case progress_v1.InstructionAnswered(instruction=number):
                self._done[arrived.letter].add(("instruction", number))
            case progress_v1.CommitmentMade(commitment=number):
                self._open[arrived.letter].add(("commitment", number))
            case progress_v1.CommitmentFulfilled(commitment=number):
                self._done[arrived.letter].add(("commitment", number))
            case _:
                pass
