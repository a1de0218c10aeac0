"""Events of the router about supervision. Topic: `letters.progress`.

Owner: services.router.
"""

from typing import ClassVar

from shared.contracts.event import Fact, Readers, read_by
from shared.contracts.fields import Code, Day, Flag, Ordinal
from shared.contracts.vocabulary import ClockName, Effect, LevelName, WhySupervised
from shared.contracts.words import Note, Words


class LetterEscalated(Fact):
    """A clock has reached a level, and the router confirms it."""

    type: ClassVar[str] = "gd.mailbox.letter.escalated.v1"

    clock: ClockName
    round: Ordinal
    level: LevelName
    due_on: Day
    effect: Effect | None = None


class LetterSupervised(Fact):
    """The province supervises the letter until its end."""

    type: ClassVar[str] = "gd.mailbox.letter.supervised.v1"

    reason: WhySupervised


class LetterRead(Fact):
    """A chief has read the letter."""

    type: ClassVar[str] = "gd.mailbox.letter.read.v1"

    office: Code
    """Whose office: a code of the offices' data, never a name."""
    in_person: Flag
    """Whether the office's holder has read it, not a deputy."""


class InstructionGiven(Fact):
    """A chief has given an instruction, which the holder must answer."""

    type: ClassVar[str] = "gd.mailbox.instruction.given.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))

    instruction: Ordinal
    """1 for the first instruction on this letter."""
    office: Code
    answer_by: Day
    words: Words[Note] = None


class InstructionAnswered(Fact):
    """The holder has answered an instruction."""

    type: ClassVar[str] = "gd.mailbox.instruction.answered.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))

    instruction: Ordinal
    words: Words[Note] = None
