"""Diversion: what may be an emergency goes to the duty desk and is not accepted as a letter.

Instants are UTC. Words, contact and identity are None once they were erased, or once the letter
that the diversion became holds them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeAlias

from services.intake.domain.erasure import EraseLetterParts
from services.intake.domain.letter import NoLetter
from shared.contracts.diverted_v1 import DiversionResolved, DutySeen, LetterDiverted
from shared.contracts.event import Event
from shared.contracts.slugs import Bureau
from shared.contracts.submitted_v1 import LetterSubmitted
from shared.contracts.values import By, ClockChange, Place
from shared.contracts.vocabulary import DiversionOutcome, Language, Threshold
from shared.contracts.words import Contact, Identity, LetterText, WriterText
from shared.kernel.errors import AlreadyDone, BadValue, ForeignLetter, OutOfOrder

RELEASING: tuple[DiversionOutcome, ...] = ("false_alarm", "writer_says_no")
"""Outcomes after which the words are accepted as a letter."""
STOPPED = (ClockChange(clock="diversion", change="stopped"),)
WRITER = By(role="writer")


@dataclass(frozen=True)
class DivertedContent:
    """The words that were diverted, with the writer's contact details."""

    lang: Language
    place: Place
    words: LetterText | None = None
    """Of a letter that was not accepted."""
    said: WriterText | None = None
    """Of an answer or an addition, which its letter has as well."""
    contact: Contact | None = None
    identity: Identity | None = None
    form: LetterSubmitted | None = None
    """The letter to be accepted, with its first time, without the fields stored beside it here.

    None: there is no letter.
    """
    becomes: str | None = None
    """The number that this letter will have."""

    @property
    def letter(self) -> LetterSubmitted | None:
        """The complete letter, ready for submission."""
        if self.form is None:
            return None
        return self.form.model_copy(
            update={"words": self.words, "contact": self.contact, "identity": self.identity}
        )

    def without_words(self) -> DivertedContent:
        """The same without everything that is sealed, and without its files."""
        form = self.form and self.form.model_copy(update={"attachments": ()})
        return replace(self, words=None, said=None, contact=None, identity=None, form=form)


@dataclass(frozen=True)
class Diversion:
    """A text that may report an emergency."""

    owner: str
    """Keyed hash of the writer's sign-in."""
    diverted_at: datetime
    threshold: Threshold
    reasons: tuple[str, ...]
    city: Bureau | None
    found_in: str | None
    """The number of the letter that the words were about; None: they were a new letter."""
    see_by: datetime
    caught: DivertedContent | None = None
    says_now: bool = False
    """Whether the writer, when asked, said that it is happening now."""
    seen_at: datetime | None = None
    """When the first person of the duty desk saw it."""
    seen_by: str | None = None
    """Who that was; None also in documents of older versions."""
    outcome: DiversionOutcome | None = None
    reference: str | None = None
    repeats: str | None = None
    """The writer's first unseen diversion; the desk is called about all of them together."""
    is_letter: bool = False
    """Whether the letter that it becomes was accepted."""
    kind: Literal["diversion"] = "diversion"

    @property
    def asks(self) -> bool:
        """Whether the writer has still to say if it is happening now."""
        return self.threshold == "ask" and not self.says_now and self.outcome is None

    @property
    def is_open(self) -> bool:
        """Whether the duty desk has still something to do."""
        return self.seen_at is None or self.outcome is None

    @property
    def has_content(self) -> bool:
        """Whether words, contact or identity are still here."""
        return self.caught is not None and self.caught != self.caught.without_words()

    @property
    def letter_to_send(self) -> tuple[str, LetterSubmitted] | None:
        """The letter that it became and intake has not accepted yet, with its number."""
        if self.caught is None or self.is_letter or self.outcome not in RELEASING:
            return None
        number, letter = self.caught.becomes, self.caught.letter
        return (number, letter) if number and letter else None


# --- commands and private events ---------------------------------------------------------------


@dataclass(frozen=True)
class Divert:
    """Store what may be an emergency, and page the duty desk."""

    owner: str
    diverted: LetterDiverted
    caught: DivertedContent


@dataclass(frozen=True)
class SeeDiversion:
    """A person of the duty desk looks at it."""

    staff: str
    at: datetime


@dataclass(frozen=True)
class ResolveDiversion:
    """The duty desk has dealt with it."""

    staff: str
    at: datetime
    outcome: DiversionOutcome
    reference: str | None = None
    """Of another office; required for `handed_to_110`."""


@dataclass(frozen=True)
class SayHappening:
    """The writer says whether it is happening now."""

    owner: str
    is_happening: bool


@dataclass(frozen=True)
class NoteLetterMade:
    """The letter that it became was accepted."""


DiversionCommand: TypeAlias = (
    Divert | SeeDiversion | ResolveDiversion | SayHappening | NoteLetterMade
)


@dataclass(frozen=True)
class ContentDiverted:
    """The words and their writer. Private, like the events below."""

    owner: str
    caught: DivertedContent


@dataclass(frozen=True)
class HappeningSaid:
    """The writer says that it is happening now."""


@dataclass(frozen=True)
class LetterMade:
    """The letter has the words now."""


@dataclass(frozen=True)
class ContentErased:
    """The retention period is over."""


DiversionEvent: TypeAlias = ContentDiverted | HappeningSaid | LetterMade | ContentErased


# --- rules -------------------------------------------------------------------------------------


def divert(command: Divert, _: NoLetter) -> tuple[LetterDiverted, ContentDiverted]:
    """Store a new diversion."""
    return command.diverted, ContentDiverted(command.owner, command.caught)


def divert_again(_: Divert, __: Diversion) -> tuple[()]:
    """A repeated diversion changes nothing."""
    return ()


def see(command: SeeDiversion, diversion: Diversion) -> tuple[DutySeen, ...]:
    """The first person who sees it stops the clock; later ones change nothing."""
    return _seen(diversion, command.staff, command.at)


def resolve(command: ResolveDiversion, diversion: Diversion) -> tuple[Event, ...]:
    """The outcome; whoever resolves a diversion has seen it.

    Raises: BadValue; AlreadyDone, if it was resolved differently.
    """
    if (command.outcome == "handed_to_110") is (command.reference is None):
        raise BadValue("reference")
    seen = _seen(diversion, command.staff, command.at)
    if diversion.outcome is None:
        by = By(role="duty", staff=command.staff)
        return *seen, DiversionResolved(by=by, outcome=command.outcome, reference=command.reference)
    if (diversion.outcome, diversion.reference) != (command.outcome, command.reference):
        raise AlreadyDone
    return seen


def say_happening(
    command: SayHappening, diversion: Diversion
) -> tuple[DiversionResolved | HappeningSaid, ...]:
    """The writer's answer; "no" makes it a letter.

    Raises: NotFound, for somebody else's diversion; OutOfOrder.
    """
    if command.owner != diversion.owner:
        raise ForeignLetter
    if diversion.threshold == "stop":
        raise OutOfOrder("nobody was asked")
    if command.is_happening:
        if diversion.outcome is not None:
            raise OutOfOrder("it is resolved")
        return () if diversion.says_now else (HappeningSaid(),)
    if diversion.outcome in RELEASING:
        return ()
    if not diversion.asks:
        raise OutOfOrder("it is with the duty desk")
    return (DiversionResolved(by=WRITER, outcome="writer_says_no"),)


def note_letter_made(_: NoteLetterMade, diversion: Diversion) -> tuple[LetterMade, ...]:
    """The letter was accepted; nothing if that is recorded."""
    return () if diversion.is_letter else (LetterMade(),)


def erase_content(_: EraseLetterParts, diversion: Diversion) -> tuple[ContentErased, ...]:
    """Erase the sealed content; nothing if it is gone.

    Raises: OutOfOrder, while the desk may need it or it is still to become a letter.
    """
    if diversion.is_open or diversion.letter_to_send:
        raise OutOfOrder("erase while open")
    return (ContentErased(),) if diversion.has_content else ()


def _seen(diversion: Diversion, staff: str, at: datetime) -> tuple[DutySeen, ...]:
    if diversion.seen_at is not None:
        return ()
    return (DutySeen(by=By(role="duty", staff=staff), seen_at=at, clocks=STOPPED),)


# --- folds -------------------------------------------------------------------------------------


def diverted(_: NoLetter, event: LetterDiverted) -> Diversion:
    """The diversion as it was stored first."""
    return Diversion(
        owner="",
        diverted_at=event.diverted_at,
        threshold=event.threshold,
        reasons=event.reasons,
        city=event.city,
        found_in=event.letter,
        see_by=event.see_by,
        repeats=event.repeats,
    )


def content_diverted(diversion: Diversion, event: ContentDiverted) -> Diversion:
    """The diversion with its content."""
    return replace(diversion, owner=event.owner, caught=event.caught)


def duty_seen(diversion: Diversion, event: DutySeen) -> Diversion:
    """The diversion as seen; the first time counts."""
    if diversion.seen_at is not None:
        return diversion
    return replace(diversion, seen_at=event.seen_at, seen_by=event.by.staff)


def resolved(diversion: Diversion, event: DiversionResolved) -> Diversion:
    """The diversion with its outcome."""
    return replace(diversion, outcome=event.outcome, reference=event.reference)


def happening_said(diversion: Diversion, _: HappeningSaid) -> Diversion:
    """The diversion that is happening now."""
    return replace(diversion, says_now=True)


def letter_made(diversion: Diversion, _: LetterMade) -> Diversion:
    """The diversion without its content, which the letter holds."""
    return replace(_without_content(diversion), is_letter=True)


def content_erased(diversion: Diversion, _: ContentErased) -> Diversion:
    """The diversion without its content."""
    return _without_content(diversion)


def _without_content(diversion: Diversion) -> Diversion:
    caught = diversion.caught
    return replace(diversion, caught=caught and caught.without_words())
