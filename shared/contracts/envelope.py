"""The codec between events and Kafka records: CloudEvents 1.0 in binary mode.

Attributes are `ce_*` headers, the event is the value as JSON. A record is read completely or
refused with a code of a closed set; neither codes nor messages contain anything from the record.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain
from typing import Generic, NamedTuple, NoReturn, Self, TypeVar

from pydantic import ValidationError

from shared.contracts.bureau_v1 import ActionRefused
from shared.contracts.catalogue import EVENTS, ON_TOPIC
from shared.contracts.event import Action, Event, Unknown
from shared.contracts.fields import MOST
from shared.contracts.reading import (
    MAX_RECORD,
    PLAIN,
    SUBJECT,
    TRACE,
    Code,
    Headers,
    Unreadable,
    attributes,
    check_id,
    check_source,
    event_id,
    refusal_id,
    sequence_of,
    source_of,
    subject_of,
    text_of,
    time_of,
    trace_of,
)
from shared.contracts.resends_v1 import ResendRequested
from shared.contracts.strict_json import NotStrict, normalised
from shared.contracts.topics import BY_NAME, Topic

__all__ = [
    "MAX_RECORD",
    "Code",
    "Envelope",
    "Foreign",
    "Headers",
    "KafkaRecord",
    "Unreadable",
    "Unsendable",
    "envelope",
    "event_id",
    "from_record",
    "refusal_id",
    "to_record",
]


class KafkaRecord(NamedTuple):
    """A Kafka record to send."""

    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


class Foreign(NamedTuple):
    """A record as received from any writer: parts may be missing."""

    key: bytes | None
    value: bytes | None
    headers: Headers


E = TypeVar("E", bound=Event)
E_co = TypeVar("E_co", bound=Event, covariant=True)


class Unsendable(Exception):
    """An envelope that no reader would accept was about to be sent. Only the code says why."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code: Code = code


@dataclass(frozen=True, slots=True)
class Envelope(Generic[E_co]):
    """An event with the attributes needed to send, order and answer it."""

    id: str
    type: str
    source: str
    subject: str
    """The record key; usually a letter number."""
    time: datetime
    """When its writer decided it, in UTC."""
    data: E_co
    sequence: int | None = None
    """1, 2, 3 … for each subject on each topic; None: not ordered."""
    cause: str | None = None
    traceparent: str | None = None
    letterversion: int | None = None

    def traced(self, traceparent: str | None, letterversion: int | None = None) -> Self:
        """The same envelope with a trace; it is left out on topics that outsiders read."""
        return replace(self, traceparent=traceparent, letterversion=letterversion)


def envelope(
    topic: str,
    subject: str,
    *,
    data: E,
    time: datetime,
    sequence: int | None = None,
    cause: str | None = None,
) -> Envelope[E]:
    """Wrap `data` for `topic`, with the id derived from its parts.

    A refusal without a number takes its id from `cause`.
    """
    if isinstance(data, Action):
        name = str(data.action_id)
    elif sequence is not None:
        name = event_id(topic, subject, sequence=sequence)
    elif isinstance(data, ActionRefused):
        name = refusal_id(topic, cause or "")
    else:
        name = f"{topic}/{subject}/{round(time.timestamp() * 1000)}"
    source = _source(BY_NAME[topic], data)
    return Envelope(name, data.type, source, subject, time, data, sequence, cause)


def to_record(envelope: Envelope[Event], *, topic: str | None = None) -> KafkaRecord:
    """Encode an envelope; `topic` is needed only if the id doesn't name it.

    Raises: Unsendable; Unsealed, if words are still clear.
    """
    place = BY_NAME.get(topic or envelope.id.partition("/")[0])
    _check_sendable(envelope)
    if place is not None:
        _check_place(envelope, place)
    key = envelope.subject.encode()
    headers = [
        ("content-type", b"application/json"),
        ("ce_specversion", b"1.0"),
        ("ce_id", envelope.id.encode()),
        ("ce_source", envelope.source.encode()),
        ("ce_type", envelope.type.encode()),
        ("ce_subject", key),
        ("ce_time", _wire_time(envelope.time)),
        *_optional_headers(envelope, place),
    ]
    value = envelope.data.model_dump_json().encode()
    if _size(key, value, headers) > MAX_RECORD:
        raise Unsendable("too_large")
    return KafkaRecord(key, value, headers)


def from_record(record: KafkaRecord | Foreign, *, topic: str) -> Envelope[Event]:
    """Decode a record of `topic`; an unknown type has `Unknown` as its data.

    Raises: Unreadable, and nothing else whatever the record contains.
    """
    place = BY_NAME.get(topic)
    if place is None:
        raise Unreadable("not_this_topic")
    key, value, headers = record
    found = attributes(headers, already=len(key or b"") + len(value or b""))
    subject = subject_of(found, key)
    check_source(found, place)
    kind = _kind(found["ce_type"], place)
    sequence = sequence_of(found, place)
    check_id(found, place, subject=subject, sequence=sequence)
    data = _data(kind, value, place)
    if isinstance(data, Action) and found["ce_id"] != str(data.action_id):
        raise Unreadable("bad_id")
    return Envelope(
        found["ce_id"],
        found["ce_type"],
        found["ce_source"],
        subject,
        time_of(found["ce_time"]),
        data,
        sequence,
        found.get("ce_cause"),
        *trace_of(found, place),
    )


def _source(topic: Topic, data: Event) -> str:
    return source_of(data.reader if isinstance(data, ResendRequested) else topic.writers[0])


def _check_sendable(envelope: Envelope[Event]) -> None:
    data, sequence = envelope.data, envelope.sequence
    if not data.type or data.type != envelope.type:
        raise Unsendable("bad_value")
    if not SUBJECT.fullmatch(envelope.subject):
        raise Unsendable("wrong_subject")
    if sequence is not None and (isinstance(data, Action) or not 1 <= sequence <= MOST):
        raise Unsendable("bad_sequence")
    if not PLAIN.fullmatch(envelope.id):
        raise Unsendable("bad_id")
    if isinstance(data, Action) and envelope.id != str(data.action_id):
        raise Unsendable("bad_id")
    if not (PLAIN.fullmatch(envelope.source) and PLAIN.fullmatch(envelope.cause or "-")):
        raise Unsendable("bad_headers")
    if envelope.time.tzinfo is None or (envelope.letterversion or 0) < 0:
        raise Unsendable("bad_headers")


def _check_place(envelope: Envelope[Event], place: Topic) -> None:
    """Refuse to send what readers of that topic would refuse."""
    data, sequence = envelope.data, envelope.sequence
    if type(data) not in ON_TOPIC[place.name]:
        raise Unsendable("not_this_topic")
    if sequence is None:
        is_stranger = place.bureau is not None and isinstance(data, ActionRefused)
        if place.is_sequenced and not is_stranger:
            raise Unsendable("bad_sequence")
        fits = not place.is_sequenced or envelope.id.startswith(refusal_id(place.name, ""))
    else:
        if not place.is_sequenced:
            raise Unsendable("bad_sequence")
        fits = envelope.id == event_id(place.name, envelope.subject, sequence=sequence)
    if not fits:
        raise Unsendable("bad_id")


@lru_cache(64)
def _wire_time(time: datetime) -> bytes:
    return time.astimezone(UTC).isoformat().removesuffix("+00:00").encode() + b"Z"


def _optional_headers(
    envelope: Envelope[Event], place: Topic | None
) -> Iterable[tuple[str, bytes]]:
    """Traces go only on our own topics; public ones don't even have the cause.

    The cause may name a letter.
    """
    if envelope.sequence is not None:
        yield "ce_sequence", b"%d" % envelope.sequence
    if envelope.cause is not None and (place is None or not place.is_public):
        yield "ce_cause", envelope.cause.encode()
    if place is None or not place.is_internal:
        return
    if envelope.letterversion is not None:
        yield "ce_letterversion", b"%d" % envelope.letterversion
    if envelope.traceparent is not None and TRACE.fullmatch(envelope.traceparent):
        yield "traceparent", envelope.traceparent.encode()


def _size(key: bytes, value: bytes, headers: list[tuple[str, bytes]]) -> int:
    return len(key) + len(value) + sum(map(len, chain(*headers)))


_NAMES = frozenset(event_type.rpartition(".")[0] for event_type in EVENTS)


def _kind(event_type: str, place: Topic) -> type[Event] | None:
    """The event's class; None for an unknown type, which is ignored.

    Among our own services another version of a known event is not ignored, since it may change the
    letter. Bureaus and the public receive new versions beside the old ones.
    """
    kind = EVENTS.get(event_type)
    if kind is None and place.is_internal and event_type.rpartition(".")[0] in _NAMES:
        raise Unreadable("unknown_version")
    return kind


def _data(kind: type[Event] | None, value: bytes | None, place: Topic) -> Event:
    if kind is None:
        return Unknown()
    if kind not in ON_TOPIC[place.name]:
        raise Unreadable("not_this_topic")
    if value is None:
        raise Unreadable("bad_json")
    text_of(value)
    try:
        return kind.model_validate_json(normalised(value), strict=True)
    except NotStrict:
        raise Unreadable("bad_json") from None
    except ValidationError as error:
        _refuse(error)


def _refuse(error: ValidationError) -> NoReturn:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    raise Unreadable("bad_json" if first["type"] == "json_invalid" else "bad_value") from None
