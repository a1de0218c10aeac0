"""The interface between a service's pure rules and the letters shell.

Types only: the shell (letters.py, letter_transaction.py) does the work, the services fill these in.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Generic, NamedTuple, Protocol, TypeVar
from uuid import UUID

from pydantic import TypeAdapter

from shared.contracts.envelope import Envelope
from shared.contracts.event import Event
from shared.contracts.fields import Sha256
from shared.contracts.vocabulary import ActionRefusal, Erasable, Service
from shared.contracts.words import Clear
from shared.kernel.errors import Refused
from shared.platform.kafka.bus import Inbound

C = TypeVar("C")
"""The commands of a service."""
C_co = TypeVar("C_co", covariant=True)
S = TypeVar("S")
"""The states of a service's letters."""


class UnknownType(Refused):
    """An action of a type for which the service has no rule."""

    status = 400
    code = "unknown_type"


class CannotRead(Refused):
    """An action that can't be read; `BadAction` says why."""

    status = 400
    code = "unreadable"


class BadAction(Event):
    """Stands for an unreadable action of a bureau, with the refusal that the bureau receives."""

    action_id: UUID | None
    """None if the id can't be read either."""
    code: ActionRefusal
    detail: str | None
    content: Sha256
    """Digest of the record: the same record gets the same answer, another one its own."""


class CannotApply(Refused):
    """A well-formed action with effects that can't be stored or sent."""

    status = 422
    code = "bad_value"


@dataclass(frozen=True, slots=True)
class Record:
    """A record that was read: its envelope, opened for this service, and its raw bytes."""

    envelope: Envelope[Any]
    raw: Inbound
    stands: bool = True
    """Whether it is still uncommitted on its topic, so that it comes again if the process dies;
    false for a parked record that is replayed."""
    is_skipped: bool = False
    """Whether it is counted as seen without being applied, because an operator dropped it."""
    is_forced: bool = False
    """Whether a skipped record also gives up the missing events before it instead of waiting."""
    ahead: Any = None
    """The precomputed result (`ServiceDecider.read_ahead`), if any."""

    @property
    def letter(self) -> str:
        """The letter number, which is the record's key."""
        return self.envelope.subject

    def digest(self, salt: str | None = None) -> str:
        """SHA-256 of the event with its words opened, independent of `made_at` and sealing."""

        words: list[bytes] = []

        def set_aside(_: str, content: Any) -> None:
            words.append(content.plaintext() if isinstance(content, Clear) else b"")

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
    """A command without a record behind it: from HTTP or from a loop of the service.

    `id` is the idempotency key: executing it again under the same id changes nothing. `content` is
    a digest of the request: the same id with other content is refused.
    """

    letter: str
    command: C_co
    id: str
    """Contains no dot and no dollar sign, because it is a key inside the document."""
    content: str = ""
    is_first: bool = False
    """Whether the letter surely has no document, because its number was just drawn.

    Then the letter isn't loaded before its first write, which fails if there is one after all.
    """

    def __post_init__(self) -> None:
        """Raises: ValueError, for an id that can't be a key, or content that is not a digest."""
        if not self.id or "." in self.id or "$" in self.id:
            raise ValueError("a command's id is a key of documents")
        if " " in self.content:
            raise ValueError("a command's content is kept, so it is a digest")


class Unfit(NamedTuple):
    """A record that was read but can't be applied; it is parked before its offset is committed.

    It comes from one of our own topics, or is a bureau's action on a letter that can't be loaded.
    """

    raw: Inbound
    code: str
    """`unfit` or `unloadable`."""
    fault: str
    """The exception's class; nothing from the record."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """When and where a record arrived: `at` is now, `appended_at` the broker's time (both UTC).

    If the broker's time isn't known, `appended_at` is now.
    """

    at: datetime
    appended_at: datetime
    topic: str
    ahead: Any = None
    """The record's precomputed result, if any."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An event for a topic.

    Its subject is the letter unless given; unsequenced events aren't stored.
    """

    topic: str
    event: Event
    subject: str | None = None
    is_sequenced: bool = True


@dataclass(frozen=True, slots=True)
class Resend:
    """A request to send everything on a topic from that sequence on again, byte for byte."""

    topic: str
    from_sequence: int


Handler = Callable[[Envelope[Any], Arrival], Any]
"""Maps an event to a command on its letter, or to None if the service has no use for it."""
Handlers = Mapping[type[Event], Handler]


class Answer(Protocol):
    """Builds the answer to an action: the events that it caused, or the refusal."""

    def __call__(
        self, record: Record, outcome: tuple[Any, ...] | Refused, *, state: Any
    ) -> Iterable[Outgoing]:
        """The answer, given the letter's state after the action."""


def no_answer(
    record: Record, outcome: tuple[Any, ...] | Refused, *, state: Any
) -> Iterable[Outgoing]:
    """For services that receive no actions."""
    del record, outcome, state
    return ()


def nothing_anew(before: Any, after: Any) -> tuple[str, ...]:
    """For services without work marks."""
    del before, after
    return ()


def no_salt(state: Any) -> str | None:
    """For services that receive no actions of bureaus."""
    del state
    return None


def nothing_forgotten(state: Any, what: Collection[Erasable]) -> Any:
    """For services that store nothing that may be erased."""
    del what
    return state


def nothing_ahead(events: Sequence[Event]) -> Sequence[Any]:
    """For services that precompute nothing."""
    return (None,) * len(events)


@dataclass(frozen=True, slots=True)
class ServiceDecider(Generic[C, S]):
    """The pure half of a service."""

    service: Service
    """The service's name, under which it also reads sealed words."""
    initial: S
    """The state of an unknown letter."""
    decide: Callable[[C, S], tuple[Any, ...]]
    evolve: Callable[[S, Any], S]
    state: TypeAdapter[S]
    index: Callable[[S], dict[str, Any]]
    """Fields stored beside the state for indexes; a value of None is left out of the document."""
    outgoing: Callable[[Any, S], Iterable[Outgoing | Resend]]
    """The events to emit for a domain event, given the state after it."""
    handlers: Handlers = field(default_factory=dict)
    answer: Answer = no_answer
    anew: Callable[[S, S], tuple[str, ...]] = nothing_anew
    """The fields that a write sets to its instant, given the states before and after it.

    They mark work for a loop of the service, which removes them when the work is done.
    """
    forget: Callable[[S, Collection[Erasable]], S] = nothing_forgotten
    """The state without those parts, whatever the letter's stage: a restored copy may be older than
    the letter's end."""
    salt: Callable[[S], str | None] = no_salt
    """The salt for digests of actions: secret, per letter, erased with its words."""
    read_ahead: Callable[[Sequence[Event]], Sequence[Any]] = nothing_ahead
    """Precomputed results for the first events of letters, where computing them in bulk is cheaper.

    Handlers find the result in their `Arrival`; if it is None they compute it themselves.
    """
