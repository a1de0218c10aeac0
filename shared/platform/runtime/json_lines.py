"""JSON objects on input lines of a command; faults name fields.

Fault sentences name our own fields and never repeat content of the line.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationError
from pydantic_core import PydanticCustomError

LONGEST: Final = 2**20
"""Maximum bytes of a line."""
NO_OBJECT: Final = "the line: a JSON object in UTF-8 is needed"
_HALVES: Final = re.compile("[\ud800-\udfff]")
"""Lone surrogates, which JSON can express and no file can hold."""


class BadLine(Exception):
    """A line that can't be answered: a sentence for each fault, naming the field, no value."""

    def __init__(self, *faults: str) -> None:
        super().__init__(*faults)
        self.faults = faults


class JsonLine(BaseModel):
    """Base of what a line must hold; unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", hide_input_in_errors=True)


LineT = TypeVar("LineT", bound=JsonLine)


def _id(value: object) -> str | int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value and not _HALVES.search(value):
        return value
    raise PydanticCustomError("id", "a text or a whole number is needed")


Id = Annotated[str | int, PlainValidator(_id)]
"""The author's own id of a line, returned unchanged."""


def object_on(line: bytes, *, fields: Collection[str]) -> Mapping[str, Any]:
    """The object on a line. Raises: BadLine, also if a field occurs twice.

    `fields`: our field names, which a fault may repeat.
    """

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        if twice := [name for number, name in enumerate(names) if name in names[:number]]:
            raise BadLine(f"{twice[0] if twice[0] in fields else 'a field'}: stands twice")
        return dict(pairs)

    if len(line) > LONGEST:
        raise BadLine(f"the line: it has more than {LONGEST} bytes")
    try:
        parsed = json.loads(line.decode("utf-8"), object_pairs_hook=once, parse_constant=_refused)
    except BadLine:
        raise
    except (ValueError, RecursionError):
        raise BadLine(NO_OBJECT) from None
    if not isinstance(parsed, dict):
        raise BadLine(NO_OBJECT)
    return parsed


def checked(content: Mapping[str, Any], kind: type[LineT]) -> LineT:
    """Validate the object as a `kind`. Raises: BadLine, with all its faults."""
    try:
        return kind.model_validate(content)
    except ValidationError as invalid:
        raise BadLine(*dict.fromkeys(_sentences(invalid))) from None


def _refused(constant: str) -> float:
    raise ValueError(constant)


def _sentences(invalid: ValidationError) -> Iterator[str]:
    for error in invalid.errors(include_url=False, include_context=False, include_input=False):
        message = "it is missing" if error["type"] == "missing" else error["msg"]
        yield f"{_field(error['loc'])}: {message[:1].lower()}{message[1:]}"


def _field(place: tuple[int | str, ...]) -> str:
    """Format as `limit.amount` or `paused[1]`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)[1:]
