"""What bureaus must not learn of a masked letter's writer from earlier notes and replies."""

from typing import Any
from unittest.mock import Mock

import pytest

from services.router.domain import masking
from services.router.domain.letter import Letter, Pledge
from services.router.domain.masking import without_writer
from shared.contracts.words import MAX_REPLY, LetterText, Note, ReplyText, Span
from shared.rules.pii import own_spans
from tests.router.story import (
    NAME,
    PHONE,
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
)
from tests.router.test_commitments import instruct
from tests.router.test_questions import answer
from tests.router.test_reclassification import reclassify
from tests.router.test_routing import recall
from tests.router.test_writer_requests import reopen

CALLED = f"{NAME}同志，{PHONE}打不通，请补充门牌号。"


def taken_over(*reclassified: Any) -> list[Any]:
    """Foshan's events when it takes a letter over from Guangzhou, which knew the writer."""
    named = Note(text=CALLED)
    promise = Pledge(later(30).date(), Note(text=f"年底前给{NAME}回访。"))
    story = given().when(
        *(receive(), accept(), ask(words=named), answer(), instruct(words=named)),
        reply(words=ReplyText(text=f"{NAME}：已修复。"), commitments=(promise,), at=later(3)),
        *(reopen(at=later(3)), recall(at=later(3)), *reclassified, route("foshan", at=later(3))),
    )
    told = list(for_bureau(story.caused[0], story.state))
    assert names(told) == ["letter.assigned", "instruction.given", "commitment.made"]
    return told


def texts(told: list[Any]) -> str:
    turns = [turn.text for turn in told[0].earlier.turns]
    return "\n".join([told[0].words.body, *turns, *(one.words.text for one in told[1:])])


def test_what_an_earlier_bureau_called_the_writer_is_masked_with_the_letter() -> None:
    shown = texts(taken_over(reclassify(at=later(3))))
    assert "〔本人姓名〕同志，〔电话〕打不通" in shown
    assert "〔本人姓名〕：已修复。" in shown
    assert "年底前给〔本人姓名〕回访。" in shown
    assert NAME not in shown
    assert PHONE not in shown


def test_of_another_letter_it_is_told_as_it_was_said() -> None:
    assert CALLED in texts(taken_over())


def test_nobody_makes_the_router_look_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer may have written their values in any number of ways; only some are looked for."""
    searches = Mock(wraps=own_spans)
    monkeypatch.setattr(masking, "own_spans", searches)
    body = "".join(f"{NAME}{number:011}" for number in range(300))
    spans = tuple(
        Span(start=14 * number + 3, end=14 * number + 14, what="phone") for number in range(300)
    )
    letter = letter_of(at("handling").state)
    many = Letter(**{**vars(letter), "words": LetterText(subject="x", body=body, own_spans=spans)})
    assert "〔电话〕" in without_writer("字" * 20_000 + "00000000001", many, most=MAX_REPLY + 100)
    assert searches.call_count == masking.MOST_FORMS
