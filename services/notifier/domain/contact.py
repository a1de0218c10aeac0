"""The writer's contact and language."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from services.notifier.domain.letter import NotifierLetter
from services.notifier.domain.notification_policy import NotificationContext
from shared.contracts.vocabulary import Erasable, Language
from shared.contracts.words import Contact


@dataclass(frozen=True)
class KeepContact:
    """Store the writer's contact and language; without a contact, forget it."""

    contact: Contact | None
    lang: Language | None
    """None: unchanged."""


@dataclass(frozen=True)
class ContactKept:
    """The writer's contact is known. Stays in the notifier, like all events but `ClockFired`."""

    contact: Contact | None
    lang: Language


def keep_contact(command: KeepContact, context: NotificationContext) -> tuple[ContactKept, ...]:
    """Store the contact, also if it is the same as before."""
    return (ContactKept(command.contact, command.lang or context.letter.lang),)


def forget(letter: NotifierLetter, what: Collection[Erasable]) -> NotifierLetter:
    """A letter of a restored copy without what has been erased since."""
    return replace(letter, contact=None) if "identity" in what else letter


def apply_contact(letter: NotifierLetter, event: ContactKept) -> NotifierLetter:
    """Return the letter with that contact."""
    return replace(letter, was_submitted=True, contact=event.contact, lang=event.lang)
