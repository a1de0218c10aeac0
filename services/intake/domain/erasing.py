"""What is left of a letter once a rule's time is over? Pure."""

from collections.abc import Collection
from dataclasses import replace

from services.intake.domain.letter import Letter
from shared.contracts.vocabulary import Erasable


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
