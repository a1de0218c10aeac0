"""Events that the publisher handles: copies, categories, and every fact of the router."""

import json
from pathlib import Path
from typing import Any

import pytest

import shared.contracts
from services.publisher.domain.draft import ReceiveCopy
from services.publisher.domain.letter import LetterLeaf
from services.publisher.domain.letter_projection import NoteCategory, ProjectFact
from services.publisher.domain.withdrawal import NoteConsent
from services.publisher.handlers import HANDLERS
from shared.contracts.catalogue import EVENTS, ON_TOPIC
from shared.contracts.envelope import envelope
from shared.contracts.event import Event
from shared.contracts.submitted_v1 import ConsentChanged
from shared.contracts.topics import PROGRESS, SUBMITTED
from shared.kernel.letter_receipts import leaf_of
from shared.platform.letters.service_decider import Arrival
from tests.publisher.story import LETTER, WORDS, copied, given, replied, submitted
from tests.support.moving import moment

EXAMPLES = Path(shared.contracts.__file__).parent / "examples"


def asked(topic: str, event: Event, *, sequence: int = 1) -> Any:
    said = envelope(topic, LETTER, data=event, time=moment(24), sequence=sequence)
    arrival = Arrival(at=moment(24), appended_at=moment(24), topic=topic)
    return HANDLERS[type(event)](said, arrival)


def test_no_fact_of_the_router_is_missed() -> None:
    assert ON_TOPIC[PROGRESS.name] <= set(HANDLERS)


def test_a_copy_is_taken_with_its_number() -> None:
    assert asked(SUBMITTED.name, copied(copy=2)) == ReceiveCopy(WORDS, 2, moment(24))


def test_an_erased_or_still_sealed_copy_brings_no_words() -> None:
    assert asked(SUBMITTED.name, copied(None)) == ReceiveCopy(None, 1, moment(24))
    sealed = copied(None).model_copy(update={"words": {"intake": "a.b.c.d.e"}})
    assert asked(SUBMITTED.name, sealed) == ReceiveCopy(None, 1, moment(24))


def test_the_writers_category_is_heard() -> None:
    leaf = LetterLeaf(moment(24).date(), leaf_of(LETTER, "0" * 64), moment(24))
    assert asked(SUBMITTED.name, submitted("report")) == NoteCategory("report", leaf)


@pytest.mark.parametrize("to_publish", [True, False])
def test_a_changed_consent_is_heard(*, to_publish: bool) -> None:
    event = ConsentChanged(to_publish=to_publish)
    assert asked(SUBMITTED.name, event) == NoteConsent(to_publish)


def test_a_fact_is_heard() -> None:
    assert asked(PROGRESS.name, replied()) == ProjectFact(replied())


def test_the_examples_of_the_contracts_are_heard() -> None:
    story = given()
    for file in sorted(EXAMPLES.glob("*.json")):
        example = json.loads(file.read_text())
        said = example["envelope"]
        kind = EVENTS[said["type"]]
        if kind in HANDLERS and said["subject"] == LETTER:
            event = kind.model_validate_json(json.dumps(example["data"]))
            story = story.when(asked(example["topic"], event))
    assert story.state.city == "guangzhou"
    assert story.state.topic == "household"
