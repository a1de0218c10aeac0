"""Conflicts of interest: a staff member who says so never sees the letter again."""

from dataclasses import dataclass

from services.router.domain.actors import DeskCommand
from services.router.domain.context import DecisionContext
from services.router.domain.letter import Letter
from shared.contracts.progress_v1 import ConflictDeclared
from shared.kernel.errors import LimitReached, NotAllowed
from shared.kernel.frozen import replace

MOST_CONFLICTS = 100


@dataclass(frozen=True)
class DeclareConflict(DeskCommand):
    """Take the person who asks out of the letter for good."""


def declare(_: DeclareConflict, context: DecisionContext) -> tuple[ConflictDeclared, ...]:
    """Keep the letter from this person, in whatever state it is; nobody can undo it.

    Raises: NotAllowed, for a program without a staff id; LimitReached.
    """
    staff, known = context.by.staff, context.letter.conflicted
    if staff is None:
        raise NotAllowed("only a person has a conflict")
    if staff in known:
        return ()
    if len(known) >= MOST_CONFLICTS:
        raise LimitReached(f"at most {MOST_CONFLICTS} people of one letter")
    return (ConflictDeclared(**context.plain_header(), staff=staff),)


def apply_conflict_declared(letter: Letter, event: ConflictDeclared) -> Letter:
    """Add the person to those who must not see the letter."""
    return replace(letter, conflicted=(*letter.conflicted, event.staff))
