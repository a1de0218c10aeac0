"""Bureaus' actions that can't be read, in a shape in which their letters can refuse them."""

from __future__ import annotations

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
"""What a bureau's action is called, known or not: its id becomes a key inside documents."""
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
"""What a bureau is told, by the code of `BadEnvelope`."""


def record_of(faulty: Faulty, *, letter: str) -> Record:
    """The record as something that `letter` can refuse."""
    raw, action_id = faulty.raw, _action_id(faulty)
    code, detail = _told(faulty)
    data = BadAction(action_id=action_id, code=code, detail=detail, content=_content(raw))
    name = str(action_id or f"{raw.partition}-{raw.offset}")
    return Record(Envelope(name, data.type, "", letter, raw.appended_at, data), raw)


def _told(faulty: Faulty) -> tuple[ActionRefusal, str | None]:
    if faulty.code == "bad_envelope":
        return _ENVELOPE[faulty.detail]
    if faulty.detail == "too_large":
        return "too_large", None
    return "unreadable", faulty.detail


def _action_id(faulty: Faulty) -> UUID | None:
    """The id in the content; in the header where the content is no JSON object.

    What killed a process is not read again: its header must do.
    """
    said = None if faulty.code == "poison" else _object(faulty.raw.value)
    given = said.get("action_id") if said is not None else _header(faulty.raw)
    return UUID(given) if isinstance(given, str) and ACTION_ID.fullmatch(given) else None


def _object(value: bytes) -> dict[str, Any] | None:
    """The content, if it can be read at all; not as strictly as what is applied."""
    try:
        said = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _header(raw: Inbound) -> str:
    said: bytes | None = dict(raw.headers).get("ce_id")
    return (said or b"").decode("ascii", "replace")


def _content(raw: Inbound) -> str:
    """The same for the same record, however often it is sent."""
    headers = sorted(f"{name}={value!r}" for name, value in raw.headers)
    return sha256("\n".join(headers).encode() + b"\0" + raw.value).hexdigest()
