"""What bureaus are told of their actions: done, refused, or that there is no such letter. Pure."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from services.router.domain import Letter, RouterState, may_be_heard_of
from services.router.store import subject_for
from shared.contracts.bureau_v1 import ActionApplied, ActionRefused
from shared.contracts.event import Action, Event, Fact
from shared.contracts.slugs import Bureau
from shared.contracts.topics import bureau_of, letters_of
from shared.contracts.values import By
from shared.contracts.vocabulary import ActionRefusal
from shared.kernel.errors import Refused
from shared.platform.letters.service_decider import BadAction, CannotRead, Outgoing, Record


def answer(
    record: Record, outcome: tuple[Any, ...] | Refused, *, state: RouterState
) -> Iterable[Outgoing]:
    """What the bureau is told: sequenced if it holds the letter, else as a stranger."""
    action = record.envelope.data
    bureau = bureau_of(record.raw.topic)
    if bureau is None:
        return
    topic, subject = letters_of(bureau).name, subject_for(record.letter)
    if isinstance(action, BadAction):
        yield _unread(action, state, bureau=bureau, subject=subject)
    elif not isinstance(action, Action):
        unknown = ActionRefused(action_id=_id_of(record), code="unknown_type")
        yield Outgoing(topic, unknown, subject, is_sequenced=False)
    elif not isinstance(state, Letter) or _is_foreign(outcome, state, bureau):
        foreign = ActionRefused(action_id=action.action_id, code="not_held")
        yield Outgoing(topic, foreign, subject, is_sequenced=False)
    elif isinstance(outcome, Refused):
        yield Outgoing(topic, _refused(action, outcome, state))
    else:
        yield Outgoing(topic, _applied(action, outcome, state))


def _unread(bad: BadAction, state: RouterState, *, bureau: Bureau, subject: str) -> Outgoing:
    """The refusal of an action that can't be read."""
    topic = letters_of(bureau).name
    no = ActionRefused(action_id=bad.action_id, code=bad.code, detail=bad.detail)
    if not isinstance(state, Letter) or _is_foreign(CannotRead(), state, bureau):
        return Outgoing(topic, no, subject, is_sequenced=False)
    stands = {"state": state.state, "assignment": state.assignment}
    return Outgoing(topic, no.model_copy(update=stands))


def _is_foreign(outcome: tuple[Any, ...] | Refused, letter: Letter, bureau: Bureau) -> bool:
    """Whether nothing may be said of the letter to that bureau."""
    if not isinstance(outcome, Refused):
        return False
    return letter.holder != bureau or not may_be_heard_of(letter)


def _refused(action: Action, no: Refused, letter: Letter) -> ActionRefused:
    return ActionRefused(
        action_id=action.action_id,
        code=_code(no),
        state=letter.state,
        assignment=letter.assignment,
    )


def _id_of(record: Record) -> UUID | None:
    """The action's id, where what came has one that can be read."""
    try:
        return UUID(record.envelope.id)
    except ValueError:
        return None


def _applied(action: Action, events: tuple[Any, ...], letter: Letter) -> ActionApplied:
    """What is done. A bureau that has handed the letter back is told no more than that."""
    resulting = [event.type for event in events if isinstance(event, Event)]
    facts = [event for event in events if isinstance(event, Fact)]
    stands = facts[0] if facts and letter.assignment != action.assignment else letter
    return ActionApplied(
        state=stands.state,
        holder=stands.holder,
        assignment=stands.assignment,
        by=By(role="rule"),
        action_id=action.action_id,
        resulting=resulting[0] if resulting else action.type,
    )


REFUSALS: dict[str, ActionRefusal] = {
    "out_of_order": "out_of_order",
    "stale_assignment": "stale_assignment",
    "id_reused": "id_reused",
    "bad_value": "bad_value",
    "not_allowed": "not_allowed",
    "limit": "limit",
    "too_late": "too_late",
}


def _code(no: Refused) -> ActionRefusal:
    """The refusal's code in the bureau's vocabulary; one that isn't in it tells nothing."""
    return REFUSALS.get(no.code, "not_held")
