"""The check's copy of the router's rules agrees with the router."""

from itertools import product
from typing import Any

import pytest

from clients.bureau.check.desk import InventedLetter as DeskLetter
from clients.bureau.check.refusing import why_not
from clients.bureau.check.rules import RULES
from clients.bureau.check.transcript import HeardRecord
from services.router.domain.letter import Letter
from services.router.handlers import HANDLERS
from shared.contracts import actions_v1
from shared.contracts.envelope import envelope
from shared.contracts.event import Action
from shared.contracts.topics import actions_of
from shared.contracts.vocabulary import State
from shared.contracts.words import Note, Reason, ReplyText
from shared.kernel.errors import BadValue, OutOfOrder
from shared.platform.letters.service_decider import Arrival
from tests.router.story import LETTER, MONDAY, OTHER, STAGES, at

HELD: tuple[State, ...] = ("routed", "handling", "supplement", "signing", "replied")
"""Stages of a letter that a bureau holds: each is called as its state."""
ACTIONS: tuple[type[Action], ...] = tuple(
    one
    for one in vars(actions_v1).values()
    if isinstance(one, type) and issubclass(one, Action) and one in HANDLERS
    if one is not actions_v1.RequestResend
)
REPLIED = ReplyText(text="已办。")
FIELDS: dict[type[Action], dict[str, Any]] = {
    actions_v1.Return: {"reason": "other_matter", "words": Note(text="不属本局。")},
    actions_v1.Decline: {
        "decline_reason": "court_or_arbitration", "where_to_turn": "court", "words": REPLIED,
    },
    actions_v1.PassOn: {"unit": "station-1", "police_type": "traffic"},
    actions_v1.UnitAccept: {"unit": "station-1"},
    actions_v1.Note: {"words": Note(text="已联系。")},
    actions_v1.Ask: {"words": Note(text="何时？")},
    actions_v1.RequestExtension: {
        "clock": "reply", "reason": "complex", "days": 5, "words": Reason(text="复杂。"),
    },
    actions_v1.Reply: {"outcome": "resolved", "words": REPLIED},
    actions_v1.AnswerInstruction: {"instruction": 1, "words": Note(text="已核查。")},
    actions_v1.Fulfil: {"commitment": 1, "words": Note(text="已办。")},
    actions_v1.Link: {"with_": OTHER, "kind": "duplicate"},
}  # fmt: skip


def action(kind: type[Action]) -> Action:
    """One of that kind by the first holder."""
    fields = {"action_id": "1" * 8 + "-1111-4111-8111-" + "1" * 12, "assignment": 1}
    said = fields | {"made_at": MONDAY, "staff": "g-17"} | FIELDS.get(kind, {})
    return kind.model_validate(said)


def decided(kind: type[Action], state: State) -> tuple[tuple[Any, ...], Letter] | None:
    """The router's decision and the letter afterwards; None if it is out of order."""
    before = at(state)
    if kind is actions_v1.UnitAccept and state == "handling":
        before = before.when(command(actions_v1.PassOn))
    try:
        story = before.when(command(kind))
    except OutOfOrder:
        return None
    assert isinstance(story.state, Letter)
    return tuple(story.caused), story.state


def command(kind: type[Action]) -> Any:
    """What such a record requests of the router."""
    topic = actions_of("guangzhou").name
    said = action(kind)
    event = envelope(topic, LETTER, data=said, sequence=None, time=MONDAY, cause=None)
    return HANDLERS[kind](event, Arrival(MONDAY, MONDAY, topic))


def test_the_check_knows_every_action_or_refuses_it() -> None:
    refused: set[type[Action]] = {actions_v1.AnswerInstruction, actions_v1.Fulfil}
    assert RULES.keys() == set(ACTIONS) - refused
    assert set(HELD) <= STAGES.keys()
    for kind, state in product(refused, HELD):
        with pytest.raises(BadValue):
            at(state).when(command(kind))
        letter = DeskLetter(LETTER, "guangzhou", assignment=1, state=state, is_held=True)
        heard = HeardRecord(partition=0, offset=0, kind="any", assignment=1)
        assert why_not(letter, heard, action=action(kind)) == BadValue.code


@pytest.mark.parametrize("state", HELD)
@pytest.mark.parametrize("kind", RULES, ids=lambda kind: kind.__name__)
def test_the_check_allows_what_the_router_allows(kind: type[Action], state: State) -> None:
    found = decided(kind, state)
    assert (found is not None) is (state in RULES[kind].states)


@pytest.mark.parametrize("kind", RULES, ids=lambda kind: kind.__name__)
def test_what_comes_of_it_is_what_the_router_says(kind: type[Action]) -> None:
    rule = RULES[kind]
    for state in rule.states:
        found = decided(kind, state)
        assert found is not None
        caused, after = found
        assert rule.resulting in [one.type for one in caused if hasattr(one, "type")]
        assert after.state == (rule.state or state)
