"""Records that stand for unreadable actions of bureaus, so that their letters can refuse them."""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

from shared.contracts.envelope import Envelope
from shared.contracts.vocabulary import ActionRefusal, RefusalDetail
from shared.platform.kafka.bus import Inbound
from shared.platform.letters.dead_letters import Faulty
from shared.platform.letters.service_decider import BadAction, Record

ACTION_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""The form of a bureau action's id, which becomes a key inside documents."""
_ENVELOPE: Mapping[str, tuple[ActionRefusal, RefusalDetail]] = {
    "no_envelope": ("bad_envelope", "reader"),
    "wrong_reader": ("bad_envelope", "reader"),
    "wrong_header": ("bad_envelope", "header"),
    "unknown_key": ("bad_envelope", "key"),
    "not_opened": ("bad_envelope", "key"),
    "too_long": ("bad_envelope", "length"),
    "text_too_long": ("bad_envelope", "length"),
    "bad_content": ("bad_envelope", "content"),
    "bad_characters": ("bad_value", "bad_characters"),
    "blank": ("bad_value", "blank"),
}
"""The refusal that the bureau receives, by the code of `BadEnvelope`."""


def record_of(faulty: Faulty, *, letter: str) -> Record:
    """Return the faulty record as one that `letter` can refuse."""
    raw, action_id = faulty.raw, _action_id(faulty)
    code, detail = _refusal_of(faulty)
    data = BadAction(action_id=action_id, code=code, detail=detail, content=_content(raw))
    name = str(action_id or f"{raw.partition}-{raw.offset}")
    return Record(Envelope(name, data.type, "", letter, raw.appended_at, data), raw)


def _refusal_of(faulty: Faulty) -> tuple[ActionRefusal, str | None]:
    if faulty.code == "bad_envelope":
        return _ENVELOPE[faulty.detail]
    if faulty.detail == "too_large":
        return "too_large", None
    return "unreadable", faulty.detail


def _action_id(faulty: Faulty) -> UUID | None:
    """The action's id from the content, or from the header if the content is not a JSON object.

    A record that killed a process is not parsed again; only its header is read.
    """
    content = None if faulty.code == "poison" else _object(faulty.raw.value)
    action_id = content.get("action_id") if content is not None else _header(faulty.raw)
    return (
        UUID(action_id) if isinstance(action_id, str) and ACTION_ID.fullmatch(action_id) else None
    )


def _object(value: bytes) -> dict[str, Any] | None:
    """Parse the content as a JSON object, less strictly than for records that are applied."""
    try:
        parsed = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def _header(raw: Inbound) -> str:
    header: bytes | None = dict(raw.headers).get("ce_id")
    return (header or b"").decode("ascii", "replace")


def _content(raw: Inbound) -> str:
    """SHA-256 of the headers and value, so that a resend of the same record has the same digest."""
    headers = sorted(f"{name}={value!r}" for name, value in raw.headers)
    return sha256("\n".join(headers).encode() + b"\0" + raw.value).hexdigest()
