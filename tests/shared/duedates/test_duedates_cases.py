"""Every case is answered to the day and explained, and every bad field named."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.duedates.answers import answer
from shared.duedates.cases import case_of
from shared.duedates.wording import REASONS
from shared.kernel.working_days import civil_date
from shared.platform.runtime.data_files import calendar, policies
from shared.platform.runtime.json_lines import BadLine

CHINA, OURS = calendar(), policies()
REPLY: dict[str, Any] = {
    "id": "GD-1",
    "received": "2026-03-02T10:00:00+08:00",
    "limit": {"amount": 2, "unit": "wd"},
    "paused": [],
}


def told(**over: Any) -> dict[str, Any]:
    return answer(case_of(json.dumps(REPLY | over).encode()), CHINA, versions=OURS)


def faults_of(line: str | bytes) -> str:
    raw = line if isinstance(line, bytes) else line.encode()
    with pytest.raises(BadLine) as bad:
        answer(case_of(raw), CHINA, versions=OURS)
    return "; ".join(bad.value.faults)


FESTIVAL = {
    15: "周日 Sun", 16: "周一 Mon", 17: "周二 Tue", 18: "周三 Wed", 19: "周四 Thu", 20: "周五 Fri",
    21: "周六 Sat", 22: "周日 Sun", 23: "周一 Mon",
}  # fmt: skip


def test_an_answer_tells_each_day_for_a_person_to_check() -> None:
    answered = told(received="2026-02-13T10:00:00+08:00")
    zero, saturday, *festival, tuesday = answered.pop("receipt")
    assert answered == {
        "id": "GD-1",
        "due": "2026-02-24",
        "provisional": False,
        "passes_at": "2026-02-24T16:00:00Z",
        "calendar_version": CHINA.version,
    }
    assert zero == {
        "day": "2026-02-13",
        "kind": "zero",
        "note": "周五 Fri，收件日不计入 day of receipt, day zero",
    }
    assert saturday == {
        "day": "2026-02-14",
        "kind": "counted",
        "number": 1,
        "reason": "make_up_workday",
        "note": "周六 Sat，第1日 day 1，调休上班 make-up workday",
    }
    assert [(entry["day"][-2:], entry["note"]) for entry in festival] == [
        (f"{day}", f"{weekday}，春节 Spring Festival") for day, weekday in FESTIVAL.items()
    ]
    assert {(entry["kind"], entry["reason"]) for entry in festival} == {
        ("skipped", "spring_festival")
    }
    assert (tuesday["day"], tuesday["number"]) == ("2026-02-24", 2)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-03-02T23:59:59.999999+08:00", "2026-03-04"),
        ("2026-03-03T00:00:00+08:00", "2026-03-05"),
        ("2026-03-02T15:59:59Z", "2026-03-04"),
        ("2026-03-02T16:00:00Z", "2026-03-05"),
        ("2026-03-02T11:59:59-04:00", "2026-03-04"),
        ("2026-03-02T12:00:00-04:00", "2026-03-05"),
        ("2026-03-03T05:59:00+14:00", "2026-03-04"),
        ("2026-03-02 10:00+0800", "2026-03-04"),
        ("2026-03-07T12:00:00+08:00", "2026-03-10"),
        ("2026-02-17T12:00:00+08:00", "2026-02-25"),
    ],
)  # fmt: skip
def test_the_day_of_receipt_is_that_of_guangdong(received: str, due: str) -> None:
    assert told(received=received)["due"] == due


def test_a_lasting_wait_has_no_due_date_yet() -> None:
    waiting = told(paused=[["2026-03-03T10:00:00+08:00", None]])
    assert (waiting["due"], waiting["passes_at"], waiting["provisional"]) == (None, None, False)
    last = waiting["receipt"][-1]
    assert (last["day"], last["kind"], last["reason"]) == ("2026-03-03", "paused", "supplement")


def test_a_day_of_a_year_without_notice_says_so_and_natural_days_only_at_the_end() -> None:
    notes = {
        entry["day"]: "provisional" in entry["note"]
        for unit in ("wd", "d")
        for entry in told(received="2026-12-30T10:00:00+08:00", limit={"amount": 5, "unit": unit})[
            "receipt"
        ]
        if unit == "d" or entry["day"] > "2027-01-04"
    }
    assert notes == {
        "2026-12-30": False, "2026-12-31": False, "2027-01-01": False, "2027-01-02": False,
        "2027-01-03": False, "2027-01-04": True, "2027-01-05": True, "2027-01-06": True,
        "2027-01-07": True,
    }  # fmt: skip


def test_every_reason_of_the_calendar_has_its_wording() -> None:
    assert {*CHINA.off.values(), "weekend", "supplement", "make_up_workday"} <= set(REASONS)


@pytest.mark.parametrize("given_id", ["GD-1", 7, "一号", " "])
def test_an_id_comes_back_as_it_was(given_id: str | int) -> None:
    assert told(id=given_id)["id"] == given_id


def test_what_the_clerk_notes_beside_is_left_alone_and_no_pauses_may_be_left_out() -> None:
    assert told(remark="x", limit={"amount": 2, "unit": "wd", "of": "reply"})["due"] == "2026-03-04"
    line = {key: value for key, value in REPLY.items() if key != "paused"}
    assert answer(case_of(json.dumps(line).encode()), CHINA, versions=OURS)["due"] == "2026-03-04"


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"id": None}, "id: a text or a whole number is needed"),
        ({"id": True}, "id: a text or a whole number is needed"),
        ({"id": ""}, "id: a text or a whole number is needed"),
        ({"id": "\ud800"}, "id: a text or a whole number is needed"),
        ({"received": "2026-03-02T10:00:00"}, "received: an instant with its zone is needed"),
        ({"received": "2026-03-02"}, "received: an instant with its zone"),
        ({"received": "2026-02-30T10:00:00Z"}, "received: an instant with its zone"),
        ({"received": 1772416800}, "received: an instant with its zone"),
        ({"received": None}, "received: an instant with its zone"),
        ({"received": "0001-01-01T00:00:00+08:00"}, "received: an instant with its zone"),
        ({"received": "9999-12-31T23:00:00Z"}, "received: an instant with its zone"),
        ({"received": "2019-03-02T10:00:00Z"}, "received: the calendar knows the years 2021 to"),
        ({"received": "2051-03-02T10:00:00Z"}, "received: the calendar knows the years 2021 to"),
        ({"limit": 2}, "limit: "),
        ({"limit": {"unit": "wd"}}, "limit.amount: it is missing"),
        ({"limit": {"amount": 0, "unit": "wd"}}, "limit.amount: input should be greater"),
        ({"limit": {"amount": -3, "unit": "d"}}, "limit.amount: input should be greater"),
        ({"limit": {"amount": 3651, "unit": "d"}}, "limit.amount: input should be less"),
        ({"limit": {"amount": 10**30, "unit": "d"}}, "limit.amount: input should be less"),
        ({"limit": {"amount": "2", "unit": "wd"}}, "limit.amount: input should be a valid integer"),
        ({"limit": {"amount": 2.5, "unit": "wd"}}, "limit.amount: input should be a valid integer"),
        ({"limit": {"amount": True, "unit": "wd"}}, "limit.amount: input should be a valid int"),
        ({"limit": {"amount": 2, "unit": "days"}}, "limit.unit: input should be 'wd' or 'd'"),
        ({"limit": {"amount": 2}}, "limit.unit: it is missing"),
        ({"paused": None}, "paused: input should be a valid list"),
        ({"paused": {}}, "paused: input should be a valid list"),
        ({"paused": [[]] * 101}, "paused: list should have at most 100 items"),
        ({"paused": ["2026-03-02T10:00:00Z"]}, "paused[0]: two instants are needed"),
        ({"paused": [["2026-03-02T10:00:00Z"]]}, "paused[0]: two instants are needed"),
        ({"paused": [[None, None]]}, "paused[0]: an instant with its zone is needed"),
        (
            {"paused": [["2026-03-02T10:00:00Z", "2026-03-02T10:00:00"]]},
            "paused[0]: an instant with its zone is needed",
        ),
        (
            {"paused": [["2026-03-03T10:00:00Z", "2026-03-03T17:59:59+08:00"]]},
            "paused[0]: it ends before it begins",
        ),
        (
            {"paused": [["2026-03-02T10:00:00Z", "9998-03-02T10:00:00Z"]]},
            "paused: the calendar knows the years 2021 to 2050, not 2051",
        ),
        (
            {"received": "2049-03-02T10:00:00Z", "limit": {"amount": 3650, "unit": "wd"}},
            "limit: the calendar knows the years 2021 to 2050, not 2051",
        ),
    ],
)
def test_a_bad_field_is_named_and_its_value_is_not(over: dict[str, Any], said: str) -> None:
    found = faults_of(json.dumps(REPLY | over))
    assert found.startswith(said)
    assert "9998" not in found
    assert "GD-1" not in found


def test_all_faults_of_a_line_are_told() -> None:
    found = faults_of('{"id": [], "received": "now", "limit": {"amount": 0}, "paused": [[1, 2]]}')
    assert [fault.split(":")[0] for fault in found.split("; ")] == [
        "id", "received", "limit.amount", "limit.unit", "paused[0]",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("[]", "the line: a JSON object in UTF-8 is needed"),
        ("{", "the line: a JSON object in UTF-8 is needed"),
        ('{"id": NaN}', "the line: a JSON object in UTF-8 is needed"),
        ("[" * 100_000, "the line: a JSON object in UTF-8 is needed"),
        (b'{"id": "\xff"}', "the line: a JSON object in UTF-8 is needed"),
        ('{"id": 1, "id": 2}', "id: stands twice"),
        ('{"id": 1, "limit": {"unit": "d", "unit": "wd"}}', "unit: stands twice"),
        ('{"id": 1, "pausd": []}', "paused: is it meant by 'pausd'?"),
        ("{}", "id: it is missing; received: it is missing; limit: it is missing"),
    ],
)
def test_a_line_that_is_no_case_is_named(line: str | bytes, said: str) -> None:
    assert faults_of(line) == said


@given(
    st.datetimes(datetime(2021, 1, 2), datetime(2026, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001 - the zone stands beside
    st.integers(1, 60),
    st.sampled_from(["wd", "d"]),
    st.timedeltas(timedelta(0), timedelta(days=30)),
    st.timedeltas(timedelta(0), timedelta(days=30)),
)
def test_a_receipt_adds_up_to_the_date_that_it_explains(
    received: datetime, amount: int, unit: str, wait: timedelta, length: timedelta
) -> None:
    asked = received + wait
    told_now = told(
        received=received.isoformat(),
        limit={"amount": amount, "unit": unit},
        paused=[[asked.isoformat(), (asked + length).isoformat()]],
    )
    days = [entry["day"] for entry in told_now["receipt"]]
    assert days[0] == f"{civil_date(received)}"
    assert days[-1] == told_now["due"]
    assert days == sorted(set(days))
    numbers = [entry["number"] for entry in told_now["receipt"] if "number" in entry]
    assert numbers == list(range(1, amount + 1))
