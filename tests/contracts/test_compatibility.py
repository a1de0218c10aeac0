"""Today's contracts keep every released promise, and a broken one would be found."""

import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from shared.contracts.catalogue import EVENTS
from shared.contracts.compatibility import breaks
from shared.contracts.progress_v1 import LetterReceived, LetterReplied
from shared.contracts.vocabulary import Outcome
from tests.contracts.strategies import TYPES, data_of
from tests.support.budget import budget
from tools.contracts import RELEASED, broken
from tools.schemas import model_schema

VERSIONS = sorted(path.name for path in RELEASED.iterdir())


def planted(path: str, value: Any = None, event: str = LetterReplied.type) -> list[str]:
    """The findings when the schema has `value` (None: nothing) at a dotted path."""
    old = model_schema(EVENTS[event])
    new = deepcopy(old)
    *way, last = path.split(".")
    place: Any = new
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    assert new != old
    return breaks(old, new)


def test_there_is_a_released_version() -> None:
    assert "1.0" in VERSIONS
    assert len(list((RELEASED / "1.0").glob("*.json"))) >= 29


def test_no_released_version_is_broken() -> None:
    assert broken() == []


@pytest.mark.parametrize("event_type", TYPES)
def test_the_same_breaks_nothing(event_type: str) -> None:
    assert breaks(model_schema(EVENTS[event_type]), model_schema(EVENTS[event_type])) == []


@cache
def released(event_type: str) -> list[Draft202012Validator]:
    """What each released version with the event allows; the newest has every event."""
    paths = [RELEASED / version / f"{event_type}.json" for version in VERSIONS]
    assert paths[-1].exists()
    return [
        Draft202012Validator(json.loads(one.read_text("utf-8"))) for one in paths if one.exists()
    ]


@pytest.mark.parametrize("event_type", TYPES)
@settings(max_examples=budget(20, quick=5), database=None)
@given(data=st.data())
def test_what_is_written_now_is_valid_by_every_released_schema(
    event_type: str, data: st.DataObject
) -> None:
    event = EVENTS[event_type].model_validate_json(
        json.dumps(data.draw(data_of(EVENTS[event_type])))
    )
    written = json.loads(event.model_dump_json())
    for allowed in released(event_type):
        allowed.validate(written)


def test_a_new_field_that_may_be_left_out_breaks_nothing() -> None:
    assert planted("properties.mood", {"type": "string", "maxLength": 9}) == []
    assert planted("$defs.By.properties.mood", {"type": "string", "maxLength": 9}) == []


def test_words_for_people_break_nothing() -> None:
    assert planted("description", "Another sentence.") == []


def test_a_removed_field_is_seen() -> None:
    assert ".finding: removed" in planted("properties.finding")
    assert ".by.staff: removed" in planted("$defs.By.properties.staff")


def test_a_new_required_field_is_seen() -> None:
    old = model_schema(LetterReplied)["required"]
    assert planted("required", [*old, "mood"]) == [".mood: required now"]
    assert planted("required", [*old, "finding"]) == [".finding: required now"]


def test_a_required_field_that_may_be_left_out_is_seen() -> None:
    old = model_schema(LetterReplied)["required"]
    assert planted("required", [name for name in old if name != "reply"]) == [
        ".reply: may be left out now"
    ]


def test_changed_codes_are_seen() -> None:
    codes = list(get_args(Outcome))
    assert planted("properties.outcome.enum", codes[1:]) == [
        ".outcome: narrowed, without 'resolved'"
    ]
    assert planted("properties.outcome.enum", [*codes, "sung"]) == [".outcome: widened by 'sung'"]
    assert planted("properties.outcome.enum") == [".outcome: widened from a list of codes"]


@pytest.mark.parametrize(
    ("key", "value", "what"),
    [
        ("minimum", 2, "narrowed"),
        ("minimum", 0, "widened"),
        ("maximum", 7, "narrowed"),
        ("maximum", 2**60, "widened"),
        ("maximum", None, "widened"),
        ("multipleOf", 2, "changed"),
    ],
)
def test_changed_limits_are_seen(key: str, value: int | None, what: str) -> None:
    assert planted(f"properties.reply.{key}", value) == [f".reply: {what} {key}"]


def test_changes_deep_inside_are_seen() -> None:
    level = "$defs.Level.properties.level.enum"
    codes = list(model_schema(LetterReplied)["$defs"]["Level"]["properties"]["level"]["enum"])
    assert planted(level, codes[:-1]) == [
        f".clocks[].levels[].level: narrowed, without {codes[-1]!r}"
    ]
    assert planted("properties.clocks.maxItems", 3) == [".clocks: narrowed maxItems"]
    assert planted("properties.assignment.type", "string") == [".assignment: another type"]
    assert planted("properties.words.anyOf.0.maxProperties", 2) == [
        ".words: narrowed maxProperties"
    ]


def test_a_choice_more_or_less_is_seen() -> None:
    nullable = "properties.received_at"
    both = {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}
    assert planted(nullable, both, LetterReceived.type) == [".received_at: widened to null"]
    finding = model_schema(LetterReplied)["properties"]["finding"]["anyOf"]
    assert planted("properties.finding.anyOf", finding[:1]) == [
        ".finding: narrowed, no null any more"
    ]


def test_an_event_that_is_gone_is_seen(tmp_path: Path) -> None:
    folder = tmp_path / "0.9"
    folder.mkdir()
    (folder / "gd.mailbox.letter.sung.v1.json").write_text("{}", "utf-8")
    narrow = model_schema(LetterReplied)
    narrow["properties"]["reply"]["maximum"] = 3
    (folder / f"{LetterReplied.type}.json").write_text(json.dumps(narrow), "utf-8")
    assert broken(tmp_path) == [
        f"0.9 {LetterReplied.type}.reply: widened maximum",
        "0.9 gd.mailbox.letter.sung.v1: the event is gone",
    ]
