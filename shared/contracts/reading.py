"""Reading and checking record headers: the reading half of the codec.

Everything here raises `Unreadable`, and nothing else whatever the record contains.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Literal, TypeAlias

from shared.contracts.bureau_v1 import ActionRefused
from shared.contracts.fields import MOST, instant_of
from shared.contracts.topics import Topic

MAX_RECORD = 256 * 1024
"""Maximum bytes of key, headers and value together."""
MAX_HEADERS = 64

Code: TypeAlias = Literal[
    "too_large",
    "bad_headers",
    "wrong_source",
    "wrong_subject",
    "bad_id",
    "bad_sequence",
    "bad_json",
    "bad_value",
    "not_utf8",
    "not_this_topic",
    "unknown_version",
]
Headers: TypeAlias = Iterable[tuple[str, bytes | None]]
"""In Kafka's form; a header without a value is refused."""

SUBJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:\-]{0,63}")
PLAIN = re.compile(r"[\x21-\x7e]{1,255}")
"""The characters of an attribute: printable ASCII without blanks."""
TRACE = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_NUMBER = re.compile(r"[1-9][0-9]{0,15}")
_JSON = re.compile(r"application/json *(;.*)?", re.IGNORECASE)


class Unreadable(Exception):
    """A record can't be read. Only the code says why."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code: Code = code


def event_id(topic: str, subject: str, *, sequence: int) -> str:
    """The id of the event with that number."""
    return f"{topic}/{subject}/{sequence}"


def refusal_id(topic: str, of: str) -> str:
    """The id of a refusal to a stranger: `of` is the action's id, or partition and offset."""
    return f"{topic}/refused/{of}"


def attributes(headers: Headers, *, already: int) -> dict[str, str]:
    """The known headers, checked to be complete, unique and well formed."""
    found: dict[str, str] = {}
    size = already
    for count, (name, raw) in enumerate(headers):
        if raw is None or count >= MAX_HEADERS:
            raise Unreadable("bad_headers")
        size += len(name) + len(raw)
        if name == "traceparent":
            found[name] = raw.decode("ascii", "replace")
        elif name.startswith("ce_") or name == "content-type":
            if name in found:
                raise Unreadable("bad_headers")
            found[name] = text_of(raw)
    if size > MAX_RECORD:
        raise Unreadable("too_large")
    _check_attributes(found)
    return found


def text_of(raw: bytes) -> str:
    """Decode a header or value from UTF-8."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise Unreadable("not_utf8") from None


def _check_attributes(found: dict[str, str]) -> None:
    if found.get("ce_specversion") != "1.0":
        raise Unreadable("bad_headers")
    if not _JSON.fullmatch(found.get("content-type", "application/json")):
        raise Unreadable("bad_headers")
    for name in ("ce_id", "ce_source", "ce_type", "ce_subject", "ce_time"):
        if not PLAIN.fullmatch(found.get(name, "")):
            raise Unreadable("bad_headers")
    if not PLAIN.fullmatch(found.get("ce_cause", "-")):
        raise Unreadable("bad_headers")


def subject_of(found: dict[str, str], key: bytes | None) -> str:
    """The subject, which must equal the record's key."""
    subject = found["ce_subject"]
    if key is None or text_of(key) != subject or not SUBJECT.fullmatch(subject):
        raise Unreadable("wrong_subject")
    return subject


def check_source(found: dict[str, str], place: Topic) -> None:
    """On a bureau's topics, refuse a record with a foreign source."""
    if place.bureau is not None and found["ce_source"] != source_of(place.writers[0]):
        raise Unreadable("wrong_source")


def source_of(writer: str) -> str:
    """The source name of a topic's writer: `/services/router`, `/bureaus/foshan`."""
    _, is_bureau, slug = writer.partition(":")
    return f"/bureaus/{slug}" if is_bureau else f"/services/{writer}"


def sequence_of(found: dict[str, str], place: Topic) -> int | None:
    """The event's number; None on unordered topics, and in refusals to strangers."""
    raw = found.get("ce_sequence")
    if raw is None:
        if place.is_sequenced and not _is_stranger(found, place):
            raise Unreadable("bad_sequence")
        return None
    if not place.is_sequenced or not _NUMBER.fullmatch(raw) or int(raw) > MOST:
        raise Unreadable("bad_sequence")
    return int(raw)


def _is_stranger(found: dict[str, str], place: Topic) -> bool:
    return place.bureau is not None and found["ce_type"] == ActionRefused.type


def check_id(found: dict[str, str], place: Topic, *, subject: str, sequence: int | None) -> None:
    """Refuse an id that doesn't match topic, subject and number."""
    if sequence is not None:
        fits = found["ce_id"] == event_id(place.name, subject, sequence=sequence)
    elif place.is_sequenced:
        fits = found["ce_id"].startswith(refusal_id(place.name, ""))
    else:
        fits = True
    if not fits:
        raise Unreadable("bad_id")


def time_of(text: str) -> datetime:
    """Parse an instant, in UTC."""
    try:
        return instant_of(text)
    except ValueError:
        raise Unreadable("bad_headers") from None


def trace_of(found: dict[str, str], place: Topic) -> tuple[str | None, int | None]:
    """Traces of our own services; those of outsiders are ignored."""
    if not place.is_internal:
        return None, None
    trace = found.get("traceparent", "")
    version = found.get("ce_letterversion")
    if version is not None and not (version == "0" or _NUMBER.fullmatch(version)):
        raise Unreadable("bad_headers")
    return trace if TRACE.fullmatch(trace) else None, int(version) if version else None
