"""Everything that a bureau may get is shown to a person in Chinese and English."""

import json
import re
from typing import Any

import pytest

from clients.bureau._cli.facts_shown import LABELS, facts
from clients.bureau._cli.shown import NAMES, as_json, lines, short
from clients.bureau.arrivals import Arrived
from shared.contracts.catalogue import TO_BUREAUS
from shared.contracts.event import Event, Fact
from shared.contracts.progress_v1 import (
    ExtensionDecided,
    LetterAddedTo,
    LetterRated,
    ReplySentBack,
)
from shared.contracts.words import Conversation, Reason, Turn
from tests.clients.making import GZ, LETTER, NOON, RULE, assigned
from tests.support.examples import FOLDER

KINDS = sorted(TO_BUREAUS, key=lambda kind: kind.type)
BOTH = re.compile(r"[\u3400-\u9fff].*[A-Za-z]")


def arrived(event: Event) -> Arrived:
    return Arrived(GZ, LETTER, event, event.type, "id", 1, NOON, 0, 0)


def example_of(kind: type[Event]) -> Event:
    """That of the contract, words still sealed."""
    example = json.loads((FOLDER / f"{kind.type}.json").read_text("utf-8"))
    return kind.model_validate_json(json.dumps(example["data"]))


def test_every_event_has_a_name_in_both_languages() -> None:
    assert {short(kind.type) for kind in TO_BUREAUS} == set(NAMES)
    assert all(BOTH.search(name) for name in NAMES.values())


def test_every_fact_has_a_name_in_both_languages() -> None:
    told = {
        name
        for kind in TO_BUREAUS
        for name in kind.model_fields
        if name not in {*Fact.model_fields, *kind.sealed, "receipt", "action_id", "resulting"}
    }
    assert told - {"code"} == set(LABELS)
    assert all(BOTH.search(label) for label in LABELS.values())


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: short(kind.type))
def test_each_is_shown_whole_and_without_anything_raw(kind: type[Event]) -> None:
    event = example_of(kind)
    shown = list(lines(arrived(event)))
    assert NAMES[short(kind.type)] in shown[0]
    assert not [line for line in shown if re.search(r"[(\[{]'|Receipt|=|None", line)]
    assert json.loads(as_json(arrived(event)))["type"] == kind.type


def test_a_no_is_told_where_somebody_decided_it() -> None:
    common: dict[str, Any] = {"state": "handling", "holder": GZ, "assignment": 1, "by": RULE}
    said = {
        ExtensionDecided(**common, clock="reply", granted=False): "批准 granted: 否 no",
        LetterRated(**common, solved=False, score=1): "已解决 solved: 否 no",
        LetterAddedTo(**common, late=True): "迟到 late: 是 yes",
    }
    for event, line in said.items():
        assert line in list(facts(event))


def test_turns_that_were_left_out_are_counted() -> None:
    turn = Turn(at=NOON, who="writer", text="好")
    event = assigned().model_copy(update={"earlier": Conversation(turns=(turn,), left_out=3)})
    assert "! 此前还有 3 条未附 3 earlier turns are left out" in "\n".join(lines(arrived(event)))


def test_why_it_came_back_is_shown_for_the_bureau_alone() -> None:
    said = json.dumps({"text": "请写明法律依据。\x1b[2J"}).encode()
    event = ReplySentBack(
        state="handling", holder=GZ, assignment=1, by=RULE, to_state="handling",
        words=Reason.from_plaintext(said),
    )  # fmt: skip
    shown = "\n".join(lines(arrived(event)))
    assert "请写明法律依据。" in shown
    assert "\x1b" not in shown
