"""How the province and chiefs watch a letter: supervised, read in person, instructed. Pure."""

from services.router.domain.commands.deciding import Instruct, ReadLetter, SuperviseLetter
from services.router.domain.context import RULE, Matter
from services.router.domain.due_dates import change_of, first_run
from services.router.domain.preconditions import OPEN, check_state, check_words
from shared.contracts.progress_v1 import InstructionGiven, LetterRead, LetterSupervised
from shared.contracts.values import By
from shared.contracts.vocabulary import WhySupervised
from shared.kernel.errors import LimitReached, NotAllowed

MOST_INSTRUCTIONS = 20
DIRECTOR = "province:director"


def supervise(_: SuperviseLetter, matter: Matter) -> tuple[LetterSupervised, ...]:
    """Have the province watch it to its end. Raises: OutOfOrder."""
    check_state(matter.letter, *OPEN, "replied", what="supervise")
    return supervised(matter, "desk")


def supervised(matter: Matter, reason: WhySupervised) -> tuple[LetterSupervised, ...]:
    """That the province watches it; nothing, if it does already."""
    if matter.letter.is_supervised:
        return ()
    decides = matter if reason == "desk" else matter.of(RULE)
    return (LetterSupervised(**decides.bare(), reason=reason),)


def read(command: ReadLetter, matter: Matter) -> tuple[LetterRead, ...]:
    """Record that a chief has read it, once for each office, and once more in person.

    Raises: NotAllowed.
    """
    office, in_person = _office(command.by, matter), _is_in_person(command.by, matter)
    done = {(office, True)} if in_person else {(office, True), (office, False)}
    if done & set(matter.letter.reads):
        return ()
    return (LetterRead(**matter.bare(), office=office, in_person=in_person),)


def instruct(command: Instruct, matter: Matter) -> tuple[InstructionGiven, ...]:
    """Say what is to be done; whoever holds the letter, now or next, must answer.

    Raises: OutOfOrder, NotAllowed, BadValue, LimitReached.
    """
    letter = matter.letter
    check_state(letter, *OPEN, "replied", what="instruct")
    check_words(command.words)
    office = _office(command.by, matter)
    number = len(letter.instructions) + 1
    if number > MOST_INSTRUCTIONS:
        raise LimitReached("so many instructions and no more")
    run = first_run("instruction", letter, at=matter.at, book=matter.book)
    due = matter.book.due("instruction", run)
    clock = change_of("started", "instruction", round_=number, due=due, book=matter.book)
    said = InstructionGiven(
        **matter.bare(clock),
        instruction=number,
        office=office,
        answer_by=due.due_on,
        words=command.words,
    )
    return (said,)


def _office(by: By, matter: Matter) -> str:
    """Whose office reads or instructs: the province's director's, or that of the holder's chief.

    Raises: NotAllowed.
    """
    if by.role == "director":
        return DIRECTOR
    if by.role != "chief" or by.bureau is None or by.bureau != matter.letter.holder:
        raise NotAllowed("only the director, and the chief of the bureau that holds it")
    return f"{by.bureau}:chief"


def _is_in_person(by: By, matter: Matter) -> bool:
    """Whether the office's holder does it, not a deputy."""
    return by.staff in matter.book.offices.holders(
        "chief", by.bureau or "province", on=matter.today
    )
