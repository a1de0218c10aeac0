"""Erasure from events: what they lose when a letter's words, identity or files are erased.

An erased event keeps its id, its number and its facts. Envelopes become null, lists of files empty.
It works on the bytes without keys, so that fields of other versions stay unchanged.
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
    """`words`, or `commitments.words` if each item of a list has its own."""
    what: Erasable
    """The kind of content that it belongs to."""


@cache
def losses(event: type[Event]) -> tuple[Loss, ...]:
    """All fields that events of that type can lose."""
    within = (f"{name}.{inner}" for name, (inner, _) in event.sealed_within.items())
    return (
        *(Loss(field, _sealed_as(event, field)) for field in (*event.sealed, *within)),
        *(Loss(name, "attachments") for name in event.model_fields if _holds_files(event, name)),
    )


def erased(value: bytes, event_type: str, *, what: Collection[Erasable]) -> bytes:
    """Remove erased content from a record's value; the same bytes if there is nothing to remove.

    In an unknown type nobody can tell words from identity: all envelopes are removed in either
    case. What is not a JSON object becomes empty.
    """
    if not what:
        return value
    try:
        content = json.loads(value)
    except ValueError:
        return b""
    if not isinstance(content, dict):
        return b""
    kind = EVENTS.get(event_type)
    bare = _without_envelopes(content, what) if kind is None else _without(content, kind, what)
    if bare == content:
        return value
    return json.dumps(bare, ensure_ascii=False, separators=(",", ":")).encode()


def _without(
    content: dict[str, Any], kind: type[Event], what: Collection[Erasable]
) -> dict[str, Any]:
    bare = dict(content)
    for field, of in losses(kind):
        outer, _, inner = field.partition(".")
        if of not in what or not content.get(outer):
            continue
        if inner:
            bare[outer] = [_without_words(item, inner) for item in content[outer]]
        else:
            bare[outer] = [] if of == "attachments" else None
    return bare


def _without_words(item: Any, inner: str) -> Any:
    return {**item, inner: None} if isinstance(item, dict) and item.get(inner) else item


def _without_envelopes(content: Any, what: Collection[Erasable]) -> Any:
    """Remove everything sealed, at any depth."""
    if not {"identity", "words"} & set(what):
        return content
    if isinstance(content, dict):
        if _is_sealed(content):
            return None
        return {name: _without_envelopes(value, what) for name, value in content.items()}
    return (
        [_without_envelopes(item, what) for item in content]
        if isinstance(content, list)
        else content
    )


def _is_sealed(content: dict[str, Any]) -> bool:
    return any(isinstance(value, str) and _JWE.fullmatch(value) for value in content.values())


def _sealed_as(event: type[Event], field: str) -> Erasable:
    return "identity" if issubclass(kind_of_words(event, field), Identity | Contact) else "words"


def _holds_files(event: type[Event], field: str) -> bool:
    return Attachment in models_in(event, field)
