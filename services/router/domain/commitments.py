"""How what was promised or instructed is done. Pure."""

from services.router.domain.commands.answering import AnswerInstruction, FulfilCommitment
from services.router.domain.context import Matter
from services.router.domain.preconditions import check_holding, check_words
from services.router.domain.timers import stop
from shared.contracts.progress_v1 import CommitmentFulfilled, InstructionAnswered
from shared.contracts.values import ClockChange
from shared.contracts.vocabulary import ClockName
from shared.kernel.errors import BadValue, OutOfOrder


def fulfil(command: FulfilCommitment, matter: Matter) -> CommitmentFulfilled:
    """Record that a promise is kept, in time or late; it outlives the letter's end.

    Raises: NotHeld, StaleAssignment, BadValue, OutOfOrder.
    """
    letter = matter.letter
    check_holding(command, letter)
    check_words(command.words)
    found = next((one for one in letter.commitments if one.number == command.commitment), None)
    if found is None:
        raise BadValue("commitment")
    if found.kept is not None:
        raise OutOfOrder("fulfilled already")
    return CommitmentFulfilled(
        **matter.bare(*_stopped(matter, "commitment", found.number)),
        commitment=found.number,
        kept="in_time" if matter.today <= found.due_on else "late",
        words=command.words,
    )


def answer_instruction(command: AnswerInstruction, matter: Matter) -> InstructionAnswered:
    """Record the answer to a chief's instruction.

    Raises: NotHeld, StaleAssignment, BadValue, OutOfOrder.
    """
    letter = matter.letter
    check_holding(command, letter)
    check_words(command.words)
    found = next((one for one in letter.instructions if one.number == command.instruction), None)
    if found is None:
        raise BadValue("instruction")
    if found.is_answered or letter.state == "withdrawn":
        raise OutOfOrder("nobody waits for an answer")
    return InstructionAnswered(
        **matter.bare(*_stopped(matter, "instruction", found.number)),
        instruction=found.number,
        words=command.words,
    )


def _stopped(matter: Matter, clock: ClockName, number: int) -> tuple[ClockChange, ...]:
    running = matter.letter.running(clock, number)
    return (stop(running),) if running else ()
