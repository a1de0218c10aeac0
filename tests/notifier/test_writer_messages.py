"""Writers get messages that concern them: once, outside quiet hours, with the due date."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from services.notifier.domain.contact import ContactKept, KeepContact
from services.notifier.domain.deliveries import Delivery
from services.notifier.domain.delivery_queue import DeliveryQueued, NoteDelivered
from services.notifier.domain.messages import text_of
from services.notifier.domain.own_clocks import RecordOtherEvent
from services.notifier.domain.progress import ProgressRecorded, RecordProgress
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import (
    AppealMade,
    CommitmentFulfilled,
    ExtensionDecided,
    LetterAddedTo,
    LetterClosed,
    LetterDeclined,
    LetterReopened,
    LetterWithdrawn,
    WriterAsked,
)
from shared.contracts.published_v1 import LetterPublished
from shared.contracts.submitted_v1 import PhoneCheckRequested
from shared.contracts.values import By
from shared.contracts.words import Contact, Note
from tests.notifier.story import (
    DELIVERY,
    EVENT,
    LETTER,
    PHONE,
    fact,
    given,
    other,
    replied,
    said,
    started,
)
from tests.support.moving import moment

CONTACT = Contact(phone=PHONE)
UNTIL = moment(26, 13) + timedelta(minutes=10)


def code_asked(**over: Any) -> RecordOtherEvent:
    """Intake asks for a code in quiet hours, at 21:00 in Guangdong."""
    fields: dict[str, Any] = {"check": 1, "expires_at": UNTIL, "words": Note(text="417302")}
    event = PhoneCheckRequested(**fields | over)
    return RecordOtherEvent(LETTER, event, "letters.submitted/x/2", moment(26, 13))


def test_a_callers_code_is_sent_at_once_and_forgotten_when_the_message_has_ended() -> None:
    story = given().when(KNOWN, code_asked())
    (message,) = story.state.deliveries
    assert (message.message, message.try_at) == ("phone_code", moment(26, 13))
    assert message.is_urgent
    assert message.expires_at == UNTIL
    for lang in ("zh", "en"):
        assert "417302" in text_of(message, lang, letter=LETTER, where=WHERE)
    (ended,) = story.when(NoteDelivered(message.id)).state.deliveries
    assert (ended.standing, ended.secret) == ("delivered", None)
    assert "417302" not in repr(story.state)


@pytest.mark.parametrize("over", [{"expires_at": moment(26, 13)}, {"words": None}])
def test_a_code_that_has_expired_or_was_erased_is_not_sent(over: dict[str, Any]) -> None:
    assert given().when(KNOWN, code_asked(**over)).state.deliveries == ()


KNOWN = KeepContact(Contact(phone=PHONE), "zh")
NOON = moment(26, 4)
"""12:00 in Guangdong."""
WHERE = "https://mailbox.example"
DECEMBER = date(2026, 12, 8)


def told(*facts: Fact, at: datetime = NOON) -> tuple[Delivery, ...]:
    """All messages to the writer after these facts."""
    commands = [
        RecordProgress(LETTER, fact, number, f"letters.progress/{LETTER}/{number}", at)
        for number, fact in enumerate(facts, 1)
    ]
    deliveries = given().when(KNOWN, *commands).state.deliveries
    return tuple(message for message in deliveries if message.to is None)


def texts(*facts: Fact, lang: Any = "zh") -> list[str]:
    return [text_of(message, lang, letter=LETTER, where=WHERE) for message in told(*facts)]


ASKED = said(WriterAsked, state="supplement", question=1, answer_by=DECEMBER)
GRANTED = said(ExtensionDecided, clock="reply", granted=True, days=5, new_due=DECEMBER)
DECLINED = said(
    LetterDeclined,
    state="declined",
    decline_reason="outside_jurisdiction",
    where_to_turn="12345",
    appeal_by=DECEMBER,
)
FULFILLED = said(CommitmentFulfilled, state="closed", commitment=1, kept="late")
REOPENED = said(
    LetterReopened,
    time=1,
    clocks=(other("stopped", "rating"), started("reopened_reply", due_on=DECEMBER)),
)
APPEALED = said(
    AppealMade,
    state="triage",
    holder="triage",
    declined_by="guangzhou",
    clocks=(started("reopened_reply", due_on=DECEMBER),),
)
WITHDRAWN = said(LetterWithdrawn, state="withdrawn", reason="settled")
LATE = said(LetterAddedTo, late=True)
SILENT = said(LetterClosed, state="closed", by=By(role="clock"), why="silence")


@pytest.mark.parametrize(
    ("fact", "message", "says"),
    [
        (ASKED, "asked", ("补充说明", "2026-12-08 24 时前答复")),
        (GRANTED, "extended", ("延期", "2026-12-08")),
        (DECLINED, "declined", ("不予受理", "12345 政务服务便民热线", "2026-12-08 24 时前申诉")),
        (FULFILLED, "fulfilled", ("承诺",)),
        (REOPENED, "reopened", ("重新办理", "2026-12-08")),
        (APPEALED, "appealed", ("申诉", "2026-12-08")),
        (WITHDRAWN, "withdrawn", ("撤回",)),
        (LATE, "added_late", ("附卷",)),
        (SILENT, "closed", ("自动办结",)),
    ],
)
def test_each_message_names_the_day_that_counts(
    fact: Fact, message: str, says: tuple[str, ...]
) -> None:
    (delivery,) = told(fact)
    assert (delivery.message, delivery.to) == (message, None)
    assert delivery.id == f"{LETTER}/letters.progress/{LETTER}/1"
    (text,) = texts(fact)
    assert all(part in text for part in says)
    (english,) = texts(fact, lang="en")
    assert english.startswith("[Director's Mailbox] ")
    assert english.isascii()


@pytest.mark.parametrize(
    "fact",
    [
        GRANTED.model_copy(update={"granted": False, "new_due": None}),
        said(LetterAddedTo, late=False),
        said(LetterClosed, state="closed", why="solved"),
    ],
)
def test_facts_that_change_nothing_for_the_writer_cause_no_message(fact: Fact) -> None:
    assert told(fact) == ()


def test_late_additions_cause_one_message() -> None:
    assert [message.message for message in told(LATE, LATE, LATE)] == ["added_late"]


def test_a_repeated_step_causes_a_message_of_its_own() -> None:
    assert len({message.id for message in told(REOPENED, REOPENED)}) == 2


def test_a_publication_is_announced() -> None:
    published = LetterPublished(publication="P-1", path="/publications/P-1", published_at=NOON)
    event = f"letters.published/{LETTER}/1"
    (delivery,) = (
        given().when(KNOWN, RecordOtherEvent(LETTER, published, event, NOON)).state.deliveries
    )
    assert (delivery.id, delivery.message) == (f"{LETTER}/{event}", "published")


# --- quiet hours -------------------------------------------------------------------------------

NIGHT = moment(26, 16)
"""00:00 of the 27th in Guangdong."""
HALF_PAST_TWO = NIGHT + timedelta(hours=2, minutes=28)
MORNING = moment(27, 1)


def test_a_closing_at_midnight_is_announced_in_the_morning() -> None:
    (delivery,) = told(SILENT, at=NIGHT)
    assert (delivery.queued_at, delivery.try_at) == (MORNING, MORNING)


@pytest.mark.parametrize("fact", [ASKED, DECLINED, REOPENED, WITHDRAWN, replied()])
def test_an_act_at_night_is_announced_in_the_morning(fact: Fact) -> None:
    (delivery,) = told(fact, at=HALF_PAST_TWO)
    assert (delivery.queued_at, delivery.try_at) == (MORNING, MORNING)


def test_a_publication_at_night_is_announced_in_the_morning() -> None:
    published = LetterPublished(publication="P-1", path="/publications/P-1", published_at=NIGHT)
    heard = RecordOtherEvent(LETTER, published, f"letters.published/{LETTER}/1", HALF_PAST_TWO)
    (delivery,) = given().when(KNOWN, heard).state.deliveries
    assert delivery.try_at == MORNING


# --- before a letter is closed -----------------------------------------------------------------

RATING = started("rating", ("effect", moment(30)), due_on=date(2026, 12, 26))
REPLIED = replied(RATING)
WARNED = datetime.fromisoformat("2026-12-19T01:00:00+00:00")


def test_a_reply_names_the_last_day_to_rate_with_a_reminder_a_week_before() -> None:
    reply, warning = told(REPLIED)
    assert (reply.message, warning.message) == ("replied", "closing")
    assert (warning.queued_at, warning.try_at) == (WARNED, WARNED)
    assert warning.id == f"{reply.id}/closing"
    assert all("2026-12-26" in text for text in texts(REPLIED))


@pytest.mark.parametrize(
    "end",
    [
        said(LetterClosed, state="closed", why="solved", clocks=(other("stopped", "rating"),)),
        REOPENED,
        said(LetterReopened, time=1, clocks=(started("rating", due_on=DECEMBER, change="moved"),)),
    ],
)
def test_a_pointless_reminder_is_dropped(end: Fact) -> None:
    _, warning, *_ = told(REPLIED, end)
    assert warning.standing == "dropped"


def test_a_delivered_reminder_is_not_dropped() -> None:
    story = given().when(
        KNOWN, RecordProgress(LETTER, REPLIED, 1, "e", NOON), NoteDelivered(f"{LETTER}/e/closing")
    )
    closed = said(LetterClosed, state="closed", why="silence", clocks=(other("stopped", "rating"),))
    after = story.when(RecordProgress(LETTER, closed, 2, "f", NOON + timedelta(days=30))).state
    assert [message.standing for message in after.deliveries] == ["waiting", "delivered", "waiting"]


def test_after_a_second_reply_only_it_has_a_reminder() -> None:
    again = started("rating", ("effect", moment(30)), due_on=date(2027, 1, 20), round_=2)
    messages = told(REPLIED, REOPENED, replied(again))
    assert [(message.message, message.standing) for message in messages] == [
        ("replied", "waiting"),
        ("closing", "dropped"),
        ("reopened", "waiting"),
        ("replied", "waiting"),
        ("closing", "waiting"),
    ]


def test_a_message_to_the_writer_is_no_event_for_others() -> None:
    story = given().when(KNOWN, RecordProgress(LETTER, ASKED, 1, "e", NOON))
    assert isinstance(story.caused[-1], DeliveryQueued)


def test_a_reply_causes_one_message_with_an_own_id() -> None:
    queued = Delivery(DELIVERY, "replied", queued_at=moment(26), try_at=moment(26))
    answer = replied()
    given(ContactKept(CONTACT, "zh")).when(
        RecordProgress(LETTER, answer, 6, EVENT, moment(26))
    ).then(ProgressRecorded(answer, 6), DeliveryQueued(queued)).leaves(
        lambda letter: letter.waiting == (queued,) and letter.address == ("sms", PHONE)
    )


def test_other_facts_cause_no_message() -> None:
    heard_fact: Fact = fact()
    given().when(RecordProgress(LETTER, heard_fact, 1, EVENT, moment(26))).then(
        ProgressRecorded(heard_fact, 1)
    )
