"""The names under which a letter remembers commands and actions."""

from typing import Any

from shared.contracts.topics import bureau_of
from shared.platform.letters.service_decider import BadAction, IdempotentCommand, Record


def names_of(given: Record | IdempotentCommand[Any], *, salt: str | None) -> tuple[str, ...]:
    """The names under which an input may be remembered; none for sequenced events.

    `salt`: the letter's salt, by its service's rules.
    """
    if isinstance(given, IdempotentCommand):
        return given.id, reused(given.id, given.content)
    if given.envelope.sequence is not None:
        return ()
    name = name_of(given, salt=salt)
    return name, reused(name, given.digest(salt))


def name_of(action: Record, *, salt: str | None) -> str:
    """The name of a bureau's action, unique across bureaus.

    An unreadable action and its corrected version under the same id have different names.
    """
    name = f"{bureau_of(action.raw.topic)}/{action.envelope.id}"
    is_bad = isinstance(action.envelope.data, BadAction)
    return reused(name, action.digest(salt)) if is_bad else name


def reused(command_id: str, content: str) -> str:
    """The name under which the reuse of a known id with other content is remembered."""
    return f"{command_id}~{content[:16]}"
