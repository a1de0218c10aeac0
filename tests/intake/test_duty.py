"""The duty desk: the queue is complete, each act counts once, and reading is recorded."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.diverted_v1 import DiversionResolved, DutySeen
from shared.contracts.topics import DIVERTED, SUBMITTED
from tests.intake.emergencies import (
    ASK,
    STOP,
    diverted,
    guarded_front,
    kept,
    on_duty,
    staff,
    waiting,
)
from tests.intake.faces import is_problem
from tests.intake.front import Front
from tests.intake.hostile import BAD_KEYS, MARKER
from tests.intake.story import ADDRESS, EMAIL, NAME, NOON, PHONE, SECOND_PHONE, WECHAT

LETTERS, DIVERSIONS = SUBMITTED.name, DIVERTED.name
OTHER_ROLES = (
    (),
    ("triage",),
    ("supervisor",),
    ("director",),
    ("auditor",),
    ("editor",),
    ("bureau:guangzhou:handler",),
    ("bureau:province:chief",),
    ("duty:trainee",),
)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Front]:
    async with guarded_front(tmp_path) as opened_front:
        yield opened_front


# --- the queue ---------------------------------------------------------------------------------


async def test_the_desk_sees_words_contact_place_and_age(desk: Front) -> None:
    number = await diverted(desk)
    desk.shelf.now.pass_by(seconds=90)
    (shown,) = await waiting(desk)
    assert shown["diversion"] == number
    assert (shown["subject"], shown["text"]) == (f"{NAME}反映路牌", f"写明{STOP}的信")
    assert (shown["city"], shown["district"], shown["place_detail"]) == (
        "guangzhou",
        "440104",
        "无名路口",
    )
    assert shown["who"] == {
        "name": NAME,
        "phone": SECOND_PHONE,
        "other_phone": PHONE,
        "email": EMAIL,
        "wechat": WECHAT,
        "address": ADDRESS,
    }
    assert (shown["age_s"], shown["threshold"], shown["reasons"]) == (90, "stop", ["words.threat"])


async def test_the_oldest_is_first_page_by_page(desk: Front) -> None:
    numbers = []
    for number in range(52):
        numbers.append(await diverted(desk, who=f"writer-{number}"))
        desk.shelf.now.pass_by(seconds=1)
    first = (await on_duty(desk, "")).json()
    second = (await on_duty(desk, f"?after={first['next']}")).json()
    shown = [one["diversion"] for page in (first, second) for one in page["diversions"]]
    assert (shown, len(first["diversions"]), second["next"]) == (numbers, 50, None)


async def test_what_was_seen_waits_to_be_resolved_and_then_no_more(desk: Front) -> None:
    number = await diverted(desk)
    await on_duty(desk, f"/{number}/seen", None)
    assert await waiting(desk) == []
    assert [one["diversion"] for one in await waiting(desk, "unresolved")] == [number]
    await on_duty(desk, f"/{number}/resolve", {"outcome": "called_back"})
    assert await waiting(desk, "unresolved") == []
    assert (await on_duty(desk, f"/{number}")).json()["outcome"] == "called_back"


@pytest.mark.parametrize("roles", OTHER_ROLES)
async def test_nobody_else_reads_or_acts(desk: Front, roles: tuple[str, ...]) -> None:
    number = await diverted(desk)
    headers = staff(desk, *roles) | {"idempotency-key": "duty-key-01"}
    base = "/v1/duty/diversions"
    answers = [
        await desk.client.get(base, headers=headers),
        await desk.client.get(f"{base}/{number}", headers=headers),
        await desk.client.post(f"{base}/{number}/seen", headers=headers),
        await desk.client.post(
            f"{base}/{number}/resolve", headers=headers, json={"outcome": "called_back"}
        ),
    ]
    assert [is_problem(answer, "403 not_allowed") for answer in answers] == [True] * 4
    assert (await kept(desk, number)).seen_at is None
    assert not desk.readings.kept


async def test_a_citizen_and_nobody_at_all_are_kept_out(desk: Front) -> None:
    await diverted(desk)
    assert is_problem(await desk.get("/v1/duty/diversions"), "403 not_allowed")
    assert is_problem(await desk.get("/v1/duty/diversions", None), "401 not_signed_in")


# --- acts --------------------------------------------------------------------------------------


async def test_the_first_to_see_it_counts_and_the_clock_stops(desk: Front) -> None:
    number = await diverted(desk)
    desk.shelf.now.pass_by(minutes=2)
    for who, key in (("d-0071", "duty-key-01"), ("d-0071", "duty-key-01"), ("d-0072", "key-00002")):
        answer = await on_duty(desk, f"/{number}/seen", None, who=who, key=key)
        assert answer.json()["seen_at"] == "2026-11-24T04:02:00Z"
    _, said = desk.shelf.said(DIVERSIONS)
    event: DutySeen = said.data
    assert (event.by.role, event.by.staff, event.seen_at) == ("duty", "d-0071", desk.shelf.now())
    assert [(one.clock, one.change) for one in event.clocks] == [("diversion", "stopped")]


@pytest.mark.parametrize("outcome", ["called_back", "handed_to_110"])
async def test_whoever_resolves_it_has_seen_it_and_it_is_no_letter(
    desk: Front, outcome: str
) -> None:
    number = await diverted(desk)
    reference = "JQ-2026-0007" if outcome == "handed_to_110" else None
    body = {"outcome": outcome, "reference": reference}
    answers = [
        await on_duty(desk, f"/{number}/resolve", body, key=key)
        for key in ("duty-key-01", "duty-key-01", "duty-key-02")
    ]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert desk.shelf.said_types(DIVERSIONS) == [
        "letter.diverted",
        "duty.seen",
        "diversion.resolved",
    ]
    event: DiversionResolved = desk.shelf.said(DIVERSIONS)[-1].data
    assert (event.by.staff, event.outcome, event.reference) == ("d-0071", outcome, reference)
    assert desk.shelf.said_types(LETTERS) == []
    assert is_problem(
        await on_duty(desk, f"/{number}/resolve", {"outcome": "false_alarm"}, key="duty-key-03"),
        "409 already_done",
    )


@pytest.mark.parametrize("outcome", ["false_alarm", "writer_says_no"])
@pytest.mark.parametrize("mark", [STOP, ASK])
async def test_a_false_alarm_becomes_a_letter_and_keeps_its_time(
    desk: Front, outcome: str, mark: str
) -> None:
    number = await diverted(desk, mark)
    desk.shelf.now.pass_by(minutes=50)
    answers = [
        await on_duty(desk, f"/{number}/resolve", {"outcome": outcome}, key=key)
        for key in ("duty-key-01", "duty-key-02")
    ]
    (said,) = desk.shelf.said(LETTERS)
    assert {answer.json()["letter"] for answer in answers} == {said.subject}
    assert said.data.received_at == NOON
    assert said.data.from_diversion == number
    own = (await desk.get(f"/v1/diversions/{number}")).json()
    assert (own["letter"], own["outcome"]) == (said.subject, outcome)
    assert (await desk.letter(said.subject)).words is not None


async def test_a_false_alarm_that_can_be_no_letter_is_resolved_all_the_same(desk: Front) -> None:
    number = await diverted(desk, who="no-phone", contact={})
    answer = await on_duty(desk, f"/{number}/resolve", {"outcome": "false_alarm"})
    assert (answer.status_code, answer.json()["letter"]) == (200, None)
    assert desk.shelf.said_types(LETTERS) == []


@pytest.mark.parametrize(
    "body",
    [
        {"outcome": "handed_to_110"},
        {"outcome": "called_back", "reference": "JQ-1"},
        {"outcome": "false_alarm", "reference": "JQ-1"},
    ],
)
async def test_a_reference_goes_with_what_was_handed_over_alone(desk: Front, body: Any) -> None:
    number = await diverted(desk)
    answer = await on_duty(desk, f"/{number}/resolve", body)
    assert is_problem(answer, "422 bad_value")
    assert answer.json()["errors"] == [{"field": "reference", "code": "bad_value"}]
    assert (await kept(desk, number)).outcome is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        None,
        [],
        {"outcome": MARKER},
        {"outcome": "seen"},
        {"outcome": "handed_to_110", "reference": "一号"},
        {"outcome": "handed_to_110", "reference": f"{MARKER} {MARKER}"},
        {"outcome": "handed_to_110", "reference": "x" * 65},
        {"outcome": "called_back", MARKER: 1},
        {"outcome": {"$gt": ""}},
    ],
)
async def test_what_is_no_resolution_is_refused(desk: Front, body: Any) -> None:
    number = await diverted(desk)
    answer = await on_duty(desk, f"/{number}/resolve", body)
    assert is_problem(answer, "422 invalid")
    assert MARKER not in answer.text
    assert desk.shelf.said_types(DIVERSIONS) == ["letter.diverted"]


@pytest.mark.parametrize("key", [None, *filter(str.isascii, BAD_KEYS)])
async def test_an_act_needs_a_name(desk: Front, key: str | None) -> None:
    number = await diverted(desk)
    headers = staff(desk, "duty") | ({"idempotency-key": key} if key is not None else {})
    path = f"/v1/duty/diversions/{number}/seen"
    assert is_problem(await desk.client.post(path, headers=headers), "422 invalid")
    assert (await kept(desk, number)).seen_at is None


@pytest.mark.parametrize("act", ["", "/seen", "/resolve"])
async def test_unknown_numbers_and_letters_are_nowhere(desk: Front, act: str) -> None:
    letter = await desk.taken_in()
    body = {"outcome": "called_back"} if act == "/resolve" else None
    for number in (letter, "D-0000-0000-0000-0000-0", "D-0000-0000-0000-0000-2", MARKER, "$gt"):
        answer = await on_duty(desk, f"/{number}{act}", *([body] if act else []))
        assert is_problem(answer, "404 not_found")


async def test_one_key_for_two_outcomes_is_refused(desk: Front) -> None:
    number = await diverted(desk)
    await on_duty(desk, f"/{number}/resolve", {"outcome": "called_back"})
    answer = await on_duty(desk, f"/{number}/resolve", {"outcome": "false_alarm"})
    assert is_problem(answer, "422 id_reused")
