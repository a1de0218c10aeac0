"""A correct bureau system written without the client library, as a stranger might write it.

`tests/clients/wrong.py` plants one fault each into it.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from clients.bureau._kafka.connection import utc_now
from clients.bureau._kafka.record import Raw
from clients.bureau._store.reorder_buffer import ArrivalBuffer
from clients.bureau.action_records import Made, draft, record_of, with_id
from clients.bureau.arrivals import Arrived, Unread, opened, read
from clients.bureau.outcomes import Refused, outcome_of
from clients.bureau.sealing import Keys
from shared.contracts import actions_v1 as v1
from shared.contracts.bureau_v1 import LetterShown
from shared.contracts.envelope import KafkaRecord
from shared.contracts.event import Action, Event
from shared.contracts.progress_v1 import LetterAccepted
from shared.contracts.topics import KEYS, actions_of, letters_of
from shared.contracts.words import LetterText
from tests.clients.checking import FOSHAN, Bench

AGAIN_S = 1.0


@dataclass
class Waiting:
    """An unanswered action."""

    letter: str
    action: Action
    since: float


@dataclass
class Naive:
    """One bureau's system; subclasses override its methods with faults."""

    keys: Keys
    codes: dict[str, str] = field(default_factory=dict)
    """By letter: the last line of its text."""
    waiting: dict[UUID, Waiting] = field(default_factory=dict)
    order: ArrivalBuffer = field(default_factory=ArrivalBuffer)
    outbox: list[KafkaRecord] = field(default_factory=list)

    def take(self, record: Raw) -> None:
        """One record of the bureau's topics."""
        if record.topic == KEYS.name:
            self.take_key(record)
            return
        found = read(record)
        if not isinstance(found, Unread):
            for arrived in self.in_order(found):
                self.hear(opened(arrived, self.keys), arrived.event)

    def take_key(self, record: Raw) -> None:
        """Read a record of public keys."""
        self.keys.public.take(record)

    def in_order(self, arrived: Arrived) -> Iterable[Arrived]:
        """The events to act on after this record."""
        return self.order.take(arrived, time.monotonic())

    def hear(self, arrived: Arrived, event: Event) -> None:
        """Act on an event; `event` as received, sealed."""
        del event
        outcome = outcome_of(arrived.event)
        if outcome is not None:
            answered = self.waiting.pop(outcome.action_id, None)
            if isinstance(outcome, Refused) and answered is not None:
                self.refused(answered)
        if isinstance(arrived.event, LetterShown):
            self.shown(arrived, arrived.event)
        if isinstance(arrived.event, LetterAccepted) and arrived.letter in self.codes:
            self.quote(arrived)

    def shown(self, arrived: Arrived, event: LetterShown) -> None:
        """A letter to take up."""
        if isinstance(event.words, LetterText):
            self.codes[arrived.letter] = event.words.body.splitlines()[-1]
        self.ask(arrived.letter, draft(v1.Accept, arrived.assignment, **self.made()))

    def quote(self, arrived: Arrived) -> None:
        """Show that the letter could be read."""
        text = self.codes[arrived.letter]
        self.ask(arrived.letter, draft(v1.Note, arrived.assignment, text=text, **self.made()))

    def refused(self, action: Waiting) -> None:
        """Nothing more is to be done then."""

    def ask(self, letter: str, action: Action) -> None:
        """Send an action, and wait for its answer."""
        action = self.name(letter, action)
        self.waiting[action.action_id] = Waiting(letter, action, time.monotonic())
        self.send(letter, action)

    def name(self, letter: str, action: Action) -> Action:
        """The action with its id."""
        return with_id(action, bureau=FOSHAN, letter=letter)

    def again(self, waiting: Waiting) -> None:
        """Send unanswered actions again."""
        waiting.since = time.monotonic()
        self.send(waiting.letter, waiting.action)

    def send(self, letter: str, action: Action) -> None:
        """Put it among what goes out."""
        self.outbox.append(record_of(action, bureau=FOSHAN, letter=letter, keys=self.keys))

    def made(self) -> Made:
        """Now, by the system."""
        return Made(made_at=utc_now(), staff="naive")

    def idle(self) -> None:
        """Called when nothing arrives."""
        for waiting in list(self.waiting.values()):
            if time.monotonic() - waiting.since > AGAIN_S:
                self.again(waiting)

    async def work(self, bench: Bench) -> None:
        """Until cancelled, or dead."""
        connection, topics = bench.connection, [letters_of(FOSHAN).name, KEYS.name]
        async with connection.sending() as sending, connection.reading(topics) as reading:
            while True:
                for record in await reading.poll(50):
                    self.take(record)
                self.idle()
                while self.outbox:
                    await sending.send(actions_of(FOSHAN).name, self.outbox.pop(0))
