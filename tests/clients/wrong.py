"""Systems with one fault each, by the scenario that must find it."""

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import uuid4

from clients.bureau._kafka.record import Raw
from clients.bureau.action_records import draft
from clients.bureau.arrivals import Arrived
from clients.bureau.sealing import Keys
from shared.contracts import actions_v1 as v1
from shared.contracts.bureau_v1 import AssignmentEnded, LetterIdentity, LetterShown
from shared.contracts.envelope import KafkaRecord
from shared.contracts.event import Action, Event, Unknown
from shared.contracts.words import LetterText
from shared.sealing.envelopes import Opener
from tests.clients.checking import Bench
from tests.clients.naive import Naive, Waiting


class AlwaysFirst(Naive):
    """Takes every assignment for the first."""

    def shown(self, arrived: Arrived, event: LetterShown) -> None:
        """It never looks at the number."""
        self.ask(arrived.letter, draft(v1.Accept, 1, **self.made()))


class MixesUp(Naive):
    """Shows one letter's text with another."""

    def quote(self, arrived: Arrived) -> None:
        """Uses the first letter's text everywhere."""
        text = next(iter(self.codes.values()))
        self.ask(arrived.letter, draft(v1.Note, arrived.assignment, text=text, **self.made()))


class CutsOff(Naive):
    """Keeps texts in a field that is too short."""

    def shown(self, arrived: Arrived, event: LetterShown) -> None:
        """Loses everything beyond it."""
        super().shown(arrived, event)
        if isinstance(event.words, LetterText):
            self.codes[arrived.letter] = event.words.body[:1_000].splitlines()[-1]


@dataclass
class Batches(Naive):
    """Looks at the last event of each letter once in a while, and at nothing before it."""

    last: dict[str, Arrived] = field(default_factory=dict)
    looks_at: float = 0.0

    def shown(self, arrived: Arrived, event: LetterShown) -> None:
        """For later."""
        self.last[arrived.letter] = arrived

    def hear(self, arrived: Arrived, event: Event) -> None:
        """An identity is not a letter to be taken up, it thinks."""
        super().hear(arrived, event)
        if isinstance(event, LetterIdentity):
            self.last.pop(arrived.letter, None)

    def idle(self) -> None:
        """Accept what is left."""
        if time.monotonic() > self.looks_at:
            self.looks_at = time.monotonic() + 1.0
            for letter, arrived in self.last.items():
                self.ask(letter, draft(v1.Accept, arrived.assignment, **self.made()))
            self.last.clear()


class ActsTwice(Naive):
    """Acts on every record, each time under a new id."""

    def in_order(self, arrived: Arrived) -> Iterable[Arrived]:
        """Whatever came."""
        return (arrived,)

    def name(self, letter: str, action: Action) -> Action:
        """A new id."""
        return action.model_copy(update={"action_id": uuid4()})


class IgnoresOrder(Naive):
    """Takes the last record for the newest state."""

    def in_order(self, arrived: Arrived) -> Iterable[Arrived]:
        """Whatever came."""
        return (arrived,)


class DiesOfNews(Naive):
    """Knows all there is, and ends at anything else."""

    def hear(self, arrived: Arrived, event: Event) -> None:
        """It was never told that there may be more."""
        assert not isinstance(event, Unknown)
        super().hear(arrived, event)


class Renames(Naive):
    """Makes a new action out of an unanswered one."""

    def again(self, waiting: Waiting) -> None:
        """The same, under a new id."""
        del self.waiting[waiting.action.action_id]
        action = waiting.action.model_copy(update={"action_id": uuid4()})
        self.waiting[action.action_id] = Waiting(waiting.letter, action, time.monotonic())
        self.send(waiting.letter, action)


class NeverTakesNo(Naive):
    """Repeats refused actions."""

    def refused(self, action: Waiting) -> None:
        """Once more, under a new id."""
        self.again(action)
        self.ask(action.letter, action.action)

    def name(self, letter: str, action: Action) -> Action:
        """A new id."""
        return action.model_copy(update={"action_id": uuid4()})


@dataclass
class GoesOn(Naive):
    """Works on every letter that it ever had."""

    mine: dict[str, int] = field(default_factory=dict)
    acts_at: float = 0.0

    def hear(self, arrived: Arrived, event: Event) -> None:
        """Ends are for others."""
        if not isinstance(event, AssignmentEnded):
            super().hear(arrived, event)

    def quote(self, arrived: Arrived) -> None:
        """It is mine."""
        self.mine[arrived.letter] = arrived.assignment

    def idle(self) -> None:
        """A note each half second."""
        if time.monotonic() > self.acts_at:
            self.acts_at = time.monotonic() + 0.5
            for letter, assignment in self.mine.items():
                self.ask(letter, draft(v1.Note, assignment, text=f"{self.acts_at}", **self.made()))


class FirstKeyOnly(Naive):
    """Was started with one private key, and never learns another."""

    def __init__(self, keys: Keys) -> None:
        super().__init__(keys)
        keys._opener = Opener(dict([next(iter(keys._opener._keys.items()))]))


@dataclass
class OldSeal(Naive):
    """Seals for the first key of the mailbox that it learned."""

    known: set[bytes | None] = field(default_factory=set)

    def take_key(self, record: Raw) -> None:
        """The first is enough."""
        if record.key not in self.known:
            self.known.add(record.key)
            super().take_key(record)


class SpeaksOpenly(Naive):
    """Sends words in clear."""

    def send(self, letter: str, action: Action) -> None:
        """The envelope is left out."""
        super().send(letter, action)
        key, raw, headers = self.outbox.pop()
        value = json.loads(raw)
        if "words" in value:
            value["words"] = {"text": "村口的路灯"}
        self.outbox.append(KafkaRecord(key, json.dumps(value).encode(), headers))


WRONG: dict[str, Callable[[Keys], Naive]] = {
    "normal": AlwaysFirst,
    "words": MixesUp,
    "huge": CutsOff,
    "identity": Batches,
    "duplicate": ActsTwice,
    "overtaken": IgnoresOrder,
    "unknown": DiesOfNews,
    "unanswered": Renames,
    "refused": NeverTakesNo,
    "withdrawn": GoesOn,
    "recalled": GoesOn,
    "rotation": FirstKeyOnly,
    "mailbox_key": OldSeal,
    "actions": SpeaksOpenly,
}


async def naive(bench: Bench) -> None:
    """The right one of these."""
    await Naive(bench.own_keys()).work(bench)
