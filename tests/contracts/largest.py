"""The largest events: every list full, every code as long as it may be, and the longest words.

Words are as long as the doors admit. Intake and the router count characters, and both refuse
words of more than `LARGEST_WORDS` bytes where they are sealed for two readers.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from types import MappingProxyType
from typing import Any

from hypothesis import strategies as st

from services.intake.domain.publication_copy import BYTES_OF_A_MARK
from shared.contracts.bureau_v1 import LetterShown
from shared.contracts.event import Event, Fact, kind_of_words
from shared.contracts.submitted_v1 import PublicationCopied
from shared.contracts.text import fault_of
from shared.contracts.words import (
    LARGEST_WORDS,
    MAX_BODY,
    MAX_NOTE,
    MAX_REPLY,
    MAX_SUBJECT,
    MOST_SPANS,
    Clear,
    Comment,
    Contact,
    Conversation,
    Identity,
    LetterText,
    Note,
    PublicText,
    Reason,
    ReplyText,
    Span,
    Turn,
    WriterText,
)

AT = datetime(2026, 11, 24, 1, 12, 7, 123456, tzinfo=UTC)
LONGEST: Mapping[str, str] = MappingProxyType(
    {
        r"^[a-z0-9][a-z0-9_.:\-]{0,63}$": "c" * 64,
        r"^[A-Za-z0-9][A-Za-z0-9_.:\-]{0,63}$": "I" * 64,
        r"^[A-Za-z0-9][A-Za-z0-9_.\-]{0,31}$": "v" * 32,
        r"^[0-9a-f]{64}$": "f" * 64,
        r"^[A-Za-z0-9_\-]{43}$": "x" * 43,
        r"^[0-9]{6}$": "4" * 6,
        r"^[0-9]{4}-(0[1-9]|1[0-2])$": "2026-12",
        r"^[a-z]+/[a-z0-9][a-z0-9.+\-]{0,99}$": "application/" + "m" * 100,
        r"^/[A-Za-z0-9/_\-]{1,127}$": "/" + "p" * 127,
        r"^[a-z]{1,16}(:[a-z]{1,16})?$": "bureau:" + "g" * 16,
        r"^gd\.mailbox\.[a-z_.]{1,80}\.v[0-9]{1,3}$": f"gd.mailbox.{'t' * 80}.v999",
        r"^[a-z]+(\.[a-z]+){1,2}$": f"bureau.{'g' * 49}.letters",
    }
)
"""Pattern of a field → a longest value of it."""
RECEIPT_DAYS = 30
"""Days of each receipt of a letter's 18 clocks: 540 in all, where the policies give 430."""
CHANGES, LEVELS = 8, 6
"""Clocks that one fact with words changes, and levels of each, at most by the policies."""
MOST_BYTES_BESIDE_MARKS = LARGEST_WORDS - 1_000 * BYTES_OF_A_MARK
FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "date": "2026-11-24",
        "date-time": AT.isoformat().replace("+00:00", "Z"),
        "uuid": "6c0c1a5e-6f0e-4a52-9a7e-2f4c1d0f7a11",
    }
)
NASTY = ('"', "\\", "\n", "\t", "\u2028", "办", "\U0001f694")
FILLS = st.text(
    st.one_of(st.sampled_from(NASTY), st.characters(exclude_categories=["Cs"])),
    min_size=1,
    max_size=4,
).filter(lambda fill: fault_of(fill * 9) is None)
"""Pieces of text that are long in JSON, and that requests may contain."""


def largest(kind: type[Event], fill: str) -> Event:
    """The largest event of that type; its words are made of `fill`, and still clear."""
    return _wordless(kind).map_words(lambda field, _: _words(kind, field, fill))


@cache
def _wordless(kind: type[Event]) -> Event:
    schema = kind.model_json_schema()
    data = _widest(schema, schema.get("$defs", {}))
    if issubclass(kind, Fact):
        changes = data["clocks"][:CHANGES]
        data["clocks"] = [one | {"levels": one["levels"][:LEVELS]} for one in changes]
    if issubclass(kind, LetterShown):
        for due in data["dues"]:
            due["receipt"]["days"] = due["receipt"]["days"][:RECEIPT_DAYS]
    if kind is PublicationCopied:
        data["spans"] = [one | {"start": 28_000, "end": 28_000} for one in data["spans"]]
    return kind.model_validate_json(json.dumps(data))


def text_of(fill: str, most: int, *, most_bytes: int = LARGEST_WORDS) -> str:
    """Repeat `fill` up to that many characters and bytes of JSON."""
    size = len(json.dumps(fill, ensure_ascii=False).encode()) - 2
    return (fill * most)[: min(most, most_bytes // size * len(fill))]


def _words(kind: type[Event], field: str, fill: str) -> Clear:
    words = kind_of_words(kind, field)
    if field == "commitments.words":
        most = LARGEST_WORDS // 10 - 20
        return Note(text=text_of(fill, MAX_NOTE, most_bytes=most))
    made: Clear = _MAKERS[words](fill)
    return made


def _typed(fill: str) -> str:
    """What of it a writer can send."""
    return "".join(one for one in fill if one.isprintable() or one in "\n\t") or '"'


def _letter(fill: str) -> LetterText:
    fill = _typed(fill)
    return LetterText(
        subject=text_of(fill, MAX_SUBJECT),
        body=text_of(fill, MAX_BODY),
        own_spans=_spans(MAX_BODY),
        subject_spans=_spans(MAX_SUBJECT)[: MAX_SUBJECT // 2],
        place_detail=text_of(fill, 200),
    )


def _copy(fill: str) -> PublicText:
    title, half = text_of(fill, MAX_SUBJECT), MOST_BYTES_BESIDE_MARKS // 2 - 1_000
    return PublicText(
        title=title,
        text=text_of(fill, MAX_BODY, most_bytes=half),
        reply=text_of(fill, MAX_REPLY, most_bytes=half),
    )


def _conversation(fill: str) -> Conversation:
    text = text_of(fill, MAX_REPLY, most_bytes=LARGEST_WORDS - 200)
    return Conversation(turns=(Turn(at=AT, who="writer", text=text),), left_out=49)


_MAKERS: Mapping[type[Clear], Any] = MappingProxyType(
    {
        LetterText: _letter,
        Contact: lambda fill: Contact(
            phone="+" * 32, email=text_of(fill, 254), wechat=text_of(fill, 64)
        ),
        Identity: lambda fill: Identity(
            name=text_of(fill, 100),
            id_number=text_of(fill, 32),
            phone=text_of(fill, 32),
            address=text_of(fill, 300),
        ),
        Comment: lambda fill: Comment(text=text_of(_typed(fill), 1_000), own_spans=_spans(1_000)),
        WriterText: lambda fill: WriterText(
            text=text_of(_typed(fill), MAX_NOTE), own_spans=_spans(MAX_NOTE)
        ),
        ReplyText: lambda fill: ReplyText(
            text=text_of(fill, MAX_REPLY, most_bytes=LARGEST_WORDS - 20)
        ),
        Note: lambda fill: Note(text=text_of(fill, MAX_NOTE)),
        Reason: lambda fill: Reason(text=text_of(fill, 1_000)),
        PublicText: _copy,
        Conversation: _conversation,
    }
)


def _spans(length: int) -> tuple[Span, ...]:
    """As many marks as possible, at the end, where their positions have most digits."""
    starts = range(max(0, length - 2 * MOST_SPANS), length, 2)
    return tuple(Span(start=one, end=one + 2, what="bank_card") for one in starts)


def _widest(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Any:
    """The JSON that takes most room of all that the schema allows; words are left out."""
    if "$ref" in schema:
        return _widest(defs[schema["$ref"].rpartition("/")[2]], defs)
    if "anyOf" in schema:
        return max((_widest(one, defs) for one in schema["anyOf"]), key=_size)
    if "enum" in schema or "const" in schema:
        return max(schema.get("enum") or [schema["const"]], key=len)
    match schema["type"]:
        case "object":
            fields = schema.get("properties", {}).items()
            found = {name: _widest(field, defs) for name, field in fields}
            return found if fields else None
        case "array":
            return [_widest(schema["items"], defs)] * schema["maxItems"]
        case "string":
            return _string(schema)
        case kind:
            return {"boolean": False, "null": None, "number": 0.1234567890123456}.get(
                kind, schema.get("maximum")
            )


def _string(schema: Mapping[str, Any]) -> str:
    if "format" in schema:
        return FORMATS[schema["format"]]
    return LONGEST[schema["pattern"]] if "pattern" in schema else "\\" * schema["maxLength"]


def _size(value: Any) -> int:
    return len(json.dumps(value))
