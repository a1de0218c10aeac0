"""What the writer is told: once, by a channel that was given, and until it is taken."""

from dataclasses import replace
from datetime import date
from typing import Any, get_args

import pytest

from services.notifier.domain.contact import ContactKept, KeepContact
from services.notifier.domain.deliveries import Delivery, MessageDetails
from services.notifier.domain.delivery_queue import (
    DeliveryChanged,
    DeliveryQueued,
    NoteDelivered,
    PostponeDelivery,
    RefuseDelivery,
)
from services.notifier.domain.letter import NotifierLetter
from services.notifier.domain.messages import CLOCKS, LEVELS, TEXTS, WHERE_TO_TURN, text_of
from services.notifier.domain.progress import ProgressRecorded, RecordProgress
from shared.contracts.event import Fact
from shared.contracts.vocabulary import ClockName, Language, LevelName, WhereToTurn
from shared.contracts.words import Contact
from shared.kernel.errors import NotFound
from tests.notifier.stage import moment
from tests.notifier.story import (
    LETTER,
    PHONE,
    fact,
    given,
    replied,
)
from tests.notifier.test_clocks import DELIVERY, EVENT

LANGUAGES = get_args(Language)
CONTACT = Contact(phone=PHONE)


def test_a_reply_is_told_once_under_an_id_of_its_own() -> None:
    queued = Delivery(DELIVERY, "replied", queued_at=moment(26), try_at=moment(26))
    answer = replied()
    given(ContactKept(CONTACT, "zh")).when(
        RecordProgress(LETTER, answer, 6, EVENT, moment(26))
    ).then(ProgressRecorded(answer, 6), DeliveryQueued(queued)).leaves(
        lambda letter: letter.waiting == (queued,) and letter.address == ("sms", PHONE)
    )


def test_other_facts_are_not_told() -> None:
    heard_fact: Fact = fact()
    given().when(RecordProgress(LETTER, heard_fact, 1, EVENT, moment(26))).then(
        ProgressRecorded(heard_fact, 1)
    )


def test_a_reply_that_overtakes_the_contact_waits_for_it() -> None:
    story = given().when(RecordProgress(LETTER, replied(), 6, EVENT, moment(26)))
    story.leaves(lambda letter: letter.waiting == ())
    story.when(KeepContact(CONTACT, "en")).leaves(lambda letter: len(letter.waiting) == 1)


@pytest.mark.parametrize(
    ("contact", "address"),
    [
        (Contact(phone=PHONE, email="a@example.org", wechat="w"), ("sms", PHONE)),
        (Contact(email="a@example.org", wechat="w"), ("wechat", "w")),
        (Contact(email="a@example.org"), ("email", "a@example.org")),
        (Contact(), None),
        (None, None),
    ],
)
def test_the_channel_follows_from_what_the_writer_gave(
    contact: Contact | None, address: tuple[str, str] | None
) -> None:
    assert NotifierLetter(contact=contact).address == address


QUEUED = Delivery(DELIVERY, "replied", queued_at=moment(26), try_at=moment(26))
WAITING = replace(NotifierLetter(), was_submitted=True, contact=CONTACT, deliveries=(QUEUED,))


def test_a_delivery_ends_once() -> None:
    story = given.state(WAITING).when(NoteDelivered(DELIVERY))
    story.then(DeliveryChanged(replace(QUEUED, standing="delivered")))
    story.leaves(lambda letter: letter.waiting == ())
    story.when(PostponeDelivery(DELIVERY, moment(27))).then_nothing()


def test_a_failed_attempt_is_kept_with_the_next_one() -> None:
    given.state(WAITING).when(PostponeDelivery(DELIVERY, moment(27))).leaves(
        lambda letter: letter.waiting == (replace(QUEUED, attempts=1, try_at=moment(27)),)
    )


def test_a_refused_delivery_says_why_and_is_kept() -> None:
    given.state(WAITING).when(RefuseDelivery(DELIVERY, "422")).leaves(
        lambda letter: letter.deliveries == (replace(QUEUED, standing="refused", code="422"),)
    )


def test_an_unknown_delivery_is_refused() -> None:
    with pytest.raises(NotFound):
        given.state(WAITING).when(NoteDelivered("another"))


@pytest.mark.parametrize("message", list(TEXTS))
def test_a_text_names_the_letter_and_where_to_read_in_both_languages(message: Any) -> None:
    where = "https://mailbox.example"
    bare = Delivery("d", message, queued_at=moment(26), try_at=moment(26))
    full = replace(
        bare,
        details=MessageDetails(
            by=date(2026, 12, 8), where_to_turn="12345", clock="reply", level="red", page=2
        ),
    )
    for delivery in (bare, full):
        texts = {lang: text_of(delivery, lang, letter=LETTER, where=where) for lang in LANGUAGES}
        for text in texts.values():
            assert LETTER in text
            assert where in text
            assert "{" not in text
        assert texts["zh-Hant"] == texts["zh"] != texts["en"]
        assert texts["zh"].startswith("【厅长信箱】")
        assert len(texts["zh"]) < 140


def test_every_code_has_a_name_in_both_languages() -> None:
    for names, codes in ((CLOCKS, ClockName), (LEVELS, LevelName), (WHERE_TO_TURN, WhereToTurn)):
        assert set(names) == set(get_args(codes))
        assert all(zh and en and zh != en for zh, en in names.values())
