"""What stands on a line that somebody gave a command? One JSON object, faults named by field.

Sentences name fields of ours and never repeat what the line holds.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationError
from pydantic_core import PydanticCustomError

LONGEST: Final = 2**20
"""Most bytes of a line."""
NO_OBJECT: Final = "the line: a JSON object in UTF-8 is needed"
_HALVES: Final = re.compile("[\ud800-\udfff]")
"""Halves of characters, which JSON can name and no file can hold."""


class BadLine(Exception):
    """A line that can't be answered: a sentence for each fault, naming the field, no value."""

    def __init__(self, *faults: str) -> None:
        super().__init__(*faults)
        self.faults = faults


class Line(BaseModel):
    """What a line must hold; fields that we don't know are left alone."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", hide_input_in_errors=True)


LineT = TypeVar("LineT", bound=Line)


def _id(value: object) -> str | int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value and not _HALVES.search(value):
        return value
    raise PydanticCustomError("id", "a text or a whole number is needed")


Id = Annotated[str | int, PlainValidator(_id)]
"""Whatever its author knows a line by; it is given back as it is."""


def object_on(line: bytes, *, fields: Collection[str]) -> Mapping[str, Any]:
    """The object on a line. Raises: BadLine, also when a field stands twice.

    `fields`: the names of ours, which a fault may repeat.
    """

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        if twice := [name for number, name in enumerate(names) if name in names[:number]]:
            raise BadLine(f"{twice[0] if twice[0] in fields else 'a field'}: stands twice")
        return dict(pairs)

    if len(line) > LONGEST:
        raise BadLine(f"the line: it has more than {LONGEST} bytes")
    try:
        said = json.loads(line.decode("utf-8"), object_pairs_hook=once, parse_constant=_refused)
    except BadLine:
        raise
    except (ValueError, RecursionError):
        raise BadLine(NO_OBJECT) from None
    if not isinstance(said, dict):
        raise BadLine(NO_OBJECT)
    return said


def checked(said: Mapping[str, Any], kind: type[LineT]) -> LineT:
    """The object as what it must be. Raises: BadLine, with all its faults."""
    try:
        return kind.model_validate(said)
    except ValidationError as invalid:
        raise BadLine(*dict.fromkeys(_sentences(invalid))) from None


def _refused(constant: str) -> float:
    raise ValueError(constant)


def _sentences(invalid: ValidationError) -> Iterator[str]:
    for error in invalid.errors(include_url=False, include_context=False, include_input=False):
        said = "it is missing" if error["type"] == "missing" else error["msg"]
        yield f"{_field(error['loc'])}: {said[:1].lower()}{said[1:]}"


def _field(place: tuple[int | str, ...]) -> str:
    """`limit.amount`, `paused[1]`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)[1:]
