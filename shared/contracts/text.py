"""The rule for characters in texts, shared by HTTP, Kafka and everything that is shown.

A text has visible characters, and no controls, no direction overrides, no lone surrogates and no
stacks of combining marks.
"""

import re
import unicodedata
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from pydantic import GetCoreSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from shared.contracts.combining_marks import cap_marks, has_too_many_marks

TextFault: TypeAlias = Literal["bad_characters", "blank"]

_FORBIDDEN = re.compile(
    "["
    "\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f"  # controls, apart from tab and line feed
    "\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069"  # change the direction of writing
    "\\ud800-\\udfff"  # lone surrogates
    "]"
)
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols that are invisible, although they are not spaces."""
_SAID: dict[TextFault, str] = {
    "bad_characters": "holds characters that may not be there",
    "blank": "shows nothing",
}


@dataclass(frozen=True, slots=True)
class Text:
    """The length in code points, both ends inclusive; write `Annotated[str, Text(1, 200)]`."""

    at_least: int
    at_most: int

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        if source is not str:
            raise TypeError("Text is for str")
        return core_schema.no_info_after_validator_function(
            readable,
            core_schema.str_schema(strict=True, min_length=self.at_least, max_length=self.at_most),
        )


def fault_of(text: str) -> TextFault | None:
    """What is wrong with the text; None if nothing is."""
    if _FORBIDDEN.search(text) or has_too_many_marks(text):
        return "bad_characters"
    return "blank" if text and not any(map(_is_visible, text)) else None


def neutralised(text: str) -> str:
    """Replace forbidden characters by a mark, and carriage returns by a blank.

    A zero-width space replaces each excess combining mark. The length stays the same, so that
    positions in the text do.
    """
    marked = _FORBIDDEN.sub(lambda found: " " if found[0] == "\r" else "\ufffd", text)
    return cap_marks(marked, filler="\u200b")


def readable(text: str) -> str:
    """Return the text. Raises: PydanticCustomError, if it breaks the rule."""
    fault = fault_of(text)
    if fault is not None:
        raise PydanticCustomError(fault, "{said}", {"said": _SAID[fault]})
    return text


NEW = MappingProxyType({"is_new": True})
"""Context of words from outside: their texts must satisfy the whole rule."""
CAME_BEFORE = MappingProxyType({"came_before": True})
"""Context of words accepted earlier: their texts are neutralised instead of refused."""


def readable_or_kept(text: str, info: ValidationInfo) -> str:
    """Check the text by its context; without one it is made in this process, and may be blank.

    Raises: PydanticCustomError, if it breaks the rule and was not accepted earlier.
    """
    if info.context is NEW:
        return readable(text)
    if info.context:
        return neutralised(text)
    return text if fault_of(text) != "bad_characters" else readable(text)


def _is_visible(character: str) -> bool:
    return unicodedata.category(character)[0] not in "ZC" and character not in _BLANK_LETTERS
