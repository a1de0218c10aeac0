"""What a service hands to the letters shell: its pure rules and how to say what they decide.

Types only; the shell (fold.py, letters.py) does the work, the services fill these in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Generic, NamedTuple, Protocol, TypeVar
from uuid import UUID

from pydantic import TypeAdapter

from shared.contracts.envelope import Envelope
from shared.contracts.event import Event
from shared.contracts.fields import Sha256
from shared.contracts.vocabulary import ActionRefusal, Service
from shared.contracts.words import Clear
from shared.kernel.errors import Refused
from shared.platform.kafka.bus import Inbound

C = TypeVar("C")
"""The commands of a service."""
C_co = TypeVar("C_co", covariant=True)
S = TypeVar("S")
"""The states of its letters."""


class UnknownType(Refused):
    """An action of a type that the service has no rule for."""

    status = 400
    code = "unknown_type"


class CannotRead(Refused):
    """An action that can't be read; `BadAction` says why."""

    status = 400
    code = "unreadable"


class BadAction(Event):
    """Stands for a bureau's action that can't be read, and holds what its bureau is told of it."""

    action_id: UUID | None
    """None where even that can't be read."""
    code: ActionRefusal
    detail: str | None
    content: Sha256
    """Digest of the record: the same record gets the same answer, another one its own."""


class CannotApply(Refused):
    """An action that is right in form and whose consequences can't be kept or sent."""

    status = 422
    code = "bad_value"


@dataclass(frozen=True, slots=True)
class Record:
    """A record that was read: its envelope, opened for this service, and the bytes it came as."""

    envelope: Envelope[Any]
    raw: Inbound
    stands: bool = True
    """Whether it is still uncommitted on its topic, so that it comes again if we die; a record that
    was parked and is tried again is not."""
    is_skipped: bool = False
    """Whether its turn passes without its being applied: an operator dropped it."""
    is_forced: bool = False
    """Whether a skipped record doesn't wait for the events missing before it: they are given up."""
    ahead: Any = None
    """What the rules have read of it already (`ServiceDecider.read_ahead`); None: nothing."""

    @property
    def letter(self) -> str:
        """The letter number, which is the record's key."""
        return self.envelope.subject

    def digest(self, salt: str | None = None) -> str:
        """SHA-256 of what was said, words opened: the same however often it is made and sealed."""

        words: list[bytes] = []

        def set_aside(_: str, said: Any) -> None:
            words.append(said.plaintext() if isinstance(said, Clear) else b"")

        bare: Event = self.envelope.data.map_words(set_aside)
        return sha256(
            b"\0".join(
                [
                    *([salt.encode()] if salt else ()),
                    bare.model_dump_json(exclude={"made_at"}).encode(),
                    *words,
                ]
            )
        ).hexdigest()


@dataclass(frozen=True, slots=True)
class IdempotentCommand(Generic[C_co]):
    """A command with no record behind it: from HTTP or from one of the service's own loops.

    `id` names it for good; telling it again under the same id changes nothing. `content` is a
    digest of what was asked: the same id with other content is refused.
    """

    letter: str
    command: C_co
    id: str
    """Has no dot and no dollar sign: it is a key inside the document."""
    content: str = ""

    def __post_init__(self) -> None:
        """Raises: ValueError, for an id that can't be a key, and for content that is no digest."""
        if not self.id or "." in self.id or "$" in self.id:
            raise ValueError("a command's id is a key of documents")
        if " " in self.content:
            raise ValueError("a command's content is kept, so it is a digest")


class Unfit(NamedTuple):
    """A record that can be read and not applied; it must be parked before its offset is committed.

    It is one of our own topics, or a bureau's action on a letter that can't be loaded.
    """

    raw: Inbound
    code: str
    """`unfit`, or `unloadable`."""
    fault: str
    """The name of what was raised; nothing of the record."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """When and where a record came: `at` is now, `appended_at` the broker's time (both UTC).

    Where the broker's time isn't known, `appended_at` is now.
    """

    at: datetime
    appended_at: datetime
    topic: str
    ahead: Any = None
    """What was read of it ahead."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An event for a topic.

    Its subject is the letter unless named; unsequenced ones aren't kept.
    """

    topic: str
    event: Event
    subject: str | None = None
    is_sequenced: bool = True


@dataclass(frozen=True, slots=True)
class Resend:
    """What was said on a topic from that sequence on is to be sent again, byte for byte."""

    topic: str
    from_sequence: int


Handler = Callable[[Envelope[Any], Arrival], Any]
"""What a record asks of its letter: a command, or none when the service has no use for it."""
Handlers = Mapping[type[Event], Handler]


class Answer(Protocol):
    """What whoever sent an action is told: of the events that it caused, or of the refusal."""

    def __call__(
        self, record: Record, outcome: tuple[Any, ...] | Refused, *, state: Any
    ) -> Iterable[Outgoing]:
        """The answer, given the letter's state after the action."""


def no_answer(
    record: Record, outcome: tuple[Any, ...] | Refused, *, state: Any
) -> Iterable[Outgoing]:
    """For services to which nobody sends actions."""
    del record, outcome, state
    return ()


def nothing_anew(before: Any, after: Any) -> tuple[str, ...]:
    """For services whose loops need no such marks."""
    del before, after
    return ()


def no_salt(state: Any) -> str | None:
    """For services that no bureau asks for anything."""
    del state
    return None


def nothing_ahead(events: Sequence[Event]) -> Sequence[Any]:
    """For services that read every record by itself."""
    return (None,) * len(events)


@dataclass(frozen=True, slots=True)
class ServiceDecider(Generic[C, S]):
    """The pure half of a service."""

    service: Service
    """Its name, which is also the name under which it reads sealed words."""
    initial: S
    """The state of a letter that it has never heard of."""
    decide: Callable[[C, S], tuple[Any, ...]]
    evolve: Callable[[S, Any], S]
    state: TypeAdapter[S]
    index: Callable[[S], dict[str, Any]]
    """Fields kept beside the state, for indexes; a value of None is left out of the document."""
    outgoing: Callable[[Any, S], Iterable[Outgoing | Resend]]
    """What is said of an event, given the state that it left behind."""
    handlers: Handlers = field(default_factory=dict)
    answer: Answer = no_answer
    anew: Callable[[S, S], tuple[str, ...]] = nothing_anew
    """Which fields a write sets to its instant, given the states before and after it.

    They are marks of work to be done, which a loop of the service takes away once it is.
    """
    salt: Callable[[S], str | None] = no_salt
    """What digests of actions are salted with: secret, the letter's own, erased with its words."""
    read_ahead: Callable[[Sequence[Event]], Sequence[Any]] = nothing_ahead
    """What follows from each of these first events of letters alone, where it costs less together.

    Handlers find it in their `Arrival`, or None, and then find it out themselves.
    """
