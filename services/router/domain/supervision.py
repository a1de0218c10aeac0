"""How the province and chiefs watch a letter: supervision, reading, instructions."""

from dataclasses import dataclass
from datetime import date

from services.router.domain.actors import RULE, DeskCommand, HolderCommand
from services.router.domain.context import DecisionContext, stopped
from services.router.domain.due_dates import Rulebook, change_of, first_run
from services.router.domain.letter import InstructionRecord, Letter, words_as
from services.router.domain.preconditions import OPEN, check_holding, check_state, check_words
from shared.contracts.progress_v1 import (
    InstructionAnswered,
    InstructionGiven,
    LetterRead,
    LetterSupervised,
)
from shared.contracts.values import By
from shared.contracts.vocabulary import WhySupervised
from shared.contracts.words import Note
from shared.kernel.errors import BadValue, LimitReached, NotAllowed, OutOfOrder
from shared.kernel.frozen import replace


@dataclass(frozen=True)
class SuperviseLetter(DeskCommand):
    """Put a letter under the province's supervision."""


@dataclass(frozen=True)
class ReadLetter(DeskCommand):
    """Record that a chief has read a letter."""


@dataclass(frozen=True)
class Instruct(DeskCommand):
    """Instruct the holder; the holder must answer."""

    words: Note | None


@dataclass(frozen=True)
class AnswerInstruction(HolderCommand):
    """Answer a chief's instruction."""

    instruction: int
    words: Note | None


MOST_INSTRUCTIONS = 20
DIRECTOR = "province:director"


def supervise(_: SuperviseLetter, context: DecisionContext) -> tuple[LetterSupervised, ...]:
    """Put the letter under the province's supervision until it ends. Raises: OutOfOrder."""
    check_state(context.letter, *OPEN, "replied", what="supervise")
    return supervised(context, "desk")


def supervised(context: DecisionContext, reason: WhySupervised) -> tuple[LetterSupervised, ...]:
    """Report the supervision; nothing if the letter is supervised already."""
    if context.letter.is_supervised:
        return ()
    decides = context if reason == "desk" else context.as_actor(RULE)
    return (LetterSupervised(**decides.plain_header(), reason=reason),)


def read(command: ReadLetter, context: DecisionContext) -> tuple[LetterRead, ...]:
    """Record that a chief has read it: once for each office, and once more in person.

    Raises: NotAllowed.
    """
    office, in_person = _office(command.by, context), _is_in_person(command.by, context)
    done = {(office, True)} if in_person else {(office, True), (office, False)}
    if done & set(context.letter.reads):
        return ()
    return (LetterRead(**context.plain_header(), office=office, in_person=in_person),)


def instruct(command: Instruct, context: DecisionContext) -> tuple[InstructionGiven, ...]:
    """Instruct whoever holds the letter, now or next, who must answer.

    Raises: OutOfOrder, NotAllowed, BadValue, LimitReached.
    """
    letter = context.letter
    check_state(letter, *OPEN, "replied", what="instruct")
    check_words(command.words)
    office = _office(command.by, context)
    number = len(letter.instructions) + 1
    if number > MOST_INSTRUCTIONS:
        raise LimitReached("so many instructions and no more")
    run = first_run("instruction", letter, at=context.at, rulebook=context.rulebook)
    due = context.rulebook.due("instruction", run)
    clock = change_of("started", "instruction", round_=number, due=due, rulebook=context.rulebook)
    header = InstructionGiven(
        **context.plain_header(clock),
        instruction=number,
        office=office,
        answer_by=due.due_on,
        words=command.words,
    )
    return (header,)


def answer_instruction(
    command: AnswerInstruction, context: DecisionContext
) -> tuple[InstructionAnswered, ...]:
    """Record the answer to a chief's instruction.

    Raises: NotHeld, StaleAssignment, BadValue, OutOfOrder.
    """
    letter = context.letter
    check_holding(command, letter)
    check_words(command.words)
    found = next(
        (
            instruction
            for instruction in letter.instructions
            if instruction.number == command.instruction
        ),
        None,
    )
    if found is None:
        raise BadValue("instruction")
    if found.is_answered or letter.state == "withdrawn":
        raise OutOfOrder("nobody waits for an answer")
    return (
        InstructionAnswered(
            **context.plain_header(*stopped(context, "instruction", number=found.number)),
            instruction=found.number,
            words=command.words,
        ),
    )


def apply_supervised(letter: Letter, _: LetterSupervised) -> Letter:
    """Mark the letter as supervised."""
    return replace(letter, is_supervised=True)


def apply_read(letter: Letter, event: LetterRead) -> Letter:
    """Record whose office read the letter."""
    return replace(letter, reads=(*letter.reads, (event.office, event.in_person)))


def apply_instruction_given(letter: Letter, event: InstructionGiven) -> Letter:
    """Add an instruction."""
    given = InstructionRecord(
        event.instruction,
        event.office,
        event.by.role,
        event.answer_by,
        words_as(Note, event.words),
    )
    return replace(letter, instructions=(*letter.instructions, given))


def apply_instruction_answered(letter: Letter, event: InstructionAnswered) -> Letter:
    """Record the answer to an instruction."""
    now = tuple(
        replace(instruction, is_answered=True, answer=words_as(Note, event.words))
        if instruction.number == event.instruction
        else instruction
        for instruction in letter.instructions
    )
    return replace(letter, instructions=now)


def _office(by: By, context: DecisionContext) -> str:
    """The office that reads or instructs: the province's director, or the holder's chief.

    Raises: NotAllowed.
    """
    if by.role == "director":
        return DIRECTOR
    if by.role != "chief" or by.bureau is None or by.bureau != context.letter.holder:
        raise NotAllowed("only the director, and the chief of the bureau that holds it")
    return f"{by.bureau}:chief"


def _is_in_person(by: By, context: DecisionContext) -> bool:
    return is_in_person(by, on=context.today, rulebook=context.rulebook)


def is_in_person(by: By, *, on: date, rulebook: Rulebook) -> bool:
    """Whether the holder of the office acts, not a deputy."""
    return by.staff in rulebook.offices.holders("chief", by.bureau or "province", on=on)
