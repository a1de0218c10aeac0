"""Masking of the writer's personal values in what a bureau may read.

In the writer's own words intake has marked these values. What bureaus and chiefs wrote while they
still knew the writer is searched for the marked values.
"""

from collections.abc import Iterator
from itertools import islice, zip_longest

from services.router.domain.letter import Letter, Remark
from shared.contracts.words import MAX_NOTE, Comment, LetterText, Note, Reason, Span, WriterText
from shared.rules.pii import mask, own_spans

CUT = "…"
"""Marks where a text was cut."""
MAX_PLACE = 200
MOST_FORMS = 8
"""Spellings of one kind of value that are searched for; each costs a pass over the text."""


def masked(words: LetterText) -> LetterText:
    """Return the text with the writer's values masked."""
    return LetterText(
        subject=mask(words.subject, words.subject_spans),
        body=mask(words.body, words.own_spans),
    )


def place_detail(letter: Letter) -> str | None:
    """Return where it happened, in the writer's words; None for a masked letter at a bureau.

    Intake marks no values in this field. For a masked letter the desks get it without the values
    that are marked elsewhere, and bureaus don't get it.
    """
    detail = letter.words.place_detail if letter.words else None
    if detail is None or not letter.masked:
        return detail
    return without_writer(detail, letter, most=MAX_PLACE) if letter.bureau is None else None


def masked_text(words: WriterText) -> WriterText | None:
    """Return a later text with the writer's values masked; None if nobody has looked for them."""
    if words.own_spans is None:
        return None
    return WriterText(text=mask(words.text, words.own_spans), own_spans=())


def masked_comment(words: Comment) -> Comment | None:
    """Return a comment with the writer's values masked; None if nobody has looked for them."""
    if words.own_spans is None:
        return None
    return Comment(text=mask(words.text, words.own_spans), own_spans=())


def masked_note(words: Note | None, letter: Letter) -> Note | None:
    """Return a note as the holder may read it."""
    if words is None or not letter.masked:
        return words
    return words.model_copy(update={"text": without_writer(words.text, letter, most=MAX_NOTE)})


def masked_reason(words: Reason | None, letter: Letter) -> str | None:
    """Return the text of a reason as the holder may read it."""
    if words is None:
        return None
    return without_writer(words.text, letter, most=MAX_NOTE) if letter.masked else words.text


def remark_text(remark: Remark, letter: Letter) -> str | None:
    """Return the words of a remark as the holder may read them."""
    if not letter.masked:
        return remark.text
    if remark.comment is not None:
        comment = masked_comment(remark.comment)
        return comment.text if comment else None
    return remark.text and without_writer(remark.text, letter, most=MAX_NOTE)


def without_writer(text: str, letter: Letter, *, most: int) -> str:
    """Mask the writer's values in a text that somebody else wrote.

    A mask may be longer than the value: a text of more than `most` characters is cut.
    """
    kinds: dict[str, list[str]] = {}
    for what, value in dict.fromkeys(_own(letter)):
        kinds.setdefault(what, []).append(value)
    for forms in islice(zip_longest(*kinds.values()), MOST_FORMS):
        values = {what: form for what, form in zip(kinds, forms, strict=True) if form}
        text = mask(text, own_spans(text, values))
    return text if len(text) <= most else text[: most - 1] + CUT


def _own(letter: Letter) -> Iterator[tuple[str, str]]:
    """The writer's values as they wrote them, each with its kind."""
    if letter.words is not None:
        yield from _marked(letter.words.subject, letter.words.subject_spans)
        yield from _marked(letter.words.body, letter.words.own_spans)
    for utterance in letter.said:
        if utterance.writer is not None:
            yield from _marked(utterance.writer.text, utterance.writer.own_spans or ())


def _marked(text: str, spans: tuple[Span, ...]) -> Iterator[tuple[str, str]]:
    return ((span.what, text[span.start : span.end]) for span in spans)
