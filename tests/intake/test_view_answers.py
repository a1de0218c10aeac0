"""The writer's view of replies, refusals, appeals, reopening, endings and promises."""

from datetime import date

from services.intake.domain.writer_requests import (
    RequestAppeal,
    RequestReopening,
    RequestWithdrawal,
)
from shared.contracts.progress_v1 import (
    AppealMade,
    CommitmentFulfilled,
    CommitmentMade,
    LetterClosed,
    LetterDeclined,
    LetterEscalated,
    LetterReopened,
    TriageEntered,
)
from shared.contracts.values import About
from shared.contracts.words import Note, ReplyText
from shared.rules.referral_table import turning
from tests.intake.story import (
    OWNER,
    clock,
    fact,
    received,
    replied,
    routed,
    withdrawn,
)
from tests.intake.viewing import SAID, TRIAGE, after, view

ENTERED = fact(TriageEntered, **TRIAGE, reasons=("appealed",))
DECLINED = fact(
    LetterDeclined,
    state="declined",
    decline_reason="outside_jurisdiction",
    where_to_turn="12345",
    appeal_by=date(2026, 12, 24),
    words=ReplyText(text="不属于公安机关职责。"),
)


def test_a_reply_says_until_when_it_may_be_rated_or_reopened() -> None:
    rating = clock("rating", "started", date(2026, 12, 24))
    answer = after(replied().model_copy(update={"clocks": (rating,)})).answer
    assert answer is not None
    assert answer.answer_by == date(2026, 12, 24)


def test_a_refusal_says_why_where_to_turn_and_until_when_to_appeal() -> None:
    seen = view(received(), routed(), DECLINED)
    assert seen["state"] == "declined"
    assert seen["reply"] == {
        "text": "不属于公安机关职责。",
        "outcome": None,
        "replied_at": "2026-11-24T04:00:00Z",
        "bureau": "guangzhou",
        "decline_reason": "outside_jurisdiction",
        "outcome_zh": None,
        "outcome_en": None,
        "decline_reason_zh": "不属于公安机关职责",
        "decline_reason_en": "it is not a matter for the police",
        "where_to_turn": "12345",
        "turn_to": [
            {
                "code": "12345",
                "number": "12345",
                "name_zh": "政务服务便民热线",
                "name_en": "Government line",
                "hours_zh": "全天24小时",
                "hours_en": "day and night",
                "zh": turning().lines["12345"].zh,
                "en": turning().lines["12345"].en,
            }
        ],
        "answer_by": "2026-12-24",
    }


def test_an_appeal_is_done_and_the_letter_is_being_assigned() -> None:
    appealed = fact(AppealMade, **TRIAGE, declined_by="guangzhou")
    seen = view(DECLINED, RequestAppeal(OWNER, "r-c", SAID), appealed, ENTERED)
    assert (seen["state"], seen["bureau"]) == ("triage", None)
    assert [one["status"] for one in seen["requests"]] == ["done"]
    assert seen["reply"]["decline_reason"] == "outside_jurisdiction"


def test_a_reopened_letter_keeps_its_reply_and_gets_another() -> None:
    again = fact(LetterReopened, time=1)
    second = replied("第二次答复").model_copy(update={"reply": 2})
    told = (replied(), RequestReopening(OWNER, "r-d", SAID), again)
    between, then = view(*told), view(*told, second)
    assert (between["state"], between["reopened"]) == ("handling", 1)
    assert [one["status"] for one in between["requests"]] == ["done"]
    assert len(between["replies"]) == 1
    assert [one["text"] for one in then["replies"]] == [
        view(replied())["reply"]["text"],
        "第二次答复",
    ]
    assert then["reply"] == then["replies"][-1]


def test_a_letter_says_why_it_was_closed_until_it_is_reopened() -> None:
    silent = fact(LetterClosed, state="closed", why="silence")
    assert view(replied(), silent)["why_closed"] == "silence"
    assert view(replied(), silent)["why_closed_zh"] == "逾期未评价，自动办结"
    assert view(replied(), silent, fact(LetterReopened, time=1))["why_closed"] is None


def test_a_withdrawal_is_done() -> None:
    seen = view(RequestWithdrawal(OWNER, "r-e", "settled"), withdrawn())
    assert (seen["state"], seen["requests"][0]["status"]) == ("withdrawn", "done")


# --- promises ----------------------------------------------------------------------------------

MADE = fact(
    CommitmentMade,
    state="replied",
    commitment=1,
    due_on=date(2026, 12, 31),
    words=Note(text="年底前修好"),
)
ANOTHER = MADE.model_copy(update={"commitment": 2, "due_on": date(2027, 1, 31)})
BROKEN = fact(
    LetterEscalated,
    state="closed",
    clock="commitment",
    round=1,
    level="red",
    due_on=date(2026, 12, 31),
)


def kept(how: str) -> CommitmentFulfilled:
    """The first promise was kept."""
    return fact(
        CommitmentFulfilled, state="closed", commitment=1, kept=how, words=Note(text="已修好")
    )


def test_a_promise_is_open_broken_or_kept_each_by_itself() -> None:
    assert view(replied(), MADE, ANOTHER)["promises"][0] == {
        "commitment": 1,
        "text": "年底前修好",
        "due_on": "2026-12-31",
        "standing": "open",
        "broken_at": None,
        "evidence": None,
    }
    day_over = "2026-12-31T16:00:00Z"
    for told, standing, broken_at in (
        ((BROKEN,), "broken", day_over),
        ((kept("in_time"),), "in_time", None),
        ((BROKEN, kept("late")), "late", day_over),
    ):
        promises = view(replied(), MADE, ANOTHER, *told)["promises"]
        assert [one["standing"] for one in promises] == [standing, "open"]
        assert [one["broken_at"] for one in promises] == [broken_at, None]
    assert view(MADE, kept("late"))["promises"][0]["evidence"] == "已修好"


def test_who_complains_of_the_department_is_told_of_12389_as_well() -> None:
    department = About(kind="bureau", level="province")
    told = received().model_copy(update={"about": department})
    assert view(told)["also_turn_to"] == "12389"
    assert view(received())["also_turn_to"] is None
    elsewhere = About(kind="unit", bureau="province", police_type="traffic")
    told = received().model_copy(update={"about": elsewhere})
    assert view(told)["also_turn_to"] is None
