"""Publication: the writer's consent, the masked copy for the editors, and what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from services.intake.domain.letter import (
    ANSWERED,
    IntakeLetter,
    Publication,
    TimelineStep,
    check_owner,
)
from services.intake.domain.pii_spans import OwnValues, spans_in, values_of
from shared.contracts import published_v1
from shared.contracts.combining_marks import cap_marks
from shared.contracts.event import Event
from shared.contracts.submitted_v1 import ConsentChanged, PublicationCopied
from shared.contracts.values import CopySpan
from shared.contracts.vocabulary import CopyPart
from shared.contracts.words import LARGEST_WORDS, MOST_SPANS, PublicText, ReplyText
from shared.kernel.errors import LimitReached
from shared.rules.pii import HIDDEN_IN, MARKS, OwnSpan, apart, mask, numbers_of_anyone

CONSENT_VERSION = "1"
MOST_CONSENTS = 5
"""Times that consent may be given after submission. Withdrawing consent is never refused."""
MOST_MARKS = 1_000
"""Marks in all parts of a copy. Source: `PublicationCopied.spans`."""
BYTES_OF_A_MARK = 24
"""What the place of a mark takes of `LARGEST_WORDS`: the record holds it once in clear text, while
each byte of the words becomes two and two thirds.
"""
PUBLISHED = "letter.published"
"""Name of the step that the writer sees."""


@dataclass(frozen=True)
class ChangeConsent:
    """Allow publication, or withdraw that consent."""

    owner: str
    to_publish: bool


@dataclass(frozen=True)
class NotePublisherEvent:
    """Record an event of the publisher."""

    event: Event


@dataclass(frozen=True)
class PublisherEventNoted:
    """An event of the publisher. Private: it came from a topic and goes on none."""

    event: Event


def change_consent(command: ChangeConsent, letter: IntakeLetter) -> tuple[Event, ...]:
    """The new consent; nothing if it is unchanged.

    Consent given after the reply comes with the copy that the reply could not bring; so does
    consent given again, because the publisher has deleted its copy by then.
    Raises: NotFound, for somebody else's letter; LimitReached.
    """
    check_owner(letter, command.owner)
    to_publish = command.to_publish
    if to_publish == letter.consent_to_publish:
        return ()
    if to_publish and letter.consents >= MOST_CONSENTS:
        raise LimitReached
    changed = ConsentChanged(to_publish=to_publish)
    copy = copy_of_reply(replace(letter, consent_to_publish=to_publish))
    return (changed, copy) if copy else (changed,)


def consent_changed(letter: IntakeLetter, event: ConsentChanged) -> IntakeLetter:
    """The letter with the new consent."""
    consents = letter.consents + event.to_publish
    return replace(letter, consent_to_publish=event.to_publish, consents=consents)


def publication_copied(letter: IntakeLetter, event: PublicationCopied) -> IntakeLetter:
    """The letter with the number of its latest copy."""
    return replace(letter, copies=event.copy_number)


def note_publisher_event(
    command: NotePublisherEvent, _: IntakeLetter
) -> tuple[PublisherEventNoted]:
    """Record what the publisher did."""
    return (PublisherEventNoted(command.event),)


def publisher_event_noted(letter: IntakeLetter, event: PublisherEventNoted) -> IntakeLetter:
    """The letter with its publication. The writer doesn't see when it was taken down."""
    match event.event:
        case published_v1.LetterPublished(path=path, published_at=at, title=title, city=city):
            step = TimelineStep(at, PUBLISHED, letter.bureau)
            published = Publication(path, at, title=title, city=city)
            return replace(letter, publication=published, history=(*letter.history, step))
        case published_v1.PublicationCorrected(title=title) if letter.publication:
            return replace(letter, publication=replace(letter.publication, title=title))
        case published_v1.PublicationWithdrawn() if letter.publication:
            withdrawn = replace(letter.publication, is_withdrawn=True, title=None)
            return replace(letter, publication=withdrawn)
        case _:
            return letter


def copy_of_reply(letter: IntakeLetter) -> PublicationCopied | None:
    """A copy of an answered letter with its writer's consent; None if no reply stands.

    Never of a letter that the writer or the router classified as a report.
    """
    kinds = {letter.category, letter.found_category}
    if not letter.consent_to_publish or "report" in kinds or letter.state not in ANSWERED:
        return None
    reply = letter.answer
    if reply is None or reply.outcome is None or reply.words is None:
        return None
    return publication_copy(letter, reply.words)


def publication_copy(letter: IntakeLetter, reply: ReplyText) -> PublicationCopied | None:
    """A copy of the letter and its reply, in which own values and others' numbers are masked.

    None once words or identity were erased, since nobody knows what to mask then; and if it is too
    large to be sent or has too many marks for anyone to read it.
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
        spans=tuple(mark for part in parts for mark in _marks(part, spans[part])),
        words=words,
    )


def _marks(part: CopyPart, spans: Iterable[OwnSpan]) -> Iterable[CopySpan]:
    """Where the marks stand in the copy: each mark shifts the text after it."""
    moved = 0
    for span in spans:
        mark = len(MARKS[span.what])
        start = span.start + moved
        yield CopySpan(part=part, start=start, end=start + mark, what=span.what)
        moved += mark - (span.end - span.start)


def _spans(part: CopyPart, text: str, values: OwnValues) -> tuple[OwnSpan, ...]:
    """What must not be public: the writer's own values, and numbers of anyone."""
    return apart([*spans_in(text, values), *numbers_of_anyone(text, kinds=HIDDEN_IN[part])])
