"""What does a bureau send to ask for something? Pure: actions, their ids, and their records.

An id follows from what is asked, by whom and for which holding, so that asking again after a crash
is the same action, which the router does once. Only a resend is another one each time.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict, Unpack
from uuid import NAMESPACE_URL, UUID, uuid5

from clients.bureau.sealing import Keys
from shared.contracts.actions_v1 import Accept, Reply, RequestResend
from shared.contracts.envelope import Record, envelope, to_record
from shared.contracts.event import Action
from shared.contracts.slugs import Bureau
from shared.contracts.topics import actions_of
from shared.contracts.vocabulary import Finding, Outcome, WhereToTurn
from shared.contracts.words import Clear, ReplyText

_OURS = uuid5(NAMESPACE_URL, "urn:gd:mailbox:action")
_NO_ID = UUID(int=0)


class Details(TypedDict, total=False):
    """What only some replies need."""

    finding: Finding | None
    referred_to: WhereToTurn | None
    publication_proposed: bool


def acceptance(assignment: int, *, made_at: datetime, staff: str) -> Accept:
    """Taking the letter up."""
    return Accept(action_id=_NO_ID, assignment=assignment, made_at=made_at, staff=staff)


def answer(assignment: int, text: str, *, outcome: Outcome, made_at: datetime, staff: str) -> Reply:
    """A reply with that text. Raises: ValueError, when it is empty or too long."""
    return Reply(
        action_id=_NO_ID,
        assignment=assignment,
        made_at=made_at,
        staff=staff,
        outcome=outcome,
        words=ReplyText(text=text),
    )


def detailed(reply: Reply, **details: Unpack[Details]) -> Reply:
    """The reply with what only some replies need."""
    return reply.model_copy(update=dict(details))


def resend_request(
    assignment: int,
    *,
    from_sequence: int | None,
    snapshot: bool,
    made_at: datetime,
    staff: str,
) -> RequestResend:
    """Asking for what is missing. Raises: ValueError, when there is no such number."""
    return RequestResend(
        action_id=_NO_ID,
        assignment=assignment,
        made_at=made_at,
        staff=staff,
        from_sequence=from_sequence,
        snapshot=snapshot,
    )


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
