"""Hostile input, and every place of intake and router where it can be put."""

from collections.abc import Iterator, Mapping
from typing import Any

MARKER = "seeded-secret-7391"
"""Stands in values and names that must not come back."""

OPERATORS: tuple[Any, ...] = ({"$gt": ""}, {"$ne": None}, {"$where": MARKER}, [{"$gt": ""}])
TRICKS: tuple[str, ...] = (
    f"\u0000{MARKER}",
    f"{MARKER}\u0008",
    f"{MARKER}\u001b[31m",
    f"{MARKER}\u007f",
    f"{MARKER}\u0085",
    f"{MARKER}\u202e",
    f"{MARKER}\u2066x\u2069",
    f"{MARKER}\u200f",
    f"{MARKER}\ud800",
    f"\udc00{MARKER}",
)
BLANKS: tuple[str, ...] = ("", " ", "\t\n", "\u3000", "\u200b", "\u2800\u3164", "\ufeff")
WRONG_TYPES: tuple[Any, ...] = (7, 1.5, True, [MARKER], {MARKER: MARKER})

TEXTS: Mapping[str, int] = {"subject": 200, "body": 10_000, "place.detail": 200, "address": 300}
"""Fields of a letter that hold text, and the most characters of each."""
CODES = (
    "category",
    "place.city",
    "place.district",
    "addressed_to",
    "lang",
    "channel",
    "notice_version",
    "contact.phone",
    "contact.email",
    "contact.wechat",
)
"""Fields of a letter that hold something of a known form."""
NEEDED = {"subject", "body", "category"}
FLAGS = ("consent_to_publish",)
GROUPS = ("place", "contact")
FIELDS = (*TEXTS, *CODES, *FLAGS, *GROUPS)


def put(content: dict[str, Any], field: str, *, value: Any) -> dict[str, Any]:
    """`content` with `value` at a dotted place."""
    outer, _, inner = field.partition(".")
    if not inner:
        return content | {outer: value}
    group = content.get(outer)
    return content | {outer: {**(group if isinstance(group, dict) else {}), inner: value}}


def bad_values() -> Iterator[tuple[str, Any]]:
    """Invalid values of each field, numbers and flags as text among them."""
    for field in FIELDS:
        for value in (*OPERATORS, *WRONG_TYPES):
            fits = (field in FLAGS and value is True) or (
                field in GROUPS and isinstance(value, dict) and not value
            )
            if not fits:
                yield field, value
    for field in (*TEXTS, *CODES):
        for value in (*TRICKS, *BLANKS, MARKER * 2_000):
            yield field, value
    for field, most in TEXTS.items():
        yield field, "长" * (most + 1)
    for field in (*NEEDED, *FLAGS, *GROUPS, "lang", "channel", "notice_version"):
        yield field, None
    yield from _near_misses()


def _near_misses() -> Iterator[tuple[str, Any]]:
    yield from (("place.city", name) for name in ("hongkong", "Guangzhou", "triage", "guangzhou "))
    yield from (("category", name) for name in ("letter", "REPORT"))
    yield from (("place.district", code) for code in ("44010", "4401044", "４４０１０４", "44010x"))
    yield from (
        ("contact.phone", text) for text in ("1", "call me", "+", "1" * 40, "15400001111\n")
    )
    yield from (("contact.email", text) for text in ("a@", "@b", "a b@c", "a@b@c", "a@b\u202e"))
    yield from (("contact.wechat", text) for text in ("abc", "1abcdef", "abcdef!", "微信号码很长"))
    yield from (("consent_to_publish", text) for text in ("true", "yes", 1, 0))


RAW: Mapping[str, bytes] = {
    "not json": b"subject=" + MARKER.encode(),
    "half a document": b'{"subject": "' + MARKER.encode(),
    "two documents": b'{}{"a": 1}',
    "not utf-8": b'{"subject": "\xff\xfe' + MARKER.encode() + b'"}',
    "utf-16": ('{"subject": "' + MARKER + '"}').encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"subject": "' + MARKER.encode() + b'"}',
    "not a number": b'{"subject": NaN}',
    "infinity": b'{"score": Infinity, "solved": true}',
    "minus infinity": b'{"score": -Infinity}',
    "too great a number": b'{"score": 1e999}',
    "a raw control": b'{"subject": "\x00"}',
    "a raw line feed": b'{"subject": "a\nb"}',
    "deep lists": b"[" * 100_000,
    "deep and closed lists": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 40_000,
    "deep lists with half a character": b'["\\ud800",' * 20_000,
    "single quotes": b"{'subject': 'x'}",
    "a comment": b'{"subject": "x" /* y */}',
    "a comma too many": b'{"subject": "x",}',
}
"""Bodies that are no JSON of ours: each is 400."""

DEEP_BUT_JSON = {depth: b"[" * depth + b"]" * depth for depth in (100, 900, 980, 1_000, 1_024)}
WRONG_SHAPES: tuple[Any, ...] = ([], "text", 7, None, True, [{"subject": "x"}])

CONTENT_TYPES = (
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json; charset=gbk",
    "application/jsonp",
    "text/json",
    "",
    MARKER,
)
BAD_KEYS = (
    "short",
    "",
    "x" * 201,
    "has blank in it",
    "has$dollar-in-it",
    "a/b/c/d/e/f/g",
    f"{MARKER}\u00e9",
    '""""""""""',
)
BAD_NUMBERS = (
    "x",
    MARKER,
    "GD-0000-0000-0000-0000-1",
    "GD-0000-0000-0000-0000-0%20OR%201=1",
    "%00",
    "%FF%FE",
    "%E2%80%AE",
    "..%2f..%2fmetrics",
    "$gt",
    "[$ne]=x",
    "%7B%22$gt%22:%22%22%7D",
    "9" * 5_000,
    "letters",
)
NO_INSTANTS = (
    "20261399T250000.000000Z~GD-0",
    "00000000T000000.000000Z~GD-0",
    "20261124T240000.000000Z~GD-0",
)
"""Places in a list that look right, at instants that never are."""
FAR_PLACES = ("00010101T000000.000000Z~A", "99991231T235959.999999Z~Z")
BAD_PLACES = (
    "20261124T040000.000000Z~gd-0",
    "20261124T040000Z~GD-0",
    MARKER,
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "2026-11-24",
    "2026-11-24T04:00:00",
    "1e999",
    "NaN",
    "-1e30",
    "",
    "{$gt:1}",
)
