"""Forms: parsing within bounds, and validation by the models of the API.

Values are never logged or shown in a `repr`: they are what people wrote.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Final, Literal, TypeVar, get_args, get_origin
from urllib.parse import parse_qsl

from fastapi import Request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shared.kernel.errors import BadValue, NotAllowed
from shared.platform.http.identity import check_same_site
from shared.web.language import N_, Message
from shared.web.rendering import session_in

MOST_FIELDS: Final = 300
LONGEST_NAME: Final = 80
CSRF: Final = "csrf"

ModelT = TypeVar("ModelT", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class FormFields:
    """The fields of a form, in order; a name may come several times."""

    _values: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    def get(self, name: str, default: str = "") -> str:
        """The first value of a field."""
        return self._values.get(name, (default,))[0]

    def all(self, name: str) -> tuple[str, ...]:
        """All values of a field."""
        return self._values.get(name, ())

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    @classmethod
    def of(cls, **values: str | tuple[str, ...]) -> FormFields:
        """Fields from values of ours, such as those of a stored draft."""
        return cls({name: (it,) if isinstance(it, str) else it for name, it in values.items()})


async def fields_of(request: Request) -> FormFields:
    """The fields of a form that one of our pages sent.

    Raises: BadValue for a form that no page sends; NotAllowed for another site or a wrong token.
    """
    check_same_site(request)
    fields = parse_form(await request.body())
    session = session_in(request)
    given = fields.get(CSRF).encode()
    if session is not None and not hmac.compare_digest(given, session.csrf.encode()):
        raise NotAllowed("the form's token is not the session's")
    return fields


def read_form(model: type[ModelT], fields: FormFields) -> tuple[ModelT | None, dict[str, str]]:
    """The model of the fields, or a message for each field that is not valid.

    Dots lead into models and rows: `place.city`, `commitments.0.text`. An empty field counts as
    not given, an empty row as none. Fields that the model doesn't know are left out.
    """
    reading = _Reading(fields)
    given = reading.values(model)
    try:
        made = model.model_validate(given)
    except ValidationError as invalid:
        for error in invalid.errors(include_url=False, include_input=False):
            reading.add(error)
        return None, reading.errors
    return (None, reading.errors) if reading.errors else (made, {})


class _Reading:
    """Reads the fields of one form, and collects messages by name."""

    def __init__(self, fields: FormFields) -> None:
        self.errors: dict[str, str] = {}
        self._fields = fields
        self._names: dict[tuple[int | str, ...], str] = {}

    def values(
        self, model: type[BaseModel], place: tuple[int | str, ...] = (), name: str = ""
    ) -> dict[str, Any]:
        """What the model may be made of; `place` as in pydantic's errors, `name` as in the form."""
        found: dict[str, Any] = {}
        for key, info in model.model_fields.items():
            shown = info.alias or key
            value = self._value(info.annotation, (*place, shown), f"{name}{shown}")
            if value is not None:
                found[shown] = value
        return found

    def add(self, error: ErrorDetails) -> None:
        """Add a message at its field, or at "" for a rule over several fields."""
        place = error["loc"]
        while place and place not in self._names:
            place = place[:-1]
        self.errors.setdefault(self._names.get(place, ""), _message(error))

    def _value(self, annotation: Any, place: tuple[int | str, ...], name: str) -> Any:
        kinds = set(_kinds(annotation))
        inner = next((each for each in kinds if issubclass(each, BaseModel)), None)
        is_many = bool(kinds & _MANY)
        if inner is not None:
            row = ".0" if is_many else ""
            self._names[place] = f"{name}{row}.{next(iter(inner.model_fields))}"
            many = self._rows(inner, place, name) if is_many else None
            return many or (None if is_many else self.values(inner, place, f"{name}.") or None)
        self._names[place] = name
        values = [value for value in self._fields.all(name) if value.strip()]
        if len(values) > 1 and not is_many:
            self.errors[name] = N_("Give one answer only")
        converted = [self._converted(value, kinds, name) for value in values]
        return (converted or None) if is_many else next(iter(converted), None)

    def _rows(
        self, model: type[BaseModel], place: tuple[int | str, ...], name: str
    ) -> list[dict[str, Any]]:
        numbers = {
            int(rest.partition(".")[0])
            for rest in (each.removeprefix(f"{name}.") for each in self._fields)
            if re.match(r"\d{1,3}\.", rest, re.ASCII)
        }
        rows: list[dict[str, Any]] = []
        for number in sorted(numbers):
            if row := self.values(model, (*place, len(rows)), f"{name}.{number}."):
                rows.append(row)
        return rows

    def _converted(self, value: str, kinds: set[type], name: str) -> Any:
        """The value of strict fields, which take no text."""
        for kind, (convert, message) in _CONVERSIONS.items():
            if kind in kinds:
                try:
                    return convert(value.strip())
                except (KeyError, ValueError):
                    self.errors.setdefault(name, message)
                    return None
        return value


_MANY: Final = {list, tuple, set, frozenset}
_YES_OR_NO: Final = {"true": True, "yes": True, "on": True, "false": False, "no": False}


def _whole(value: str) -> int:
    if not re.fullmatch(r"-?\d{1,16}", value, re.ASCII):
        raise ValueError("not a whole number")
    return int(value)


def _date(value: str) -> date:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        raise ValueError("not a date")
    return date.fromisoformat(value)


_CONVERSIONS: Final[Mapping[type, tuple[Callable[[str], Any], Message]]] = {
    bool: (_YES_OR_NO.__getitem__, N_("Choose yes or no")),
    int: (_whole, N_("Give a whole number")),
    date: (_date, N_("Give a date such as 2026-12-31")),
}


def _kinds(annotation: Any) -> Iterator[type]:
    """The types in an annotation, without what qualifies them."""
    origin = get_origin(annotation)
    if origin is Literal:
        return
    if isinstance(annotation, type) and origin is None:
        yield annotation
    if origin in _MANY:
        yield origin
    arguments = get_args(annotation)
    for each in arguments[:1] if origin is Annotated else arguments:
        yield from _kinds(each)


def parse_form(body: bytes) -> FormFields:
    """The fields of a URL-encoded form. Raises: BadValue for a form that no page sends."""
    try:
        given = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise BadValue("form") from None
    values: dict[str, tuple[str, ...]] = {}
    for name, value in given:
        if "\0" in value or not name.isprintable() or len(name) > LONGEST_NAME:
            raise BadValue("form")
        lines = value.replace("\r\n", "\n").replace("\r", "\n")
        values[name] = (*values.get(name, ()), lines)
    return FormFields(values)


_MESSAGES: Mapping[str, str] = {
    "missing": N_("Fill this in"),
    "blank": N_("Fill this in"),
    "bad_characters": N_("Remove characters that can’t be shown"),
    "literal_error": N_("Choose one of the answers"),
    "string_too_long": N_("Shorten this to %(max_length)s characters"),
    "string_too_short": N_("Write at least %(min_length)s characters"),
    "string_pattern_mismatch": N_("Check this: it isn’t in the expected form"),
    "greater_than_equal": N_("Give a number of at least %(ge)s"),
    "less_than_equal": N_("Give a number of at most %(le)s"),
    "too_long": N_("Choose fewer"),
    "too_short": N_("Choose at least one"),
}
_INVALID = N_("This is not valid")


def _message(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    kind = error["type"]
    if kind == "string_too_short" and context.get("min_length") == 1:
        kind = "missing"
    text = _MESSAGES.get(kind, _INVALID)
    values = {name: value for name, value in context.items() if f"%({name})s" in text}
    return Message(text, **values)
