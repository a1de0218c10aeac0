"""An action that the router always refuses is refused by the published schema, too."""

from datetime import date
from typing import Any

import jsonschema_rs
import pytest

from services.router.domain.actors import Command
from services.router.domain.commitments import FulfilCommitment
from services.router.domain.extensions import RequestMoreTime
from services.router.domain.handling import AddNote, LinkLetter
from services.router.domain.letter import Pledge
from services.router.domain.routing import ReturnLetter
from services.router.domain.supervision import AnswerInstruction
from shared.contracts import actions_v1 as actions
from shared.contracts.event import Action
from shared.kernel.errors import BadValue
from tests.router.story import LETTER, acting, ask, at, decline, reply
from tools.bureau_examples import example_of
from tools.schemas import REFUSED, published_schema

BARE: dict[str, Any] = {"words": None}
UNFOUNDED: dict[str, Any] = {"outcome": "unfounded", "finding": None}
MALICIOUS: dict[str, Any] = {"outcome": "malicious", "finding": "invented", "referred_to": None}
ELSEWHERE: dict[str, Any] = {"decline_reason": "crime_report", "where_to_turn": None}
CAMPAIGN: dict[str, Any] = {"kind": "campaign", "with": LETTER}
DUPLICATE: dict[str, Any] = {"kind": "duplicate", "with": "lamps-2026"}
MORE: dict[str, Any] = {"clock": "reply", "days": 1, "reason": "complex"}

BAD: list[tuple[str, Command, type[Action], dict[str, Any]]] = [
    ("handling", ask(**BARE), actions.Ask, BARE),
    ("handling", AddNote(**acting(), **BARE), actions.Note, BARE),
    ("handling", FulfilCommitment(**acting(), commitment=1, **BARE), actions.Fulfil, BARE),
    (
        "handling",
        AnswerInstruction(**acting(), instruction=1, **BARE),
        actions.AnswerInstruction,
        BARE,
    ),
    ("routed", decline(**BARE), actions.Decline, BARE),
    ("routed", decline(**ELSEWHERE), actions.Decline, ELSEWHERE),
    ("handling", reply(**BARE), actions.Reply, BARE),
    ("handling", reply(**UNFOUNDED), actions.Reply, UNFOUNDED),
    ("handling", reply(**MALICIOUS), actions.Reply, MALICIOUS),
    (
        "handling",
        reply(commitments=(Pledge(date(2026, 12, 31), None),)),
        actions.Reply,
        {"commitments": [{"due_on": "2026-12-31"}]},
    ),
    (
        "handling",
        LinkLetter(**acting(), kind="campaign", other=LETTER, own=LETTER),
        actions.Link,
        CAMPAIGN,
    ),
    (
        "handling",
        LinkLetter(**acting(), kind="duplicate", other="lamps-2026", own=LETTER),
        actions.Link,
        DUPLICATE,
    ),
]
FINE: list[tuple[str, Command, type[Action]]] = [
    (
        "routed",
        ReturnLetter(**acting(), reason="other_place", suggestion=None, **BARE),
        actions.Return,
    ),
    ("handling", RequestMoreTime(**acting(), **MORE, **BARE), actions.RequestExtension),
]


def is_valid(event: type[Action], change: dict[str, Any]) -> bool:
    """Whether the example is, so changed."""
    schema = jsonschema_rs.Draft202012Validator(published_schema(event))
    return schema.is_valid(example_of(event)["data"] | change)


@pytest.mark.parametrize(("stage", "command", "event", "change"), BAD)
def test_what_is_a_bad_value_whatever_the_letter_is_not_valid(
    stage: str, command: Command, event: type[Action], change: dict[str, Any]
) -> None:
    with pytest.raises(BadValue):
        at(stage).when(command)
    assert not is_valid(event, change)
    assert is_valid(event, {})


@pytest.mark.parametrize(("stage", "command", "event"), FINE)
def test_words_that_may_be_missing_may_be_missing_in_the_schema(
    stage: str, command: Command, event: type[Action]
) -> None:
    at(stage).when(command)
    assert is_valid(event, BARE)


def test_every_condition_of_a_schema_is_tried_here() -> None:
    assert {event for _, _, event, _ in BAD} == REFUSED.keys()
