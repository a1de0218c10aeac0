"""How does an action get its id, and how does it travel? Pure.

An id follows from what is asked, by whom and for which holding, so that asking again after a crash
is the same action, which the router does once. Only a resend is another one each time.
"""

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from clients.bureau.sealing import Keys
from shared.contracts.actions_v1 import RequestResend
from shared.contracts.envelope import Record, envelope, to_record
from shared.contracts.event import Action
from shared.contracts.slugs import Bureau
from shared.contracts.topics import actions_of
from shared.contracts.words import Clear

_OURS = uuid5(NAMESPACE_URL, "urn:gd:mailbox:action")


def action_id(action: Action, *, bureau: Bureau, letter: str) -> UUID:
    """The id that follows from what is asked; neither from when nor by whom in the bureau.

    What is asked for again may be missing again, so that for a resend the time counts.
    """
    words: list[str] = []

    def set_aside(field: str, said: Any) -> Mapping[str, str] | None:
        words.append(f"{field}={said.plaintext().decode() if isinstance(said, Clear) else ''}")
        return None

    left_out = {"action_id", "staff"} | (set() if is_resend(action) else {"made_at"})
    bare = action.map_words(set_aside).model_dump_json(exclude=left_out)
    return uuid5(_OURS, "\n".join((bureau, letter, action.type, bare, *words)))


def named(action: Action, *, bureau: Bureau, letter: str) -> Action:
    """The action under the id that follows from it."""
    name = action_id(action, bureau=bureau, letter=letter)
    return action.model_copy(update={"action_id": name})


def again(action: Action) -> Action:
    """The same, asked once more: under the id that follows from the one it had."""
    return action.model_copy(update={"action_id": uuid5(action.action_id, "again")})


def is_resend(action: Action) -> bool:
    """Whether it only asks to be told again."""
    return isinstance(action, RequestResend)


def record_of(action: Action, *, bureau: Bureau, letter: str, keys: Keys) -> Record:
    """Key, value and headers to send on the bureau's own topic, words sealed.

    Raises: NoKey; Unsendable.
    """
    topic = actions_of(bureau).name
    sealed = keys.seal(action, topic=topic, letter=letter, at=action.made_at)
    return to_record(envelope(topic, letter, data=sealed, time=action.made_at), topic=topic)
