"""Erasure of parts of a letter at the end of their retention periods."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from services.intake.domain.letter import ENDED, IntakeLetter
from shared.contracts.submitted_v1 import LetterErased
from shared.contracts.vocabulary import Erasable
from shared.kernel.errors import OutOfOrder


@dataclass(frozen=True)
class EraseLetterParts:
    """Erase these parts here and in every service that has them."""

    what: tuple[Erasable, ...]
    rule: str
    """The row of the retention table that requires it."""


def erase(command: EraseLetterParts, letter: IntakeLetter) -> tuple[LetterErased, ...]:
    """Announce the erasure; nothing if these parts are gone.

    Raises: OutOfOrder, before the letter has ended or while something about it is open: whoever
    answers needs all of it.
    """
    if letter.state not in ENDED or is_held(letter):
        raise OutOfOrder(f"erase while {letter.state}")
    if without(letter, command.what) == letter:
        return ()
    return (LetterErased(what=command.what, rule=command.rule),)


def is_held(letter: IntakeLetter) -> bool:
    """Whether an ended letter has an open question, request of its writer, or commitment."""
    return (
        any(each.standing == "open" for each in letter.questions)
        or any(each.standing == "open" for each in letter.promises)
        or any(each.status == "sent" for each in letter.requests)
    )


def erased(letter: IntakeLetter, event: LetterErased) -> IntakeLetter:
    """The letter without those parts; its course and its dates stay."""
    return without(letter, event.what)


def without(letter: IntakeLetter, what: Collection[Erasable]) -> IntakeLetter:
    """The letter without those parts, whatever its state."""
    if "identity" in what:
        letter = replace(
            letter, identity=None, contact=None, earlier_contacts=(), earlier_identities=()
        )
    if "words" in what:
        letter = _wordless(letter)
    return replace(letter, files=()) if "attachments" in what else letter


def _wordless(letter: IntakeLetter) -> IntakeLetter:
    return replace(
        letter,
        words=None,
        answer=letter.answer and replace(letter.answer, words=None),
        earlier_answers=tuple(replace(each, words=None) for each in letter.earlier_answers),
        questions=tuple(replace(each, words=None) for each in letter.questions),
        promises=tuple(replace(each, words=None, evidence=None) for each in letter.promises),
        extensions=tuple(replace(each, words=None) for each in letter.extensions),
        requests=tuple(replace(each, words=None) for each in letter.requests),
        reveals=tuple(replace(each, words=None) for each in letter.reveals),
        publication=letter.publication and replace(letter.publication, title=None),
    )
