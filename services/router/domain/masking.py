"""What of a writer's own is cut from what a bureau may read of a masked letter? Pure.

In the writer's words intake has marked it. What bureaus and chiefs wrote while they still knew the
writer is searched for the values that stand at those marks.
"""

from collections.abc import Iterator
from itertools import islice, zip_longest

from services.router.domain.letter import Letter
from services.router.domain.parts import Remark
from shared.contracts.words import MAX_NOTE, Comment, LetterText, Note, Reason, Span, WriterText
from shared.rules.pii import mask, own_spans

CUT = "…"
"""Where a text was cut."""
MAX_PLACE = 200
MOST_FORMS = 8
"""Ways of writing one kind of value that are searched for; each costs a pass over the text."""


def masked(words: LetterText) -> LetterText:
    """The text with marks for the writer's own values."""
    return LetterText(
        subject=mask(words.subject, words.subject_spans),
        body=mask(words.body, words.own_spans),
    )


def place_detail(letter: Letter) -> str | None:
    """Where it happened, in the writer's words; nothing of a masked letter that a bureau holds.

    Intake marks nothing in it: of a masked letter the desks get it without the values that are
    marked elsewhere, and bureaus don't get it.
    """
    detail = letter.words.place_detail if letter.words else None
    if detail is None or not letter.masked:
        return detail
    return without_writer(detail, letter, most=MAX_PLACE) if letter.bureau is None else None


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


def masked_note(words: Note | None, letter: Letter) -> Note | None:
    """A note as the holder may read it."""
    if words is None or not letter.masked:
        return words
    return words.model_copy(update={"text": without_writer(words.text, letter, most=MAX_NOTE)})


def masked_reason(words: Reason | None, letter: Letter) -> str | None:
    """The text of a reason as the holder may read it."""
    if words is None:
        return None
    return without_writer(words.text, letter, most=MAX_NOTE) if letter.masked else words.text


def remark_text(remark: Remark, letter: Letter) -> str | None:
    """The words of a remark as the holder may read them."""
    if not letter.masked:
        return remark.text
    if remark.comment is not None:
        comment = masked_comment(remark.comment)
        return comment.text if comment else None
    return remark.text and without_writer(remark.text, letter, most=MAX_NOTE)


def without_writer(text: str, letter: Letter, *, most: int) -> str:
    """What somebody else wrote, with marks for what the writer has said of themself.

    Marks may be longer than what they replace: a text of more than `most` characters is cut.
    """
    kinds: dict[str, list[str]] = {}
    for what, value in dict.fromkeys(_own(letter)):
        kinds.setdefault(what, []).append(value)
    for forms in islice(zip_longest(*kinds.values()), MOST_FORMS):
        values = {what: form for what, form in zip(kinds, forms, strict=True) if form}
        text = mask(text, own_spans(text, values))
    return text if len(text) <= most else text[: most - 1] + CUT


def _own(letter: Letter) -> Iterator[tuple[str, str]]:
    """The writer's own values, as they wrote them, each with its kind."""
    if letter.words is not None:
        yield from _marked(letter.words.subject, letter.words.subject_spans)
        yield from _marked(letter.words.body, letter.words.own_spans)
    for said in letter.said:
        if said.writer is not None:
            yield from _marked(said.writer.text, said.writer.own_spans or ())


def _marked(text: str, spans: tuple[Span, ...]) -> Iterator[tuple[str, str]]:
    return ((one.what, text[one.start : one.end]) for one in spans)
