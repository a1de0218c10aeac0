"""Lenient reading of an invalid request, as far as triage needs it.

Handles truncated bytes, broken JSON and forms; bounded in characters and strings.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, get_args
from urllib.parse import unquote_plus

from shared.contracts.slugs import BUREAUS, Bureau
from shared.contracts.text import neutralised
from shared.contracts.vocabulary import Language
from shared.contracts.words import MAX_BODY, MAX_SUBJECT

MAX_STRINGS: Final = 500
"""Strings that are read from one request, including keys."""
BODIES: Final = frozenset({"body", "text", "comment"})
"""Fields of our bodies that hold words of a writer, besides `subject`."""

_STRING: Final = re.compile(r'"((?:[^"\\]|\\.)*+)(?:"\s*+(:)?|\\?$)', re.DOTALL)
_CUT_ESCAPE: Final = re.compile(r"\\u[0-9a-fA-F]{0,3}$")
_CODE: Final = re.compile(r"[\w.:+/@-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class RequestText:
    """What could be read; empty if nothing could."""

    subject: str = field(default="", repr=False)
    body: str = field(default="", repr=False)
    city: Bureau | None = None
    lang: Language = "zh"
    phone: str | None = field(default=None, repr=False)

    @property
    def pieces(self) -> tuple[str, ...]:
        """The body; its beginning and end, if it is longer than a letter may be."""
        if len(self.body) <= MAX_BODY:
            return (self.body,)
        return self.body[:MAX_BODY], self.body[-MAX_BODY:]


def text_of_request(content: bytes) -> RequestText:
    """Subject, words and place in the body of a request, valid or not.

    Words are the fields that hold them in a valid request, and any other string with a blank or a
    character beyond ASCII. Without any such string, the whole content is taken as words.
    """
    text = content.decode("utf-8", "replace")
    found = list(_strings(text))
    named = dict(found)
    subject = neutralised(named.get("subject", ""))[:MAX_SUBJECT]
    words = [
        value
        for name, value in found
        if name in BODIES or (name != "subject" and not _CODE.fullmatch(value))
    ]
    if not words and not subject:
        words = [unquote_plus(text)]
    return RequestText(
        subject,
        neutralised("\n".join(words)),
        city=next((slug for slug in BUREAUS if slug == named.get("city")), None),
        lang=next((lang for lang in get_args(Language) if lang == named.get("lang")), "zh"),
        phone=named.get("phone"),
    )


def _strings(text: str) -> Iterator[tuple[str, str]]:
    """Each string value in a JSON text with the key before it."""
    key = ""
    for token in islice(_STRING.finditer(text), MAX_STRINGS):
        value = _unescaped(token[1])
        if token[2]:
            key = value
        else:
            yield key, value


def _unescaped(inside: str) -> str:
    try:
        value: str = json.loads(f'"{_CUT_ESCAPE.sub("", inside)}"', strict=False)
    except ValueError:
        return inside
    return value
