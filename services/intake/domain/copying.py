"""How do copies of a letter leave out its writer? Own values are marked, and cut. Pure."""

from collections.abc import Iterable, Mapping

from services.intake.domain.letter import Letter
from shared.contracts.submitted_v1 import PublicationCopied
from shared.contracts.values import CopySpan
from shared.contracts.vocabulary import CopyPart
from shared.contracts.words import (
    MOST_SPANS,
    Contact,
    Identity,
    LetterText,
    PublicText,
    ReplyText,
    Span,
)
from shared.kernel.errors import LimitReached
from shared.kernel.masking import MARKS, OwnSpan, mask, numbers_of_anyone, own_spans

CONSENT_VERSION = "1"
MOST_MARKS = 1_000
"""Most marks in all parts of a copy; Source: `PublicationCopied.spans`."""
LARGEST_COPY = 92_000
"""Most bytes of a copy as it is sealed: two envelopes of it must fit into one record."""
BYTES_OF_A_MARK = 24
"""What a mark's place takes of that: it stands in the record once, the words twice and a third."""

OwnValues = tuple[Mapping[str, str], ...]
"""Values by kind: all of them in each mapping, which differ where a kind has several values.

They are looked for together: a name beside another value is found, beside other letters it is not.
"""


def own_values(identity: Identity | None, contact: Contact | None) -> OwnValues:
    """What must not be read in a copy: the writer's own values."""
    values = {
        "name": identity and identity.name,
        "id_number": identity and identity.id_number,
        "address": identity and identity.address,
        "email": contact and contact.email,
        "wechat": contact and contact.wechat,
    }
    known = {what: value for what, value in values.items() if value}
    phones = {one.phone: None for one in (identity, contact) if one is not None and one.phone}
    return tuple(known | {"phone": phone} for phone in phones) or (known,)


def spans_in(text: str, values: OwnValues) -> tuple[OwnSpan, ...]:
    """Where `values` stand in `text`, in code points: sorted and apart."""
    return _apart(span for one in values for span in own_spans(text, one))


def _spans(text: str, values: OwnValues, *, is_writers: bool) -> tuple[OwnSpan, ...]:
    """What everyone may not read: own values, and what a writer tells of others.

    A bureau's reply keeps phone numbers, which it may give to be called, and no ID number.
    """
    others = [span for span in numbers_of_anyone(text) if is_writers or span.what == "id_number"]
    return _apart([*spans_in(text, values), *others])


def _apart(spans: Iterable[OwnSpan]) -> tuple[OwnSpan, ...]:
    """Sorted; those that overlap are one, of the kind that starts first."""
    found = sorted(spans, key=lambda span: (span.start, -span.end))
    apart: list[OwnSpan] = []
    for span in found:
        if apart and span.start < apart[-1].end:
            last = apart.pop()
            apart.append(OwnSpan(last.start, max(last.end, span.end), last.what))
        else:
            apart.append(span)
    return tuple(apart)


def marked(text: LetterText, values: OwnValues) -> LetterText:
    """The text with its own values marked.

    Raises: LimitReached, when there are too many of them.
    """
    in_body, in_subject = spans_in(text.body, values), spans_in(text.subject, values)
    if max(len(in_body), len(in_subject)) > MOST_SPANS:
        raise LimitReached
    return LetterText(
        subject=text.subject,
        body=text.body,
        own_spans=tuple(_span(one) for one in in_body),
        subject_spans=tuple(_span(one) for one in in_subject),
        place_detail=text.place_detail,
    )


def publication_copy(letter: Letter, reply: ReplyText) -> PublicationCopied | None:
    """A copy of the letter and its reply, with marks for own values and others' numbers.

    None once words or identity were erased, so that nobody knows what to mark; where it is too
    large to be sent; and where it has too many marks for anyone to read it.
    """
    if letter.words is None or letter.identity is None:
        return None
    values = own_values(letter.identity, letter.contact)
    parts: dict[CopyPart, str] = {
        "title": letter.words.subject,
        "text": letter.words.body,
        "reply": reply.text,
    }
    spans = {part: _spans(text, values, is_writers=part != "reply") for part, text in parts.items()}
    marks = sum(map(len, spans.values()))
    if marks > MOST_MARKS or max(map(len, spans.values())) > MOST_SPANS:
        return None
    masked = {part: mask(text, spans[part]) for part, text in parts.items()}
    words = PublicText(title=masked["title"], text=masked["text"], reply=masked["reply"])
    if len(words.plaintext()) + marks * BYTES_OF_A_MARK > LARGEST_COPY:
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


def _span(one: OwnSpan) -> Span:
    return Span(start=one.start, end=one.end, what=one.what)
