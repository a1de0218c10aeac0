"""What was said of a letter before a bureau took it over, as that bureau may read it. Pure."""

from collections.abc import Iterable, Iterator

from services.router.domain.letter import Letter
from services.router.domain.parts import Said
from shared.contracts.words import Comment, Conversation, LetterText, Turn, WriterText
from shared.kernel.masking import mask

MOST_BYTES = 100_000
"""Of a conversation, so that it fits into one record with the letter; the newest is kept."""
MOST_TURNS = 50


def masked(words: LetterText) -> LetterText:
    """The text with marks for the writer's own values."""
    return LetterText(
        subject=mask(words.subject, words.subject_spans),
        body=mask(words.body, words.own_spans),
    )


def masked_text(words: WriterText) -> WriterText | None:
    """The same of what came later; nothing where nobody has looked for such values."""
    if words.own_spans is None:
        return None
    return WriterText(text=mask(words.text, words.own_spans), own_spans=())


def masked_comment(words: Comment) -> Comment | None:
    """The same of a comment."""
    if words.own_spans is None:
        return None
    return Comment(text=mask(words.text, words.own_spans), own_spans=())


def conversation(letter: Letter) -> Conversation | None:
    """What the writer was asked and told, and what they said; None if there was nothing."""
    turns = tuple(_newest(_turns(letter)))
    return Conversation(turns=turns) if turns else None


def _turns(letter: Letter) -> Iterator[Turn]:
    for said in letter.said:
        if (text := _text(said, is_masked=letter.masked)) is not None:
            yield Turn(at=said.at, who="writer" if said.writer else "bureau", text=text)


def _text(said: Said, *, is_masked: bool) -> str | None:
    if said.writer is not None:
        words = masked_text(said.writer) if is_masked else said.writer
        return words.text if words else None
    told = said.question or said.reply
    return told.text if told else None


def _newest(turns: Iterable[Turn]) -> list[Turn]:
    """The last of them that fit, oldest first."""
    left, kept = MOST_BYTES, list[Turn]()
    for turn in reversed(list(turns)[-MOST_TURNS:]):
        left -= len(turn.text.encode()) + 80
        if left < 0:
            break
        kept.insert(0, turn)
    return kept
