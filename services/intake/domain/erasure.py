"""What is erased of a letter once a rule's time is over, and what is left? Pure."""

from collections.abc import Collection
from dataclasses import replace

from services.intake.domain.commands import EraseLetter
from services.intake.domain.identity_sealing import ENDED
from services.intake.domain.letter import Letter
from shared.contracts.submitted_v1 import LetterErased
from shared.contracts.vocabulary import Erasable
from shared.kernel.errors import OutOfOrder


def erase(command: EraseLetter, letter: Letter) -> tuple[LetterErased, ...]:
    """Say that its time is over; nothing when none of it is left.

    Raises: OutOfOrder, before the letter has ended: whoever answers it needs all of it.
    """
    if letter.state not in ENDED:
        raise OutOfOrder(f"erase while {letter.state}")
    if erased(letter, command.what) == letter:
        return ()
    return (LetterErased(what=command.what, rule=command.rule),)


def erased(letter: Letter, what: Collection[Erasable]) -> Letter:
    """The letter without those parts; its course and its dates stay."""
    if "identity" in what:
        letter = replace(
            letter, identity=None, contact=None, earlier_contacts=(), earlier_identities=()
        )
    if "words" in what:
        letter = _wordless(letter)
    return replace(letter, files=()) if "attachments" in what else letter


def _wordless(letter: Letter) -> Letter:
    return replace(
        letter,
        words=None,
        answer=letter.answer and replace(letter.answer, words=None),
        earlier_answers=tuple(replace(one, words=None) for one in letter.earlier_answers),
        questions=tuple(replace(one, words=None) for one in letter.questions),
        promises=tuple(replace(one, words=None, evidence=None) for one in letter.promises),
        extensions=tuple(replace(one, words=None) for one in letter.extensions),
        requests=tuple(replace(one, words=None) for one in letter.requests),
        reveals=tuple(replace(one, words=None) for one in letter.reveals),
    )
