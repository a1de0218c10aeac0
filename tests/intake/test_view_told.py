"""Texts in the writer's view: how a due date was counted, and the names of codes."""

from dataclasses import replace
from datetime import date
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from services.intake.api.letter_presentation import letter_shown
from services.intake.api.wording import (
    DAYS,
    PASSED,
    STEPS,
    WHY_CLOSED,
)
from services.intake.domain.letter import IntakeLetter
from services.intake.domain.publication_copy import PUBLISHED
from services.intake.domain.timeline import PUBLIC_CLOCKS, SHOWN
from services.intake.domain.writer_requests import SubmitAddition
from shared.contracts import vocabulary
from shared.contracts.progress_v1 import (
    DueChanged,
    ExtensionDecided,
    LetterEscalated,
    LetterReopened,
    LetterReturned,
    WriterAnswered,
)
from shared.contracts.values import Receipt, ReceiptDay
from shared.platform.runtime import data_files
from tests.intake.story import LETTER, OWNER, clock, fact, received, refused, replied, routed
from tests.intake.viewing import SAID, TRIAGE, after, view

LATE = fact(LetterEscalated, clock="reply", round=1, level="red", due_on=date(2026, 12, 8))


def receipt(*kinds: Any, first: int) -> Receipt:
    """Days of December from `first` on, counted so."""
    days = tuple(
        ReceiptDay(day=date(2026, 12, day), kind=kind) for day, kind in enumerate(kinds, first)
    )
    return Receipt(due_on=days[-1].day, calendar_version="2026.1", policy_version="2026", days=days)


COUNTED = receipt("zero", "counted", "paused", "skipped", "counted", first=10)


def test_each_code_has_words_in_both_languages() -> None:
    for words, codes in (
        (WHY_CLOSED, get_args(vocabulary.WhyClosed)),
        (DAYS, get_args(vocabulary.DayKind)),
        (PASSED, PUBLIC_CLOCKS),
        (STEPS, {*SHOWN.values(), PUBLISHED}),
    ):
        assert set(words) == set(codes)
        for zh, en in words.values():
            assert not zh.isascii()
            assert en.isascii()


def test_the_day_of_the_reply_is_counted_before_the_writer() -> None:
    told = received().model_copy(update={"receipt": COUNTED})
    seen = view(told)["reply_due_receipt"]
    assert (seen["due_on"], seen["calendar_version"]) == ("2026-12-14", "2026.1")
    assert [(one["day"], one["kind"], one["number"]) for one in seen["days"]] == [
        ("2026-12-10", "zero", None),
        ("2026-12-11", "counted", 1),
        ("2026-12-12", "paused", None),
        ("2026-12-13", "skipped", None),
        ("2026-12-14", "counted", 2),
    ]
    assert seen["days"][-1]["zh"] == "第2日"
    assert seen["days"][2]["en"] == "waiting for your answer, not counted"


@pytest.mark.parametrize(
    "moved",
    [
        fact(
            ExtensionDecided, clock="reply", granted=True, new_due=date(2026, 12, 14),
            receipt=COUNTED, clocks=(clock("reply", "moved", date(2026, 12, 14)),),
        ),
        fact(
            DueChanged, clock="reply", round=1, old_due=date(2026, 12, 8), reason="resumed",
            new_due=date(2026, 12, 14), calendar_version="2026.1", receipt=COUNTED,
        ),
        fact(
            LetterReopened, time=1, receipt=COUNTED,
            clocks=(clock("reopened_reply", "started", date(2026, 12, 14)),),
        ),
    ],
    ids=lambda one: type(one).__name__,
)  # fmt: skip
def test_whatever_moves_the_day_brings_its_count(moved: Any) -> None:
    assert len(view(received(), moved)["reply_due_receipt"]["days"]) == 5


def test_a_count_of_another_day_or_of_another_clock_is_not_shown() -> None:
    went_on = fact(
        WriterAnswered, question=1, clocks=(clock("reply", "resumed", date(2026, 12, 10)),)
    )
    assert view(received(), went_on)["reply_due_receipt"] is None
    other = fact(
        DueChanged, clock="petition", round=1, old_due=date(2026, 12, 8), reason="calendar",
        new_due=date(2026, 12, 14), calendar_version="2026.1", receipt=COUNTED,
    )  # fmt: skip
    assert view(received(), other)["reply_due_receipt"]["due_on"] == "2026-12-08"


def test_outcomes_and_refused_requests_are_said_in_both_languages() -> None:
    seen = view(routed(), replied(), SubmitAddition(OWNER, "r-b", SAID), refused("r-b"))
    assert (seen["reply"]["outcome_zh"], seen["reply"]["outcome_en"]) == ("已解决", "resolved")
    (request,) = seen["requests"]
    assert (request["code_zh"], request["code_en"]) == ("已超过办理期限", "too late")
    assert [one["zh"] for one in seen["history"]] == ["已转交承办单位", "已答复"]


def test_a_letter_kept_by_the_version_before_is_shown_with_what_was_kept() -> None:
    returned = fact(LetterReturned, **TRIAGE, from_bureau="guangzhou", reason="other_place")
    kept = TypeAdapter(IntakeLetter)
    letter = replace(
        after(received(), routed(), returned, LATE), words=None, contact=None, identity=None
    )
    stored = kept.dump_python(letter, mode="json")
    del stored["reply_receipt"]
    for step in stored["history"]:
        del step["reason"], step["clock"], step["due_on"]
    seen = letter_shown(LETTER, kept.validate_python(stored), wording=data_files.categories())
    assert seen.reply_due_receipt is None
    assert [one.zh for one in seen.history][2:] == ["承办单位退回", "已超过期限"]
