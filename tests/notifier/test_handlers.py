"""The notifier handles every fact of the router and every contact."""

from typing import Any

from services.notifier.domain.contact import KeepContact
from services.notifier.domain.progress import RecordProgress
from services.notifier.handlers import HANDLERS
from shared.contracts.envelope import envelope
from shared.contracts.event import Event
from shared.contracts.submitted_v1 import ContactChanged, LetterErased
from shared.contracts.topics import PROGRESS
from shared.contracts.words import Contact
from shared.platform.letters.service_decider import Arrival
from tests.notifier.story import LETTER, PHONE, replied, submitted
from tests.support.moving import moment


def asked(topic: str, event: Event, *, letter: str = LETTER, sequence: int = 1) -> Any:
    said = envelope(topic, letter, data=event, time=moment(24), sequence=sequence)
    arrival = Arrival(at=moment(24), appended_at=moment(24), topic=topic)
    return HANDLERS[type(event)](said, arrival)


def test_a_contact_is_kept_with_the_language() -> None:
    contact = Contact(phone=PHONE)
    command = asked("letters.submitted", submitted(contact, "en"))
    assert command == KeepContact(contact, "en")


def test_a_letter_without_contact_is_known_as_such() -> None:
    assert asked("letters.submitted", submitted(None)) == KeepContact(None, "zh")


def test_a_contact_still_sealed_for_others_is_not_ours() -> None:
    letter = submitted(None).model_copy(update={"contact": {"intake": "a.b.c.d.e"}})
    assert asked("letters.submitted", letter) == KeepContact(None, "zh")


def test_a_fact_is_recorded_with_its_sequence() -> None:
    command = asked(PROGRESS.name, replied(), sequence=6)
    assert command == RecordProgress(
        LETTER, replied(), 6, f"letters.progress/{LETTER}/6", moment(24)
    )


def test_a_new_contact_keeps_the_language() -> None:
    contact = Contact(phone=PHONE)
    assert asked("letters.submitted", ContactChanged(contact=contact)) == KeepContact(contact, None)


def test_an_erased_identity_takes_the_contact_with_it() -> None:
    gone = LetterErased(what=("identity",), rule="letters.five_years")
    assert asked("letters.submitted", gone) == KeepContact(None, None)
    words = LetterErased(what=("words",), rule="letters.five_years")
    assert asked("letters.submitted", words) is None
