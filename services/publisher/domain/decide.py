"""What each command causes: `decide`, which may refuse. Pure."""

from typing import assert_never

from services.publisher.domain import draft as drafting
from services.publisher.domain import publication as changing
from services.publisher.domain.book import Book
from services.publisher.domain.commands import (
    ApproveChange,
    ApproveDraft,
    Command,
    ForgetWords,
    HearProgress,
    NoteCategory,
    NoteConsent,
    ProposeChange,
    ProposeDraft,
    ReportProblem,
    TakeCopy,
)
from services.publisher.domain.evolve import evolve
from services.publisher.domain.happenings import CategoryNoted, Happening, ProgressHeard
from services.publisher.domain.letter import Letter
from services.publisher.domain.withdrawal import withdraw


def decide(command: Command, letter: Letter, *, book: Book) -> tuple[Happening, ...]:
    """What `command` causes to `letter`; nothing when it has already happened.

    Raises: NotFound, without a draft or publication; OutOfOrder; NotAllowed, when one editor would
    do both; BadValue; LimitReached.
    """
    match command:
        case NoteCategory() | HearProgress():
            return _heard(command, letter)
        case NoteConsent(to_publish):
            return () if to_publish else withdraw(letter, "consent")
        case ForgetWords():
            return withdraw(letter, "erased")
        case TakeCopy():
            return drafting.take(command, letter)
        case ProposeDraft():
            return drafting.propose(command, letter)
        case ApproveDraft():
            return drafting.approve(command, letter)
        case _:
            return _of_page(command, letter, book=book)


def _of_page(
    command: ReportProblem | ProposeChange | ApproveChange, letter: Letter, *, book: Book
) -> tuple[Happening, ...]:
    match command:
        case ReportProblem():
            return changing.report(command, letter, book=book)
        case ProposeChange():
            return changing.propose(command, letter)
        case ApproveChange():
            return changing.approve(command, letter)
        case _:
            assert_never(command)


def _heard(command: NoteCategory | HearProgress, letter: Letter) -> tuple[Happening, ...]:
    """What was said; what may never be published, as is known now, is taken down."""
    heard: Happening = (
        CategoryNoted(command.category)
        if isinstance(command, NoteCategory)
        else ProgressHeard(command.fact)
    )
    now = evolve(letter, heard)
    is_to_go = now.is_barred and now.published is not None
    return (heard, *withdraw(now, "rule")) if is_to_go else (heard,)
