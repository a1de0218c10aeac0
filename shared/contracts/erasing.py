"""What does an event lose when a letter's words, identity or files are erased? Pure.

An erased event keeps its id, its number and its facts. Envelopes become null, lists of files empty.
What needs no keys works on the bytes, so that fields of other versions stay as they are.
"""

import json
import re
from collections.abc import Collection
from functools import cache
from typing import Any, NamedTuple

from shared.contracts.catalogue import EVENTS
from shared.contracts.event import Event, kind_of_words, models_in
from shared.contracts.values import Attachment
from shared.contracts.vocabulary import Erasable
from shared.contracts.words import COMPACT_JWE, Contact, Identity

_JWE = re.compile(COMPACT_JWE)


class Loss(NamedTuple):
    """A field that an event may lose."""

    field: str
    """`words`, or `commitments.words` where each item of a list has its own."""
    what: Erasable
    """What must be erased for that."""


@cache
def losses(event: type[Event]) -> tuple[Loss, ...]:
    """All that events of that type can lose."""
    within = (f"{name}.{inner}" for name, (inner, _) in event.sealed_within.items())
    return (
        *(Loss(field, _sealed_as(event, field)) for field in (*event.sealed, *within)),
        *(Loss(name, "attachments") for name in event.model_fields if _holds_files(event, name)),
    )


def erased(value: bytes, event_type: str, *, what: Collection[Erasable]) -> bytes:
    """A record's value without that; the very same bytes when there is nothing to lose.

    Of a type that isn't known here nobody can tell whose words are whose: every envelope in it
    goes, whether words or identity are meant. What is no JSON object becomes empty.
    """
    if not what:
        return value
    try:
        said = json.loads(value)
    except ValueError:
        return b""
    if not isinstance(said, dict):
        return b""
    kind = EVENTS.get(event_type)
    bare = _without_envelopes(said, what) if kind is None else _without(said, kind, what)
    if bare == said:
        return value
    return json.dumps(bare, ensure_ascii=False, separators=(",", ":")).encode()


def _without(said: dict[str, Any], kind: type[Event], what: Collection[Erasable]) -> dict[str, Any]:
    bare = dict(said)
    for field, of in losses(kind):
        outer, _, inner = field.partition(".")
        if of not in what or not said.get(outer):
            continue
        if inner:
            bare[outer] = [_without_words(item, inner) for item in said[outer]]
        else:
            bare[outer] = [] if of == "attachments" else None
    return bare


def _without_words(item: Any, inner: str) -> Any:
    return {**item, inner: None} if isinstance(item, dict) and item.get(inner) else item


def _without_envelopes(said: Any, what: Collection[Erasable]) -> Any:
    """The same without anything sealed, however deep."""
    if not {"identity", "words"} & set(what):
        return said
    if isinstance(said, dict):
        if _is_sealed(said):
            return None
        return {name: _without_envelopes(value, what) for name, value in said.items()}
    return [_without_envelopes(one, what) for one in said] if isinstance(said, list) else said


def _is_sealed(said: dict[str, Any]) -> bool:
    return any(isinstance(one, str) and _JWE.fullmatch(one) for one in said.values())


def _sealed_as(event: type[Event], field: str) -> Erasable:
    return "identity" if issubclass(kind_of_words(event, field), Identity | Contact) else "words"


def _holds_files(event: type[Event], field: str) -> bool:
    return Attachment in models_in(event, field)
