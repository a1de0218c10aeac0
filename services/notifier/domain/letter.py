"""The state of one letter in the notifier: its clocks, its writer's contact, and its messages.

A diversion is stored like a letter, under its own number: it has a clock and no contact.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.notifier.domain.clocks import WatchedClock, levels_to_come
from services.notifier.domain.deliveries import Channel, Delivery
from shared.contracts.slugs import Holder
from shared.contracts.values import About
from shared.contracts.vocabulary import Language
from shared.contracts.words import Contact


@dataclass(frozen=True)
class NotifierLetter:
    """What the notifier knows about a letter; the defaults stand for an unknown one."""

    was_submitted: bool = False
    contact: Contact | None = None
    lang: Language = "zh"
    progress: int = 0
    """Sequence of the last event of `letters.progress` that was applied."""
    holder: Holder = "triage"
    unit: str | None = None
    """The unit that the holder has passed it on to, by the holder's own code."""
    assignment: int = 0
    clocks: tuple[WatchedClock, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    policy_version: str = ""
    """The policies under which it was received; they name the desks for each level."""
    about: About | None = None
    excluded: tuple[str, ...] = ()
    """Bureaus and units that must not see it, besides those of `about`."""
    conflicted: tuple[str, ...] = ()
    """Opaque ids of the staff who declared a conflict of interest and must not see it."""
    repeats: str | None = None
    """For a diversion: the writer's first unseen one, about which the desk is called instead."""
    kind: Literal["letter"] = "letter"

    @property
    def fires_at(self) -> datetime | None:
        """The earliest instant at which a level is to be proposed; None if no level is left."""
        return min((level.at for level in levels_to_come(self.clocks)), default=None)

    @property
    def passes_at(self) -> datetime | None:
        """The earliest instant at which a clock that isn't paused passes or has passed."""
        running = (clock.passes_at for clock in self.clocks if not clock.is_paused)
        return min(running, default=None)

    @property
    def unseen_since(self) -> datetime | None:
        """Since when a diversion waits for a person to see it; None if none waits."""
        unseen = (
            clock.since for clock in self.clocks if clock.clock == "diversion" and clock.since
        )
        return min(unseen, default=None)

    @property
    def waiting(self) -> tuple[Delivery, ...]:
        """Messages to deliver; those to the writer wait until the contact is known."""
        return tuple(
            message
            for message in self.deliveries
            if message.standing == "waiting" and (message.to is not None or self.was_submitted)
        )

    @property
    def given_up_at(self) -> datetime | None:
        """When a message was given up last; None if none was."""
        given_up = (message.given_up_at for message in self.deliveries if message.given_up_at)
        return max(given_up, default=None)

    def delivery(self, delivery_id: str) -> Delivery | None:
        """Return the message with that id, if there is one."""
        return next((message for message in self.deliveries if message.id == delivery_id), None)

    @property
    def address(self) -> tuple[Channel, str] | None:
        """The writer's preferred channel and address: the first that the writer gave."""
        contact = self.contact
        if contact is None:
            return None
        given: tuple[tuple[Channel, str | None], ...] = (
            ("sms", contact.phone),
            ("wechat", contact.wechat),
            ("email", contact.email),
        )
        return next(((channel, to) for channel, to in given if to), None)
