"""What does the writer see of the letter's publication? Pure."""

from dataclasses import replace

from services.intake.domain.conversation import Publication
from services.intake.domain.letter import Letter, Step
from shared.contracts.event import Event
from shared.contracts.published_v1 import (
    LetterPublished,
    PublicationWithdrawn,
)

PUBLISHED = "letter.published"
"""The step that the writer sees."""


def published(letter: Letter, event: Event) -> Letter:
    """The letter once the publisher has said that; when it was taken down is not told there."""
    match event:
        case LetterPublished(path=path, published_at=at):
            step = Step(at, PUBLISHED, letter.bureau)
            return replace(
                letter, publication=Publication(path, at), history=(*letter.history, step)
            )
        case PublicationWithdrawn() if letter.publication:
            return replace(letter, publication=replace(letter.publication, is_withdrawn=True))
        case _:
            return letter
