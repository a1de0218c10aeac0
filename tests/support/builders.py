"""A small service to test the letters shell with, and the records that others would send it.

It keeps a diary of each letter: a request is noted, emitted on `letters.progress`, and, depending
on the note's name, to a bureau. Names: `refuse…` a rule refuses, `nothing…` no event follows,
`foreign…` not the bureau's letter, `both…` emitted to all and to the bureau, `bureau…` to the
bureau alone, `mute…` emitted and not kept in the diary, `broken…` can't be applied, `again-3…` the
bureau's events from its third on are sent again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any, Literal
from uuid import UUID, uuid5

from joserfc.jwk import ECKey
from pydantic import TypeAdapter

from shared.contracts.actions_v1 import Accept
from shared.contracts.bureau_v1 import ActionApplied, ActionRefused, AssignmentEnded
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.envelope import Envelope, envelope
from shared.contracts.event import Action, Event
from shared.contracts.progress_v1 import LetterReplied, RequestRefused
from shared.contracts.submitted_v1 import LetterSubmitted, WithdrawalRequested
from shared.contracts.topics import (
    DEADLINES,
    PROGRESS,
    SUBMITTED,
    actions_of,
    bureau_of,
    letters_of,
)
from shared.contracts.values import By, Triage
from shared.contracts.vocabulary import ActionRefusal
from shared.contracts.words import Identity, LetterText, ReplyText
from shared.kernel.errors import NotHeld, OutOfOrder, Refused
from shared.platform.crypto.key_ring import A256GCM, KeyRing
from shared.platform.kafka.bus import Inbound
from shared.platform.letters.seals import Seals
from shared.platform.letters.service_decider import (
    Arrival,
    IdempotentCommand,
    Outgoing,
    Record,
    Resend,
    ServiceDecider,
)
from shared.platform.letters.stored_letter import outbound
from shared.sealing.envelopes import Opener
from tests.support.doubles import START, inbound_of
from tests.support.sealers import sealer_of

SUBMITTED_TOPIC = SUBMITTED.name
DEADLINES_TOPIC = DEADLINES.name
PROGRESS_TOPIC = PROGRESS.name
ACTIONS_TOPIC = actions_of("guangzhou").name
FOREIGN_ACTIONS_TOPIC = actions_of("shenzhen").name
BUREAU_TOPIC = letters_of("guangzhou").name
FOREIGN_BUREAU_TOPIC = letters_of("shenzhen").name
READS = (SUBMITTED_TOPIC, DEADLINES_TOPIC, ACTIONS_TOPIC, FOREIGN_ACTIONS_TOPIC)
WRITES = (PROGRESS_TOPIC, BUREAU_TOPIC, FOREIGN_BUREAU_TOPIC)

LETTER = "GD-TEST-0001"
SECRETS = ("seeded-subject", "机密正文", "seeded-name", "440199200001011234")
"""Invented words that must not be found outside this process's memory."""
_SPACE = UUID("5f0c6b57-6a5c-4a4b-9a50-0d3c0f6f4d11")


# --- the service ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Note:
    """Write something into the diary."""

    what: str
    words: LetterText | None = None


@dataclass(frozen=True)
class Noted:
    """Something was written into the diary."""

    what: str
    words: LetterText | None = None


@dataclass(frozen=True)
class Diary:
    """All notes, oldest first, and the last words."""

    notes: tuple[str, ...] = ()
    words: LetterText | None = None
    kind: Literal["diary"] = "diary"


STATE: TypeAdapter[Diary] = TypeAdapter(Diary)


def decide(command: Note, _: Diary) -> tuple[Noted, ...]:
    """Note it, unless its name says otherwise. Raises: OutOfOrder, NotHeld, LookupError."""
    if command.what.startswith("refuse"):
        raise OutOfOrder("its name says so")
    if command.what.startswith("foreign"):
        raise NotHeld("its name says so")
    if command.what.startswith("broken"):
        raise LookupError(SECRETS[1])
    return () if command.what.startswith("nothing") else (Noted(command.what, command.words),)


def evolve(state: Diary, event: Noted) -> Diary:
    """The diary with one more note."""
    if event.what.startswith("mute"):
        return state
    return replace(state, notes=(*state.notes, event.what), words=event.words or state.words)


def outgoing(event: Noted, _: Diary) -> Iterable[Outgoing | Resend]:
    """The events of a note, as its name says."""
    if event.what.startswith("again-"):
        yield Resend(BUREAU_TOPIC, int(event.what.split("-")[1]))
    if not event.what.startswith("bureau"):
        yield Outgoing(PROGRESS_TOPIC, _fact(event))
    if event.what.startswith(("both", "bureau")):
        yield Outgoing(BUREAU_TOPIC, AssignmentEnded(**_HELD, why="returned"))


def answer(
    record: Record, outcome: tuple[Any, ...] | Refused, *, state: Diary
) -> Iterable[Outgoing]:
    """The answer to a bureau's action."""
    del state
    bureau = bureau_of(record.raw.topic)
    assert bureau is not None
    topic, action_id = letters_of(bureau).name, _action_id(record)
    if isinstance(outcome, NotHeld):
        refused = ActionRefused(action_id=action_id, code="not_held")
        yield Outgoing(topic, refused, is_sequenced=False)
    elif isinstance(outcome, Refused):
        yield Outgoing(topic, ActionRefused(action_id=action_id, code=_code(outcome)))
    else:
        assert action_id is not None
        applied = ActionApplied(**_HELD, action_id=action_id, resulting=Accept.type)
        yield Outgoing(topic, applied)


def rules() -> ServiceDecider[Note, Diary]:
    """The diary's rules, under the router's name."""
    return ServiceDecider(
        service="router",
        initial=Diary(),
        decide=decide,
        evolve=evolve,
        state=STATE,
        index=lambda state: {"last": state.notes[-1] if state.notes else None},
        outgoing=outgoing,
        handlers={
            WithdrawalRequested: lambda event, _: Note(event.data.request_id),
            LetterSubmitted: _on_letter,
            ClockFired: lambda event, _: Note(f"clock-{event.data.round}"),
            Accept: lambda event, _: Note(event.data.staff),
        },
        answer=answer,
    )


# --- its keys ------------------------------------------------------------------------------------


@cache
def private_keys() -> dict[str, ECKey]:
    """One key for each reader, made once in a run."""
    readers = ("router", "intake", "notifier", "bureau:guangzhou", "bureau:shenzhen")
    return {reader: ECKey.generate_key("P-256") for reader in readers}


def seals_of(service: str = "router") -> Seals:
    """All public keys, and the private one of `service`."""
    own = {service: private_keys()[service]}
    ring = KeyRing(f"{service}-1", {f"{service}-1": A256GCM(b"k" * 32)})
    return Seals(service, ring, sealer_of(private_keys()), Opener(own))


# --- what others send ----------------------------------------------------------------------------


def asked(sequence: int, what: str = "", *, letter: str = LETTER) -> Inbound:
    """A writer's request, as intake sends it."""
    data = WithdrawalRequested(request_id=what or f"ask-{sequence}", reason="not_said")
    return sequenced(SUBMITTED_TOPIC, data, sequence=sequence, letter=letter)


def fired(sequence: int, *, letter: str = LETTER) -> Inbound:
    """A clock event, as the notifier sends it."""
    data = ClockFired(
        clock="reply",
        round=sequence,
        level="red",
        due_on=date(2026, 11, 23),
        passed_at=START,
        progress_sequence=1,
    )
    return sequenced(DEADLINES_TOPIC, data, sequence=sequence, letter=letter)


def written(sequence: int = 1, *, letter: str = LETTER) -> Inbound:
    """A whole letter with words and identity, sealed as intake seals it."""
    data = LetterSubmitted(
        received_at=START,
        channel="web",
        lang="zh",
        category="inquiry",
        notice_version="1",
        text_sha256="0" * 64,
        triage=Triage(class_="accept"),
        words=LetterText(subject=SECRETS[0], body=SECRETS[1]),
        identity=Identity(name=SECRETS[2], id_number=SECRETS[3], phone="15400000000"),
    )
    return sequenced(SUBMITTED_TOPIC, data, sequence=sequence, letter=letter)


def action(
    what: str, *, name: str = "", topic: str = ACTIONS_TOPIC, letter: str = LETTER
) -> Inbound:
    """An action of a bureau; `name` determines its id, `what` is its content."""
    data = Accept(action_id=id_of(name or what), assignment=1, made_at=START, staff=what)
    said = envelope(topic, letter, data=data, time=START)
    return inbound_of(outbound(said, topic))


def unknown_action(action_id: str, *, letter: str = LETTER, value: bytes = b"{}") -> Inbound:
    """An action of an unknown type; its sender chose the id."""
    known = action("dance", letter=letter)
    headers = dict(known.headers) | {
        "ce_id": action_id.encode(),
        "ce_type": b"gd.mailbox.action.dance.v1",
    }
    return replace(known, value=value, headers=tuple(headers.items()))


def id_of(name: str) -> UUID:
    """The action id that belongs to `name` in a test."""
    return uuid5(_SPACE, name)


def sequenced(topic: str, data: Event, *, sequence: int, letter: str = LETTER) -> Inbound:
    """Any numbered event, sealed and as a consumer receives it."""
    sealed = seals_of("intake").seal(data, topic=topic, letter=letter)
    said: Envelope[Event] = envelope(topic, letter, data=sealed, time=START, sequence=sequence)
    return inbound_of(outbound(said, topic), sequence)


def told(
    what: str, *, letter: str = LETTER, name: str = "", content: str = "", is_first: bool = False
) -> IdempotentCommand[Note]:
    """A command from HTTP; `name` is its id."""
    return IdempotentCommand(letter, Note(what), name or what, content, is_first)


def _fact(event: Noted) -> Event:
    if event.words is None:
        return RequestRefused(
            **_HELD, request_id=event.what, request_type="withdrawal.requested", code="too_late"
        )
    reply = ReplyText(text=event.words.body)
    return LetterReplied(**_HELD, reply=1, outcome="explained", words=reply)


_HELD: dict[str, Any] = {
    "state": "handling",
    "holder": "guangzhou",
    "assignment": 1,
    "by": By(role="rule"),
}


def _on_letter(event: Envelope[LetterSubmitted], _: Arrival) -> Note:
    words = event.data.words
    return Note("letter", words if isinstance(words, LetterText) else None)


def _action_id(record: Record) -> UUID | None:
    data = record.envelope.data
    return data.action_id if isinstance(data, Action) else None


def _code(outcome: Refused) -> ActionRefusal:
    codes: dict[str, ActionRefusal] = {"id_reused": "id_reused", "unknown_type": "unknown_type"}
    return codes.get(outcome.code, "out_of_order")


def progress(*numbers: int, letter: str = LETTER) -> list[str]:
    """Ids of events on `letters.progress`."""
    return [f"{PROGRESS_TOPIC}/{letter}/{number}" for number in numbers]
