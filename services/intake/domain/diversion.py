"""What does intake know of a diverted emergency? What the duty desk needs to act. Pure.

Instants are UTC. Words, contact and identity are None once they were erased, or are with a letter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from shared.contracts.slugs import Bureau
from shared.contracts.submitted_v1 import LetterSubmitted
from shared.contracts.values import Place
from shared.contracts.vocabulary import DiversionOutcome, Language, Threshold
from shared.contracts.words import Contact, Identity, LetterText, WriterText

RELEASING: tuple[DiversionOutcome, ...] = ("false_alarm", "writer_says_no")
"""Outcomes after which what was written goes its way as a letter."""


@dataclass(frozen=True)
class Caught:
    """What was caught: the words, and whom to call back about them."""

    lang: Language
    place: Place
    words: LetterText | None = None
    """Of a letter that wasn't taken in."""
    said: WriterText | None = None
    """Of an answer or an addition, which its letter has as well."""
    contact: Contact | None = None
    identity: Identity | None = None
    form: LetterSubmitted | None = None
    """The letter as it would go, with its first time, without what stands here beside it.

    None: there is none to be sent.
    """
    becomes: str | None = None
    """The number that this letter will have."""

    @property
    def letter(self) -> LetterSubmitted | None:
        """The letter whole, as it is to be submitted."""
        if self.form is None:
            return None
        return self.form.model_copy(
            update={"words": self.words, "contact": self.contact, "identity": self.identity}
        )

    def without_words(self) -> Caught:
        """The same without anything that is sealed."""
        return replace(self, words=None, said=None, contact=None, identity=None)


@dataclass(frozen=True)
class Diversion:
    """Something written that may be an emergency."""

    owner: str
    """Keyed hash of the writer's sign-in."""
    diverted_at: datetime
    threshold: Threshold
    reasons: tuple[str, ...]
    city: Bureau | None
    found_in: str | None
    """The number of the letter that the words were said about; None: they were a new letter."""
    see_by: datetime
    caught: Caught | None = None
    says_now: bool = False
    """Whether its writer, being asked, has said that it is happening now."""
    seen_at: datetime | None = None
    """When the first person of the duty desk saw it."""
    outcome: DiversionOutcome | None = None
    reference: str | None = None
    repeats: str | None = None
    """The writer's first of those that nobody had seen; the desk is called about them together."""
    is_letter: bool = False
    """Whether the letter that it becomes was taken in."""
    kind: Literal["diversion"] = "diversion"

    @property
    def asks(self) -> bool:
        """Whether its writer is still to say if it is happening now."""
        return self.threshold == "ask" and not self.says_now and self.outcome is None

    @property
    def is_open(self) -> bool:
        """Whether the duty desk has something to do with it."""
        return self.seen_at is None or self.outcome is None

    @property
    def letter_to_send(self) -> tuple[str, LetterSubmitted] | None:
        """The letter that it has become and intake hasn't taken in yet, with its number."""
        if self.caught is None or self.is_letter or self.outcome not in RELEASING:
            return None
        number, letter = self.caught.becomes, self.caught.letter
        return (number, letter) if number and letter else None
