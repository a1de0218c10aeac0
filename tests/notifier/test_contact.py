"""Messages reach writers by the channel that they gave, and wait until it is known."""

from datetime import date

import pytest

from services.notifier.domain.contact import KeepContact
from services.notifier.domain.letter import NotifierLetter
from services.notifier.domain.progress import RecordProgress
from shared.contracts.progress_v1 import WriterAsked
from shared.contracts.words import Contact
from tests.notifier.story import EVENT, LETTER, PHONE, given, replied, said
from tests.support.moving import moment

CONTACT = Contact(phone=PHONE)
KNOWN = KeepContact(Contact(phone=PHONE), "zh")
NOON = moment(26, 4)
DECEMBER = date(2026, 12, 8)
ASKED = said(WriterAsked, state="supplement", question=1, answer_by=DECEMBER)


def test_a_message_waits_for_the_contact() -> None:
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


def test_a_new_contact_is_used_for_what_still_waits() -> None:
    story = given().when(KNOWN, RecordProgress(LETTER, ASKED, 1, "e", NOON))
    after: NotifierLetter = story.when(KeepContact(Contact(email="a@example.org"), None)).state
    assert (after.address, after.lang) == (("email", "a@example.org"), "zh")
    assert len(after.waiting) == 1
    gone = story.when(KeepContact(None, None)).state
    assert gone.address is None
