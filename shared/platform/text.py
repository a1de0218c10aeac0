"""What may people type? Text that is not blank, without controls or tricks of direction."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from shared.contracts.combining_marks import cap_marks, has_too_many_marks

_FORBIDDEN = re.compile(
    "["
    "\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f"  # controls, apart from tab and line feed
    "\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069"  # turn the direction of writing
    "\\ud800-\\udfff"  # halves of a character
    "]"
)
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols that show nothing, although they are no spaces."""


@dataclass(frozen=True, slots=True)
class Text:
    """Of so many code points, both ends included; write `Annotated[str, Text(1, 200)]`."""

    at_least: int
    at_most: int

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        if source is not str:
            raise TypeError("Text is for str")
        return core_schema.no_info_after_validator_function(
            _readable,
            core_schema.str_schema(strict=True, min_length=self.at_least, max_length=self.at_most),
        )


def is_blank(text: str) -> bool:
    """Whether `text` shows nothing."""
    return not any(_is_visible(character) for character in text)


def neutralise(text: str) -> str:
    """`text` with each character that may not be there replaced by U+FFFD, and marks capped."""
    return cap_marks(_FORBIDDEN.sub("\ufffd", text))


def _readable(text: str) -> str:
    if _FORBIDDEN.search(text):
        raise PydanticCustomError("bad_characters", "holds characters that may not be there")
    if has_too_many_marks(text):
        raise PydanticCustomError("too_many_marks", "has too many combining marks on a character")
    if text and is_blank(text):
        raise PydanticCustomError("blank", "shows nothing")
    return text


def _is_visible(character: str) -> bool:
    return unicodedata.category(character)[0] not in "ZC" and character not in _BLANK_LETTERS
