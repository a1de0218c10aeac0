"""Questions to the writer: how they are answered, lapse, and hold the reply's clock up."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.router.api.letters_schemas import shown
from services.router.domain.questions import MOST_ADDITIONS, AttachAddition, RecordAnswer
from services.router.domain.writer_requests import ReopenLetter
from shared.contracts.values import Attachment
from shared.contracts.words import Span, WriterText
from shared.kernel.errors import BadValue, LimitReached, NotHeld, OutOfOrder
from tests.router.story import (
    LETTER,
    NAME,
    NOTE,
    STAGES,
    accept,
    ask,
    at,
    for_bureau,
    given,
    later,
    letter_of,
    names,
    receive,
    reply,
    route,
    running,
)
from tests.router.test_routing import back
from tests.router.test_timers import changes, fired

TEXT = WriterText(text=f"我叫{NAME}，门牌是三号。", own_spans=(Span(start=2, end=5, what="name"),))
MASKED = "我叫〔本人姓名〕，门牌是三号。"
FILE = Attachment(id="a-2", type="application/pdf", size=20, sha256="2" * 64)


def answer(question: int = 1, **over: Any) -> RecordAnswer:
    """The writer answers, two days later."""
    fields: dict[str, Any] = {
        "request_id": "r-5",
        "at": later(2),
        "words": TEXT,
        "attachments": (FILE,),
    }
    return RecordAnswer(**(fields | {"question": question} | over))


def add(**over: Any) -> AttachAddition:
    """The writer sends something more."""
    fields: dict[str, Any] = {"request_id": "r-6", "at": later(1), "words": TEXT, "attachments": ()}
    return AttachAddition(**(fields | over))


def lapsing(story: Any) -> Any:
    """The notifier proposes that the time for the answer has passed."""
    clock = letter_of(story.state).running("answer")
    assert clock is not None
    return fired(clock, level="effect")


def due(story: Any, name: Any = "reply") -> date:
    clock = letter_of(story.state).running(name)
    assert clock is not None
    return clock.due_on


def test_a_question_holds_the_reply_clock_up() -> None:
    story = at("handling").when(ask())
    (asked,) = story.caused
    assert (asked.question, asked.words, asked.state) == (1, NOTE, "supplement")
    assert asked.answer_by == date(2026, 11, 30)
    assert changes(asked) == [("reply", "paused"), ("answer", "started")]
    assert running(story.state) == {"reply", "answer"}
    clock = letter_of(story.state).running("reply")
    assert clock is not None
    assert clock.is_paused


def test_a_paused_clock_proposes_nothing() -> None:
    clock = letter_of(at("handling").state).running("reply")
    assert clock is not None
    at("supplement").when(fired(clock)).then_nothing()


def test_an_answer_lets_it_go_on_for_as_many_days_as_it_waited() -> None:
    story = at("supplement").when(answer())
    answered, moved = story.caused
    assert names(story.caused) == ["writer.answered", "due.changed"]
    assert (answered.question, answered.words, answered.attachments) == (1, TEXT, (FILE,))
    assert changes(answered) == [("answer", "stopped"), ("reply", "resumed")]
    assert (moved.old_due, moved.new_due) == (date(2026, 12, 7), date(2026, 12, 8))
    kinds = {one.day: one.kind for one in moved.receipt.days}
    assert kinds[date(2026, 11, 24)] == "paused"
    assert letter_of(story.state).attachments[-1] == FILE
    assert letter_of(story.state).state == "handling"


def test_asked_and_answered_on_one_day_costs_no_day() -> None:
    story = at("handling").when(ask(at=later(1)), answer(at=later(1, hours=3)))
    assert names(story.caused) == ["writer.answered"]
    assert due(story) == date(2026, 12, 7)


def test_silence_lets_it_go_on_too_and_the_last_day_was_waited_for() -> None:
    story = at("supplement")
    story = story.when(lapsing(story))
    lapsed, moved = story.caused
    assert names(story.caused) == ["question.lapsed", "due.changed"]
    assert (lapsed.question, lapsed.by.role) == (1, "clock")
    assert moved.new_due == date(2026, 12, 14), "24 to 27 and the 30th were waited for"
    story.when(lapsing(at("supplement"))).then_nothing()


def test_there_are_two_questions_and_ten_working_days_in_all() -> None:
    story = at("supplement")
    story = story.when(lapsing(story), ask(at=later(9)))
    assert (story.caused[0].question, story.caused[0].answer_by) == (2, date(2026, 12, 8))
    story = story.when(answer(2, at=later(9, hours=2)))
    with pytest.raises(LimitReached):
        story.when(ask(at=later(10)))
    first = at("handling").when(ask())
    waited = letter_of(first.state)
    ten = replace(waited.questions[0], ended_at=later(14))
    spent = replace(letter_of(at("handling").state), questions=(ten,))
    with pytest.raises(LimitReached):
        given.state(spent).when(ask(at=later(15)))
    nine = replace(ten, ended_at=later(11))
    almost = replace(spent, questions=(nine,))
    asked = given.state(almost).when(ask(at=later(15))).caused[0]
    assert asked.answer_by == date(2026, 12, 9), "one working day is left of ten"


def test_what_was_answered_in_time_counts_though_it_lapsed_meanwhile() -> None:
    story = at("supplement")
    story = story.when(lapsing(story), answer(at=later(6)))
    (added,) = story.caused
    assert (names(story.caused), added.late) == (["letter.added_to"], False)


def test_an_answer_that_comes_late_is_attached_and_told_once() -> None:
    story = at("supplement").when(answer(at=later(30)))
    (added,) = story.caused
    assert (names(story.caused), added.late, added.words) == (["letter.added_to"], True, TEXT)
    assert letter_of(story.state).state == "supplement"
    assert len(for_bureau(added, story.state)) == 1


def test_an_answer_to_a_question_that_nobody_asked_is_refused() -> None:
    story = at("supplement").when(answer(2))
    (no,) = story.caused
    assert (no.request_id, no.request_type, no.code) == ("r-5", "answer.submitted", "out_of_order")
    assert at("triage").when(answer()).caused[0].code == "out_of_order"


@pytest.mark.parametrize(
    ("stage", "is_late"),
    [
        ("triage", False),
        ("routed", False),
        ("handling", False),
        ("supplement", False),
        ("signing", False),
        ("replied", True),
        ("declined", True),
        ("closed", True),
        ("withdrawn", True),
    ],
)
def test_what_is_sent_unasked_is_attached_whenever_it_comes(stage: str, is_late: bool) -> None:
    story = at(stage).when(add(attachments=(FILE,)))
    (added,) = story.caused
    assert (added.late, added.words, added.attachments) == (is_late, TEXT, (FILE,))
    assert letter_of(story.state).state == letter_of(at(stage).state).state
    assert letter_of(story.state).clocks == letter_of(at(stage).state).clocks


def test_a_letter_takes_so_many_additions_and_no_more() -> None:
    full = replace(letter_of(at("handling").state), additions=MOST_ADDITIONS)
    (no,) = given.state(full).when(add()).caused
    assert (no.code, no.request_type) == ("limit", "addition.submitted")
    late = replace(letter_of(at("supplement").state), additions=MOST_ADDITIONS)
    assert given.state(late).when(answer(at=later(30))).caused[0].code == "limit"


@pytest.mark.parametrize("stage", [one for one in STAGES if one not in ("nothing", "handling")])
def test_only_whoever_handles_a_letter_asks(stage: str) -> None:
    with pytest.raises((OutOfOrder, NotHeld)):
        at(stage).when(ask())


def test_a_question_has_words() -> None:
    with pytest.raises(BadValue, match="words"):
        at("handling").when(ask(words=None))


def test_a_question_of_a_reopened_letter_holds_up_its_own_clock() -> None:
    story = at("replied").when(ReopenLetter("r-7", later(1), TEXT), ask(at=later(2)))
    assert changes(story.caused[0]) == [("reopened_reply", "paused"), ("answer", "started")]
    story = story.when(answer(at=later(3)))
    assert due(story, "reopened_reply") == date(2026, 12, 9)


# --- who reads what ----------------------------------------------------------------------------


@pytest.mark.parametrize("told", [answer(), add(), answer(at=later(40))])
def test_the_writer_s_own_values_are_masked_in_all_that_a_masked_letter_brings(told: Any) -> None:
    story = given().when(receive(category="complaint"), accept(), ask(), told)
    (copy, *_) = for_bureau(story.caused[0], story.state)
    assert copy.words.text == MASKED  # type: ignore[attr-defined]  # an event of ours
    assert story.caused[0].words == TEXT
    unmarked = replace(told, words=WriterText(text=f"我叫{NAME}"))
    story = given().when(receive(category="complaint"), accept(), ask(), unmarked)
    (copy, *_) = for_bureau(story.caused[0], story.state)
    assert copy.words is None, "nobody has looked for names"  # type: ignore[attr-defined]  # as above


def test_whoever_takes_a_letter_over_gets_the_conversation() -> None:
    story = at("supplement").when(answer(), add(), reply(at=later(3)))
    letter = letter_of(story.state)
    assert [bool(one.writer) for one in letter.said] == [False, True, True, False]


@pytest.mark.parametrize("category", ["request", "complaint"])
def test_a_conversation_is_told_masked_where_the_letter_is(category: Any) -> None:
    story = given().when(receive(category=category), add(), back(), route("foshan"))
    (assigned,) = for_bureau(story.caused[0], story.state)
    (turn,) = assigned.earlier.turns  # type: ignore[attr-defined]  # an event of ours
    assert turn.who == "writer"
    assert turn.text == (MASKED if category == "complaint" else TEXT.text)


def test_the_newest_of_a_long_conversation_fits_into_one_record() -> None:
    long = WriterText(text="长" * 4_000, own_spans=())
    story = at("routed").when(
        *(add(request_id=f"r-{n}", words=long, at=later(hours=n)) for n in range(15)),
        back(),
        route("foshan"),
    )
    (assigned,) = for_bureau(story.caused[0], story.state)
    turns = assigned.earlier.turns  # type: ignore[attr-defined]  # an event of ours
    assert 5 <= len(turns) < 15
    assert turns[-1].at == later(hours=14)
    assert [one.at for one in turns] == sorted(one.at for one in turns)
    assert assigned.earlier.left_out == 15 - len(turns)  # type: ignore[attr-defined]  # as above
    at_the_desk = shown(LETTER, letter_of(story.state), sight="all").conversation
    assert len(at_the_desk) == 15
