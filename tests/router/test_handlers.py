"""From records to commands, and the same record twice."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.router import handlers
from services.router.domain.letter import Letter
from services.router.domain.registration import classify_letters
from services.router.handlers.service_events import ReceivedInFuture
from services.router.store import documents
from shared.contracts.catalogue import ACTIONS, ON_TOPIC
from shared.contracts.envelope import envelope
from shared.contracts.event import Event
from shared.contracts.published_v1 import LetterPublished
from shared.contracts.submitted_v1 import (
    AttachmentFetched,
    ConsentChanged,
    ContactChanged,
    IdentityRevealed,
    LetterSubmitted,
    PhoneCheckRequested,
    PublicationCopied,
    RatingSubmitted,
    RevealDecided,
    RevealRequested,
    WithdrawalRequested,
)
from shared.contracts.topics import DEADLINES, PROGRESS, SUBMITTED, actions_of
from shared.contracts.values import By
from shared.contracts.words import Comment
from shared.platform.letters.service_decider import Arrival
from tests.router.office import Office, accepting, replying
from tests.router.story import LETTER, MONDAY, REPLY, given, letter_of, receive

LATER = MONDAY + timedelta(hours=3)


def arrived(event: Event, topic: str) -> tuple[Any, Arrival]:
    said = envelope(topic, LETTER, data=event, time=MONDAY, sequence=1)
    return said, Arrival(at=LATER, appended_at=MONDAY, topic=topic)


def command_of(event: Event, topic: str = SUBMITTED.name) -> Any:
    return handlers.HANDLERS[type(event)](*arrived(event, topic))


# --- from records to commands ------------------------------------------------------------------


def test_everything_that_is_heard_has_a_handler_or_is_meant_for_others() -> None:
    ours = ON_TOPIC[SUBMITTED.name] | ON_TOPIC[DEADLINES.name] | ACTIONS
    heard = ours | {LetterPublished}
    assert heard - handlers.HANDLERS.keys() == {
        PublicationCopied,
        ConsentChanged,
        ContactChanged,
        PhoneCheckRequested,
        RevealRequested,
        RevealDecided,
        IdentityRevealed,
        AttachmentFetched,
    }
    assert handlers.HANDLERS.keys() <= heard
    assert {SUBMITTED.name, DEADLINES.name, actions_of("province").name} <= set(documents.READS)


@pytest.mark.parametrize(("ahead_s", "is_taken"), [(0, True), (60, True), (61, False)])
def test_a_letter_received_in_the_future_is_not_registered(ahead_s: int, is_taken: bool) -> None:
    """All dates are counted from that instant."""
    event = receive("foshan", received_at=LATER + timedelta(seconds=ahead_s)).letter
    if is_taken:
        assert command_of(event).letter == event
    else:
        with pytest.raises(ReceivedInFuture):
            command_of(event)


def test_a_letter_is_received_as_of_now() -> None:
    told = command_of(receive().letter)
    assert (told.letter, told.at) == (receive().letter, LATER)


def test_letters_are_read_ahead_and_nothing_else_is() -> None:
    letters = [receive(None).letter, receive("foshan").letter]
    comment = RatingSubmitted(request_id="r-1", solved=True, score=3, words=None)
    ahead = handlers.read_ahead([letters[0], comment, letters[1]])
    assert ahead == [classify_letters(letters)[0], None, classify_letters(letters)[1]]
    said, arrival = arrived(letters[1], SUBMITTED.name)
    told = handlers.HANDLERS[LetterSubmitted](said, replace(arrival, ahead=ahead[2]))
    assert told.found == ahead[2]
    alone = given().when(replace(told, found=None))
    assert given().when(told).caused == alone.caused


def test_requests_of_the_writer_keep_their_ids() -> None:
    comment = Comment(text="好")
    rating = RatingSubmitted(request_id="r-1", solved=True, score=3, words=comment)
    told = command_of(rating)
    assert (told.request_id, told.solved, told.score, told.words) == ("r-1", True, 3, comment)
    sealed = rating.model_copy(update={"words": {"intake": "a..b.c.d"}})
    assert command_of(sealed).words is None
    withdrawal = command_of(WithdrawalRequested(request_id="r-2", reason="mistake"))
    assert (withdrawal.request_id, withdrawal.reason) == ("r-2", "mistake")


def test_the_topic_says_who_acts_and_the_broker_when() -> None:
    by = By(role="bureau", bureau="foshan", staff="g-17")
    told = command_of(accepting(4), actions_of("foshan").name)
    assert (told.bureau, told.assignment, told.by) == ("foshan", 4, by)
    answer = command_of(replying(4, publication_proposed=True), actions_of("foshan").name)
    assert (answer.bureau, answer.assignment, answer.by, answer.at) == ("foshan", 4, by, MONDAY)
    assert (answer.outcome, answer.words, answer.publication_proposed) == ("explained", REPLY, True)


def test_an_action_on_a_topic_of_ours_is_nobodys() -> None:
    with pytest.raises(ValueError, match="no bureau's topic"):
        command_of(accepting(), SUBMITTED.name)


# --- the same record twice, and in another order -----------------------------------------------


async def test_redelivered_and_overtaking_records_change_nothing_twice(desk: Office) -> None:
    told = receive().letter
    rating = RatingSubmitted(request_id="r-1", solved=True, score=3)
    assert isinstance(told, LetterSubmitted)
    await desk.receive(told=receive())
    await desk.act(accepting())
    await desk.act(replying())
    await desk.shelf.hear_events(SUBMITTED.name, LETTER, rating)
    live = await desk.letter()
    everything = list(desk.shelf.said(PROGRESS.name))
    desk.shelf.forget_numbers()
    await desk.receive(told=receive())
    await desk.shelf.hear_events(SUBMITTED.name, LETTER, rating)
    assert await desk.letter() == live
    assert desk.shelf.said(PROGRESS.name) == everything
    assert letter_of(live).state == "closed"
    assert isinstance(live, Letter)
