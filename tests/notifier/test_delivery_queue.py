"""Attempts end a message once, and failed ones are counted."""

from dataclasses import replace

import pytest

from services.notifier.domain.deliveries import Delivery
from services.notifier.domain.delivery_queue import (
    DeliveryChanged,
    NoteDelivered,
    PostponeDelivery,
    RefuseDelivery,
)
from services.notifier.domain.letter import NotifierLetter
from shared.contracts.words import Contact
from shared.kernel.errors import NotFound
from tests.notifier.story import DELIVERY, PHONE, given
from tests.support.moving import moment

CONTACT = Contact(phone=PHONE)
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
