"""The conversation about a letter from before a bureau took it over."""

from collections.abc import Iterator, Sequence

from services.router.domain.letter import Letter
from services.router.domain.masking import masked_text, without_writer
from services.router.domain.parts import Said
from shared.contracts.words import LARGEST_WORDS, MAX_REPLY, MOST_TURNS, Conversation, Turn


def conversation(letter: Letter) -> Conversation | None:
    """The newest turns that fit into one record together with the letter; None without any turn."""
    turns = list(turns_of(letter))
    kept = _newest(turns)
    return Conversation(turns=kept, left_out=len(turns) - len(kept)) if turns else None


def turns_of(letter: Letter) -> Iterator[Turn]:
    """What the writer was asked and told, and what they said, oldest first."""
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
    return without_writer(told.text, letter, most=MAX_REPLY) if letter.masked else told.text


def _newest(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """The last of them that fit, oldest first."""
    left, kept = LARGEST_WORDS, list[Turn]()
    for turn in reversed(turns[-MOST_TURNS:]):
        left -= len(Conversation(turns=(turn,)).plaintext())
        if left < 0:
            break
        kept.insert(0, turn)
    return tuple(kept)
