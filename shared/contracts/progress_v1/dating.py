"""Events of the router about due dates and legal clocks. Topic: `letters.progress`.

Owner: services.router.
"""

from typing import ClassVar

from shared.contracts.event import Fact, Readers, read_by
from shared.contracts.fields import Day, Ordinal, Version
from shared.contracts.values import Receipt
from shared.contracts.vocabulary import ClockName, MarkReason, WhyDueChanged
from shared.contracts.words import Reason, Words


class DueChanged(Fact):
    """A due date has changed, with the reason; the receipt shows the new count, day by day."""

    type: ClassVar[str] = "gd.mailbox.due.changed.v1"

    clock: ClockName
    round: Ordinal
    old_due: Day
    new_due: Day
    reason: WhyDueChanged
    calendar_version: Version
    receipt: Receipt


class PetitionMarked(Fact):
    """The letter is a petition by law; its legal clocks run beside the mailbox's own."""

    type: ClassVar[str] = "gd.mailbox.petition.marked.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))

    reason: MarkReason
    words: Words[Reason] = None


class DisclosureMarked(Fact):
    """The letter asks for information by law; its legal clock runs beside the mailbox's own."""

    type: ClassVar[str] = "gd.mailbox.disclosure.marked.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))

    reason: MarkReason
    words: Words[Reason] = None
