"""What the notifier hears: every fact of the router, and every contact."""

import json
from pathlib import Path
from typing import Any

import shared.contracts
from services.notifier.domain import HearProgress, KeepContact, Letter
from services.notifier.handlers import HANDLERS
from services.notifier.store import STATE
from shared.contracts.catalogue import EVENTS, ON_TOPIC
from shared.contracts.envelope import envelope
from shared.contracts.event import Event
from shared.contracts.topics import PROGRESS
from shared.contracts.words import Contact
from shared.platform.rules import Arrival
from tests.notifier.stage import moment
from tests.notifier.story import LETTER, PHONE, given, replied, submitted

EXAMPLES = Path(shared.contracts.__file__).parent / "examples"


def asked(topic: str, event: Event, *, letter: str = LETTER, sequence: int = 1) -> Any:
    said = envelope(topic, letter, data=event, time=moment(24), sequence=sequence)
    arrival = Arrival(at=moment(24), appended_at=moment(24), topic=topic)
    return HANDLERS[type(event)](said, arrival)


def test_no_fact_of_the_router_is_missed() -> None:
    assert ON_TOPIC[PROGRESS.name] <= set(HANDLERS)


def test_a_contact_is_kept_with_the_language() -> None:
    contact = Contact(phone=PHONE)
    command = asked("letters.submitted", submitted(contact, "en"))
    assert command == KeepContact(contact, "en")


def test_a_letter_without_contact_is_known_as_such() -> None:
    assert asked("letters.submitted", submitted(None)) == KeepContact(None, "zh")


def test_a_contact_still_sealed_for_others_is_not_ours() -> None:
    letter = submitted(None).model_copy(update={"contact": {"intake": "a.b.c.d.e"}})
    assert asked("letters.submitted", letter) == KeepContact(None, "zh")


def test_a_fact_is_heard_with_its_place_in_order() -> None:
    command = asked(PROGRESS.name, replied(), sequence=6)
    assert command == HearProgress(LETTER, replied(), 6, f"letters.progress/{LETTER}/6", moment(24))


def golden(letter: str) -> list[tuple[int, Event]]:
    """What the examples of the contracts say of `letter` on the router's topic, in order."""
    found = []
    for file in EXAMPLES.glob("*.json"):
        example = json.loads(file.read_text())
        said = example["envelope"]
        if example["topic"] == PROGRESS.name and said["subject"] == letter:
            event = EVENTS[said["type"]].model_validate_json(json.dumps(example["data"]))
            found.append((said["sequence"], event))
    return sorted(found, key=lambda one: one[0])


def test_the_examples_of_the_contracts_fold_into_the_clocks_that_they_tell_of() -> None:
    history = golden(LETTER)
    assert len(history) >= 4
    story = given()
    for sequence, event in history:
        story = story.when(asked(PROGRESS.name, event, sequence=sequence))
    letter = story.state
    assert letter.progress == history[-1][0]
    assert not {"assign", "reply"} & {clock.clock for clock in letter.clocks}
    assert [one.message for one in letter.deliveries] == ["replied"]
    assert _kept(letter) == letter


def _kept(letter: Letter) -> Letter:
    return STATE.validate_python(STATE.dump_python(letter, mode="json"))
