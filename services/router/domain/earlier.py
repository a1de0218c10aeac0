"""What was said of a letter before a bureau took it over, as that bureau may read it. Pure."""

from collections.abc import Iterable, Iterator

from services.router.domain.hiding import masked_text, without_writer
from services.router.domain.letter import Letter
from services.router.domain.parts import Said
from shared.contracts.words import Conversation, Turn

MOST_BYTES = 100_000
"""Of a conversation, so that it fits into one record with the letter; the newest is kept."""
MOST_TURNS = 50


def conversation(letter: Letter) -> Conversation | None:
    """What the writer was asked and told, and what they said; None if there was nothing."""
    turns = tuple(_newest(_turns(letter)))
    return Conversation(turns=turns) if turns else None


def _turns(letter: Letter) -> Iterator[Turn]:
    for said in letter.said:
        if (text := _text(said, letter)) is not None:
            yield Turn(at=said.at, who="writer" if said.writer else "bureau", text=text)


def _text(said: Said, letter: Letter) -> str | None:
    if said.writer is not None:
        words = masked_text(said.writer) if letter.masked else said.writer
        return words.text if words else None
    told = said.question or said.reply
    if told is None:
        return None
    return without_writer(told.text, letter) if letter.masked else told.text


def _newest(turns: Iterable[Turn]) -> list[Turn]:
    """The last of them that fit, oldest first."""
    left, kept = MOST_BYTES, list[Turn]()
    for turn in reversed(list(turns)[-MOST_TURNS:]):
        left -= len(turn.text.encode()) + 80
        if left < 0:
            break
        kept.insert(0, turn)
    return kept
