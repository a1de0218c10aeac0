"""How does a copy for everyone leave out its writer? What is marked is cut. Pure."""

from collections.abc import Iterable

from services.intake.domain.letter import Letter
from services.intake.domain.pii_spans import OwnValues, spans_in, values_of
from shared.contracts.combining_marks import cap_marks
from shared.contracts.submitted_v1 import PublicationCopied
from shared.contracts.values import CopySpan
from shared.contracts.vocabulary import CopyPart, State
from shared.contracts.words import LARGEST_WORDS, MOST_SPANS, PublicText, ReplyText
from shared.rules.pii import HIDDEN_IN, MARKS, OwnSpan, apart, mask, numbers_of_anyone

ANSWERED: tuple[State, ...] = ("replied", "closed")
CONSENT_VERSION = "1"
MOST_MARKS = 1_000
"""Most marks in all parts of a copy; Source: `PublicationCopied.spans`."""
BYTES_OF_A_MARK = 24
"""What a mark's place takes of `LARGEST_WORDS`: it stands in the record once, while each byte of
the words becomes two and two thirds.
"""


def copy_of_reply(letter: Letter) -> PublicationCopied | None:
    """A copy of an answered letter, if its writer allows it; never of what anyone calls a report.

    None, too, where there is no reply that stands.
    """
    kinds = {letter.category, letter.found_category}
    if not letter.consent_to_publish or "report" in kinds or letter.state not in ANSWERED:
        return None
    reply = letter.answer
    if reply is None or reply.outcome is None or reply.words is None:
        return None
    return publication_copy(letter, reply.words)


def publication_copy(letter: Letter, reply: ReplyText) -> PublicationCopied | None:
    """A copy of the letter and its reply, with marks for own values and others' numbers.

    None once words or identity were erased, so that nobody knows what to mark; where it is too
    large to be sent; and where it has too many marks for anyone to read it.
    """
    if letter.words is None or letter.identity is None:
        return None
    values = values_of(letter)
    parts: dict[CopyPart, str] = {
        "title": cap_marks(letter.words.subject),
        "text": cap_marks(letter.words.body),
        "reply": cap_marks(reply.text),
    }
    spans = {part: _spans(part, text, values) for part, text in parts.items()}
    marks = sum(map(len, spans.values()))
    if marks > MOST_MARKS or max(map(len, spans.values())) > MOST_SPANS:
        return None
    masked = {part: mask(text, spans[part]) for part, text in parts.items()}
    words = PublicText(title=masked["title"], text=masked["text"], reply=masked["reply"])
    if len(words.plaintext()) + marks * BYTES_OF_A_MARK > LARGEST_WORDS:
        return None
    return PublicationCopied(
        copy_number=letter.copies + 1,
        consent_version=CONSENT_VERSION,
        spans=tuple(one for part in parts for one in _marks(part, spans[part])),
        words=words,
    )


def _marks(part: CopyPart, spans: Iterable[OwnSpan]) -> Iterable[CopySpan]:
    """Where the marks stand in the copy: each moves what follows it."""
    moved = 0
    for span in spans:
        mark = len(MARKS[span.what])
        start = span.start + moved
        yield CopySpan(part=part, start=start, end=start + mark, what=span.what)
        moved += mark - (span.end - span.start)


def _spans(part: CopyPart, text: str, values: OwnValues) -> tuple[OwnSpan, ...]:
    """What everyone may not read: the writer's own values, and numbers of anyone."""
    return apart([*spans_in(text, values), *numbers_of_anyone(text, kinds=HIDDEN_IN[part])])
