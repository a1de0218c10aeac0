"""Forms: parsing within bounds, and validation by the models of the API.

Values are never logged or shown in a `repr`: they are what people wrote.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, get_args, get_origin
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

    A name with dots stands for a field of a model within. An empty field counts as not given.
    """
    errors: dict[str, str] = {}
    given: dict[str, Any] = {}
    for name in _names(model):
        values = [value for value in fields.all(name) if value.strip()]
        if len(values) > 1 and not _takes_many(model, name):
            errors[name] = N_("Give one answer only")
        elif values:
            _put(given, name, values if _takes_many(model, name) else values[0])
    try:
        made = model.model_validate_strings(given)
    except ValidationError as invalid:
        for error in invalid.errors(include_url=False, include_input=False):
            errors.setdefault(_place(model, error), _message(error))
        return None, errors
    return (None, errors) if errors else (made, {})


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


def _names(model: type[BaseModel]) -> Iterator[str]:
    """The names of a model's fields in forms."""
    for name, info in model.model_fields.items():
        shown = info.alias or name
        inner = _inner(info.annotation)
        if inner is None:
            yield shown
        else:
            yield from (f"{shown}.{each}" for each in _names(inner))


def _inner(annotation: Any) -> type[BaseModel] | None:
    """The model that a field holds, also if it may be missing."""
    for each in (annotation, *get_args(annotation)):
        if isinstance(each, type) and issubclass(each, BaseModel) and not _is_list(annotation):
            return each
    return None


def _is_list(annotation: Any) -> bool:
    return get_origin(annotation) in {list, tuple, set, frozenset}


def _takes_many(model: type[BaseModel], name: str) -> bool:
    first, _, rest = name.partition(".")
    info = next(info for key, info in model.model_fields.items() if first == (info.alias or key))
    inner = _inner(info.annotation)
    if rest and inner is not None:
        return _takes_many(inner, rest)
    return any(_is_list(each) for each in (info.annotation, *get_args(info.annotation)))


def _put(given: dict[str, Any], name: str, value: Any) -> None:
    *parts, last = name.split(".")
    for part in parts:
        given = given.setdefault(part, {})
    given[last] = value


def _place(model: type[BaseModel], error: ErrorDetails) -> str:
    """The form's name of the field; "" for a rule over several fields."""
    place = ".".join(part for part in error["loc"] if isinstance(part, str))
    names = list(_names(model))
    if place in names:
        return place
    return next((each for each in names if place and each.startswith(f"{place}.")), "")


_MESSAGES: Mapping[str, str] = {
    "missing": N_("Fill this in"),
    "blank": N_("Fill this in"),
    "bad_characters": N_("Remove characters that can’t be shown"),
    "literal_error": N_("Choose one of the answers"),
    "string_too_long": N_("Shorten this to %(max_length)s characters"),
    "string_too_short": N_("Write at least %(min_length)s characters"),
    "string_pattern_mismatch": N_("Check this: it isn’t in the expected form"),
    "bool_parsing": N_("Choose yes or no"),
    "int_parsing": N_("Give a whole number"),
    "greater_than_equal": N_("Give a number of at least %(ge)s"),
    "less_than_equal": N_("Give a number of at most %(le)s"),
    "date_parsing": N_("Give a date such as 2026-12-31"),
    "date_from_datetime_parsing": N_("Give a date such as 2026-12-31"),
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
