"""Writers' requests go on with their own values marked; their decisions apply at once."""

from dataclasses import replace
from typing import Any

import pytest

from services.intake.domain.contact import MOST_CONTACTS, ChangeContact
from services.intake.domain.pii_spans import values_of
from services.intake.domain.publication_copy import ChangeConsent, NotePublisherEvent
from services.intake.domain.writer_requests import (
    MOST_ADDITIONS,
    RequestAppeal,
    RequestReopening,
    RequestWithdrawal,
    SubmitAddition,
    SubmitAnswer,
    SubmitRating,
)
from shared.contracts.progress_v1 import LetterReclassified, LetterReopened
from shared.contracts.published_v1 import LetterPublished, PublicationWithdrawn
from shared.contracts.submitted_v1 import (
    AdditionSubmitted,
    AnswerSubmitted,
    AppealRequested,
    ConsentChanged,
    ContactChanged,
    LetterErased,
    PublicationCopied,
    RatingSubmitted,
    ReopeningRequested,
)
from shared.contracts.words import MOST_SPANS, Comment, Contact, Identity, PublicText, WriterText
from shared.kernel.errors import LimitReached, NotFound
from tests.intake.story import (
    ADDRESS,
    CONTACT,
    EMAIL,
    IDENTITY,
    NAME,
    NOON,
    OWNER,
    PHONE,
    SECOND_PHONE,
    fact,
    given,
    note,
    replied,
    routed,
    submit,
)
from tests.intake.viewing import letter_of

SAID = WriterText(text=f"我是{NAME}，电话{SECOND_PHONE}")
IN_WORDS: dict[type[Any], Any] = {
    AnswerSubmitted: SubmitAnswer(OWNER, "r-1", 2, SAID),
    AdditionSubmitted: SubmitAddition(OWNER, "r-1", SAID),
    ReopeningRequested: RequestReopening(OWNER, "r-1", SAID),
    AppealRequested: RequestAppeal(OWNER, "r-1", SAID),
    RatingSubmitted: SubmitRating(
        OWNER, "r-1", solved=False, score=1, words=Comment(text=SAID.text)
    ),
}
ERASED = LetterErased(what=("identity",), rule="letters.five_years")


@pytest.mark.parametrize("kind", IN_WORDS)
def test_own_values_are_marked_in_whatever_a_writer_says(kind: type[Any]) -> None:
    story = given().when(submit(), IN_WORDS[kind])
    (event,) = story.caused
    assert type(event) is kind
    assert event.request_id == "r-1"
    assert event.words.text == SAID.text
    marks = [(one.start, one.end, one.what) for one in event.words.own_spans]
    assert marks == [(2, 5, "name"), (8, 19, "phone")]
    (request,) = letter_of(story.state).requests
    assert (request.status, request.words and request.words.text) == ("sent", SAID.text)


def test_an_answer_names_its_question() -> None:
    (event,) = given().when(submit(), IN_WORDS[AnswerSubmitted]).caused
    assert event.question == 2


@pytest.mark.parametrize("kind", IN_WORDS)
def test_nobody_can_mark_what_nobody_knows_any_more(kind: type[Any]) -> None:
    (event,) = given(*given().when(submit()).caused, ERASED).when(IN_WORDS[kind]).caused
    assert event.words.own_spans is None


def test_nothing_found_is_another_thing_than_nobody_having_looked() -> None:
    told = SubmitAddition(OWNER, "r-1", WriterText(text="没有别的"))
    (event,) = given().when(submit(), told).caused
    assert event.words.own_spans == ()


def test_too_many_own_values_are_refused() -> None:
    told = SubmitAddition(OWNER, "r-1", WriterText(text=f"{NAME}，" * (MOST_SPANS + 1)))
    with pytest.raises(LimitReached):
        given().when(submit(), told)


@pytest.mark.parametrize(
    "command",
    [
        *IN_WORDS.values(),
        ChangeConsent(OWNER, to_publish=False),
        ChangeContact(OWNER, CONTACT, IDENTITY),
    ],
    ids=lambda one: type(one).__name__,
)
def test_only_the_writer_asks_and_decides(command: Any) -> None:
    with pytest.raises(NotFound):
        given().when(submit(), replace(command, owner="another"))
    with pytest.raises(NotFound):
        given().when(command)


def test_additions_leave_room_for_what_matters_more() -> None:
    additions = [SubmitAddition(OWNER, f"r-{n}", SAID) for n in range(MOST_ADDITIONS)]
    story = given().when(submit(), *additions)
    with pytest.raises(LimitReached):
        story.when(SubmitAddition(OWNER, "r-more", SAID))
    assert len(story.when(RequestWithdrawal(OWNER, "r-w", "settled")).caused) == 1


# --- consent -----------------------------------------------------------------------------------

NO, YES = ChangeConsent(OWNER, to_publish=False), ChangeConsent(OWNER, to_publish=True)


def copies(caused: tuple[Any, ...]) -> list[int]:
    return [one.copy_number for one in caused if isinstance(one, PublicationCopied)]


def test_consent_taken_back_is_said_once() -> None:
    story = given().when(submit(), NO).then(ConsentChanged(to_publish=False))
    story.when(NO).then_nothing()
    assert copies(story.when(note(routed()), note(replied())).caused) == []


def test_consent_before_the_reply_brings_a_copy_with_it() -> None:
    story = given().when(submit(consent_to_publish=False), YES)
    story.then(ConsentChanged(to_publish=True))
    assert copies(story.when(note(replied())).caused) == [1]


def test_consent_after_the_reply_brings_a_copy_at_once() -> None:
    story = given().when(submit(consent_to_publish=False), note(replied()), YES)
    assert copies(story.caused) == [1]
    assert copies(story.when(NO, YES).caused) == [2]


@pytest.mark.parametrize(
    "told",
    [
        (note(routed()),),
        (note(replied()), note(fact(LetterReopened, time=1))),
        (note(routed(category="report")), note(replied())),
        (
            note(replied()),
            note(fact(LetterReclassified, state="replied", category="report", masked=True)),
        ),
        (note(replied(None)),),
    ],
    ids=["not replied", "reopened", "routed as a report", "reclassified", "words erased"],
)
def test_consent_brings_no_copy_of_what_may_not_be_published(told: tuple[Any, ...]) -> None:
    story = given().when(submit(consent_to_publish=False), *told, YES)
    story.then(ConsentChanged(to_publish=True))


def test_a_reply_to_what_the_router_calls_a_report_is_never_copied() -> None:
    story = given().when(submit(), note(routed(category="report")), note(replied()))
    assert copies(story.caused) == []


def test_the_writer_sees_where_the_letter_is_published_and_that_it_is_not_any_more() -> None:
    told = LetterPublished(publication="P-1", path="/publications/P-1", published_at=NOON)
    story = given().when(submit(), note(replied()), NotePublisherEvent(told))
    publication = letter_of(story.state).publication
    assert publication is not None
    assert (publication.path, publication.is_withdrawn) == ("/publications/P-1", False)
    assert letter_of(story.state).history[-1].what == "letter.published"
    gone = PublicationWithdrawn(publication="P-1", reason="consent")
    after = letter_of(story.when(NotePublisherEvent(gone)).state).publication
    assert after == replace(publication, is_withdrawn=True)
    nothing = letter_of(given().when(submit(), NotePublisherEvent(gone)).state)
    assert nothing.publication is None


# --- contact -----------------------------------------------------------------------------------

NEW_PHONE, NEW_ADDRESS = "15400003333", "佛山市无名路9号"
MOVED = ChangeContact(
    OWNER,
    Contact(phone=NEW_PHONE),
    Identity(name=NAME, id_number=IDENTITY.id_number, phone=PHONE, address=NEW_ADDRESS),
)


def test_a_new_contact_goes_to_who_reaches_the_writer_and_is_said_once() -> None:
    story = given().when(submit(), MOVED)
    story.then(ContactChanged(contact=MOVED.contact, identity=MOVED.identity))
    letter = letter_of(story.state)
    assert (letter.contact, letter.identity) == (MOVED.contact, MOVED.identity)
    story.when(MOVED).then_nothing()


def test_without_a_new_address_the_known_one_stays() -> None:
    bare = IDENTITY.model_copy(update={"address": None})
    story = given().when(submit(), ChangeContact(OWNER, Contact(phone=NEW_PHONE), bare))
    identity = letter_of(story.state).identity
    assert identity is not None
    assert identity.address == ADDRESS
    given().when(submit(), ChangeContact(OWNER, CONTACT, bare)).then_nothing()


def test_what_was_given_before_is_marked_for_ever() -> None:
    everything = f"{NAME}；{SECOND_PHONE}；{EMAIL}；{ADDRESS}；{NEW_PHONE}；{NEW_ADDRESS}"
    told = SubmitAddition(OWNER, "r-1", WriterText(text=everything))
    (event,) = given().when(submit(), MOVED, told).caused
    assert [one.what for one in event.words.own_spans] == [
        "name",
        "phone",
        "email",
        "address",
        "phone",
        "address",
    ]
    reply = replied(f"已联系{SECOND_PHONE}和{NEW_PHONE}，住{ADDRESS}")
    (copy,) = [
        one
        for one in given().when(submit(), MOVED, note(reply)).caused
        if isinstance(one, PublicationCopied)
    ]
    assert isinstance(copy.words, PublicText)
    assert copy.words.reply == "已联系〔电话〕和〔电话〕，住〔本人地址〕"


def test_an_erased_identity_does_not_come_back() -> None:
    letter = replace(letter_of(given().when(submit()).state), identity=None, contact=None)
    story = given.state(letter).when(MOVED)
    story.then(ContactChanged(contact=MOVED.contact, identity=None))
    assert letter_of(story.state).identity is None


def test_contacts_change_so_often_and_no_more() -> None:
    numbers = [f"1540000{number:04}" for number in range(MOST_CONTACTS + 1)]
    changes = [replace(MOVED, contact=Contact(phone=number)) for number in numbers]
    story = given().when(submit(), *changes[:-1])
    assert len(values_of(letter_of(story.state))) <= MOST_CONTACTS + 3
    with pytest.raises(LimitReached):
        story.when(changes[-1])
    story.when(changes[-2]).then_nothing()


# --- erasing -----------------------------------------------------------------------------------


def test_what_is_erased_is_gone_everywhere_and_the_course_of_the_letter_stays() -> None:
    story = given().when(
        submit(), note(routed()), IN_WORDS[AdditionSubmitted], MOVED, note(replied())
    )
    letter = letter_of(story.state)
    gone = letter_of(given.state(letter).decider.evolve(letter, _erased("words", "identity")))
    assert (gone.words, gone.identity, gone.contact) == (None, None, None)
    assert (gone.earlier_contacts, gone.earlier_identities) == ((), ())
    assert gone.answer is not None
    assert gone.answer.words is None
    assert [one.words for one in gone.requests] == [None]
    assert (gone.state, gone.history) == (letter.state, letter.history)
    assert given.state(letter).decider.evolve(letter, _erased("attachments")) == letter


def _erased(*what: Any) -> LetterErased:
    return LetterErased(what=what, rule="letters.five_years")
