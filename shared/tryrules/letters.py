"""One letter per line of the operator's file, validated; faults name fields."""

from hashlib import blake2b
from typing import Annotated, Final

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from shared.contracts.text import Text
from shared.contracts.words import MAX_BODY, MAX_SUBJECT
from shared.platform.runtime.json_lines import BadLine, Id, JsonLine, checked, object_on

LONGEST_ID: Final = 200
"""Characters, or digits."""


def _short(value: str | int) -> str | int:
    if len(value if isinstance(value, str) else f"{value}") > LONGEST_ID:
        raise PydanticCustomError("id", "it is too long")
    return value


class TrialLetter(JsonLine):
    """A letter to try; its words are limited as at intake."""

    id: Annotated[Id, AfterValidator(_short)]
    subject: Annotated[str, Text(1, MAX_SUBJECT)] = Field(repr=False)
    body: Annotated[str, Text(1, MAX_BODY)] = Field(repr=False)


def letter_on(line: bytes) -> TrialLetter:
    """The letter on a line. Raises: BadLine."""
    return checked(object_on(line, fields=TrialLetter.model_fields), TrialLetter)


class Ids:
    """The ids of a file as digests of 16 bytes, so that memory per letter is small."""

    def __init__(self) -> None:
        self._seen: set[bytes] = set()

    def once(self, letter: TrialLetter) -> TrialLetter:
        """The same letter. Raises: BadLine, if an earlier line has its id."""
        digest = blake2b(f"{type(letter.id).__name__}:{letter.id}".encode(), digest_size=16)
        if digest.digest() in self._seen:
            raise BadLine("id: an earlier line has it")
        self._seen.add(digest.digest())
        return letter
