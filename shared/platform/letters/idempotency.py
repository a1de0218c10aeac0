"""Under which names does a letter remember what was asked of it? Pure."""

from __future__ import annotations

from typing import Any

from shared.contracts.topics import bureau_of
from shared.platform.letters.service_decider import BadAction, IdempotentCommand, Record


def names_of(given: Record | IdempotentCommand[Any], *, salt: str | None) -> tuple[str, ...]:
    """Under which names what is given may be remembered; none for what has a sequence.

    `salt`: the letter's, by its service's rules.
    """
    if isinstance(given, IdempotentCommand):
        return given.id, reused(given.id, given.content)
    if given.envelope.sequence is not None:
        return ()
    name = name_of(given, salt=salt)
    return name, reused(name, given.digest(salt))


def name_of(action: Record, *, salt: str | None) -> str:
    """Two bureaus' actions never share a name.

    Nor does one that can't be read with the same action once its bureau has mended it.
    """
    name = f"{bureau_of(action.raw.topic)}/{action.envelope.id}"
    is_bad = isinstance(action.envelope.data, BadAction)
    return reused(name, action.digest(salt)) if is_bad else name


def reused(command_id: str, content: str) -> str:
    """Under which name it is remembered that a known id came with other content."""
    return f"{command_id}~{content[:16]}"
