"""Completed steps and open numbers of a holding, read from single facts."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from shared.contracts import progress_v1
from shared.contracts.bureau_v1 import ActionApplied
from shared.contracts.event import Fact
from shared.contracts.vocabulary import LevelName

Mark: TypeAlias = Literal[
    "passed_on", "unit_accepted", "noted", "asked", "more_wanted", "more_decided", "pressed",
    "red", "chief", "province",
]  # fmt: skip
"""`more_…`: time. `pressed`: a clock of the answer has reached a warning. `red`, `chief` and
`province`: any clock has reached that level."""
Numbers: TypeAlias = frozenset[tuple[str, int]]
"""`instruction`, `answered`, `commitment` or `kept`, each with its number on the letter."""

PRESSING = ("reply", "reopened_reply", "extension")
NOTHING: frozenset[Mark] = frozenset()
PRESSED: frozenset[Mark] = frozenset({"pressed"})
BY_LEVEL: Mapping[LevelName, frozenset[Mark]] = {
    "red": frozenset({"red"}),
    "chief": frozenset({"chief"}),
    "province": frozenset({"province"}),
}
ASKED: frozenset[Mark] = frozenset({"asked"})
BY_FACT: Mapping[type[Fact], frozenset[Mark]] = {
    progress_v1.LetterPassedOn: frozenset({"passed_on"}),
    progress_v1.UnitAccepted: frozenset({"unit_accepted"}),
    progress_v1.NoteAdded: frozenset({"noted"}),
    progress_v1.WriterAnswered: ASKED,
    progress_v1.QuestionLapsed: ASKED,
    progress_v1.ExtensionDecided: frozenset({"more_wanted", "more_decided"}),
}
BY_ANSWER: Mapping[str, frozenset[Mark]] = {
    progress_v1.WriterAsked.type: ASKED,
    progress_v1.ExtensionRequested.type: frozenset({"more_wanted"}),
}
"""Facts that a bureau learns only from the answer to its action."""


def marks_of(fact: Fact) -> frozenset[Mark]:
    """The lasting marks that the fact sets in the holding."""
    if isinstance(fact, ActionApplied):
        return BY_ANSWER.get(fact.resulting, NOTHING)
    if isinstance(fact, progress_v1.LetterEscalated):
        is_late = fact.clock in PRESSING and fact.level != "reminder"
        return BY_LEVEL.get(fact.level, NOTHING) | (PRESSED if is_late else NOTHING)
    return BY_FACT.get(type(fact), NOTHING)


def numbers_of(fact: Fact) -> Numbers:
    """Instructions and promises that were given, answered or kept."""
    match fact:
        case progress_v1.InstructionGiven():
            return frozenset({("instruction", fact.instruction)})
        case progress_v1.InstructionAnswered():
            return frozenset({("answered", fact.instruction)})
        case progress_v1.CommitmentMade():
            return frozenset({("commitment", fact.commitment)})
        case progress_v1.CommitmentFulfilled():
            return frozenset({("kept", fact.commitment)})
        case _:
            return frozenset()
