"""Actions from their fields to the record that is sent.

The id of an action follows from its content, its bureau and its assignment. An action repeated
after a crash therefore has the same id, and the router executes it once. Only a resend request
has a new id each time.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypedDict, TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

from clients.bureau.sealing import Keys
from shared.contracts.actions_v1 import RequestResend
from shared.contracts.envelope import KafkaRecord, envelope, to_record
from shared.contracts.event import Action, kind_of_words
from shared.contracts.slugs import Bureau
from shared.contracts.topics import actions_of
from shared.contracts.values import Promise
from shared.contracts.words import Clear, Note

NO_ID = UUID(int=0)
"""The id of an action before `with_id`."""
_NAMESPACE = uuid5(NAMESPACE_URL, "urn:gd:mailbox:action")

ActionT = TypeVar("ActionT", bound=Action)


class Made(TypedDict):
    """When an action was made, in UTC, and the opaque id of the person who made it."""

    made_at: datetime
    staff: str


def draft(
    kind: type[ActionT], assignment: int, /, *, text: str | None = None, **fields: Any
) -> ActionT:
    """An action of that kind without an id; `fields` include those of `Made`.

    `text`: its words in the clear.
    Raises: ValueError without the words when a value is invalid; TypeError for an unknown field.
    """
    if unknown := fields.keys() - kind.model_fields.keys():
        raise TypeError(f"{kind.__name__} has no field {', '.join(sorted(unknown))}")
    if text is not None:
        fields["words"] = kind_of_words(kind, "words").model_validate({"text": text})
    return kind(action_id=NO_ID, assignment=assignment, **fields)


def promise(due_on: date, text: str) -> Promise:
    """A commitment of a reply, due on a date in Asia/Shanghai.

    Raises: ValueError without the words when a value is invalid.
    """
    return Promise(due_on=due_on, words=Note(text=text))


def action_id(action: Action, *, bureau: Bureau, letter: str) -> UUID:
    """The id that follows from the content; time and staff don't count.

    The time of a resend request counts, because the same events may be lost twice.
    """
    words: list[str] = []

    def set_aside(field: str, said: Any) -> Mapping[str, str] | None:
        words.append(f"{field}={said.plaintext().decode() if isinstance(said, Clear) else ''}")
        return None

    left_out = {"action_id", "staff"} | (set() if is_resend(action) else {"made_at"})
    bare = action.map_words(set_aside).model_dump_json(exclude=left_out)
    return uuid5(_NAMESPACE, "\n".join((bureau, letter, action.type, bare, *words)))


def with_id(action: Action, *, bureau: Bureau, letter: str) -> Action:
    """The action with the id that follows from its content."""
    name = action_id(action, bureau=bureau, letter=letter)
    return action.model_copy(update={"action_id": name})


def with_next_id(action: Action) -> Action:
    """The same action with the next id, so that it is executed once more."""
    return action.model_copy(update={"action_id": uuid5(action.action_id, "again")})


def is_resend(action: Action) -> bool:
    """Whether the action is a resend request."""
    return isinstance(action, RequestResend)


def record_of(action: Action, *, bureau: Bureau, letter: str, keys: Keys) -> KafkaRecord:
    """Key, value with sealed words, and headers of the record on the bureau's own topic.

    Raises: NoKey; Unsendable.
    """
    topic = actions_of(bureau).name
    sealed = keys.seal(action, topic=topic, letter=letter, at=action.made_at)
    return to_record(envelope(topic, letter, data=sealed, time=action.made_at), topic=topic)
