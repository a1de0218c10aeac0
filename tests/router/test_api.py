"""The back office over HTTP: who sees what, and sending letters on by hand."""

from typing import Any

import pytest

from shared.contracts.topics import PROGRESS, letters_of
from shared.kernel.letter_number import new_letter_number
from tests.intake.faces import is_problem, token
from tests.router.office import Office, accepting, replying
from tests.router.story import BODY, LETTER, NAME, OTHER, PHONE, receive

WRONG = LETTER[:-1] + ("0" if LETTER[-1] != "0" else "1")


async def test_triage_sees_what_waits_and_why(desk: Office) -> None:
    await desk.receive()
    await desk.receive(OTHER, receive("foshan"))
    answer, known = await desk.get("/v1/triage"), await desk.letter()
    assert answer.json() == {
        "letters": [
            {
                "letter": LETTER,
                "received_at": "2026-11-23T02:00:00Z",
                "category": "request",
                "reasons": ["no_place"],
                "place": {"city": None, "district": "440104"},
                "place_detail": "无名路口",
                "addressed_to": None,
                "suggestion": None,
                "evidence": list(known.evidence),
                "confidence": known.confidence,
                "subject": f"{NAME}反映路灯问题",
                "alike": 0,
            }
        ],
        "next": None,
    }
    assert answer.headers["cache-control"] == "no-store"


async def test_pages_of_triage_hold_every_letter_once(desk: Office) -> None:
    numbers = [new_letter_number(bytes([7, number] * 5)) for number in range(57)]
    for number in numbers:
        desk.shelf.now.pass_by(minutes=1)
        await desk.receive(number, receive(None, received_at=desk.shelf.now()))
    first = (await desk.get("/v1/triage")).json()
    second = (await desk.get("/v1/triage", after=first["next"])).json()
    shown = [one["letter"] for one in [*first["letters"], *second["letters"]]]
    assert (len(first["letters"]), second["next"]) == (50, None)
    assert shown == numbers


async def test_triage_sends_a_letter_to_a_bureau(desk: Office) -> None:
    await desk.receive()
    answer = await desk.route()
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["holder"], shown["state"], shown["assignment"]) == ("foshan", "routed", 1)
    assert {one["clock"] for one in shown["clocks"]} == {"sign_in", "objection", "reply"}
    assert shown["body"] == BODY
    assert (await desk.get("/v1/triage")).json()["letters"] == []
    assert (await desk.letter()).holder == "foshan"


async def test_the_same_key_routes_once(desk: Office) -> None:
    await desk.receive()
    first, again, quoted = (
        await desk.route(),
        await desk.route(),
        await desk.route(key='"key-00001"'),
    )
    assert first.json() == again.json() == quoted.json()
    assert desk.shelf.said_types(PROGRESS.name).count("letter.routed") == 1
    assert desk.shelf.said_types(letters_of("foshan").name) == ["letter.assigned"]


async def test_a_key_is_one_persons_and_for_one_thing(desk: Office) -> None:
    await desk.receive()
    await desk.route()
    assert is_problem(await desk.route(bureau="zhuhai"), "422 id_reused")
    assert is_problem(await desk.route(who="another"), "409 out_of_order")
    assert is_problem(await desk.route(key="key-00002"), "409 out_of_order")
    assert (await desk.letter()).holder == "foshan"


@pytest.mark.parametrize(
    "sub", ["lin@police.example", "auth0|12", "林警官", "x" * 300, "a b\n$c.d", "-lin"]
)
async def test_whatever_name_the_identity_provider_has_for_a_clerk(desk: Office, sub: str) -> None:
    await desk.receive()
    answer = await desk.route(who=sub)
    assert answer.status_code == 200
    routed = desk.shelf.said(PROGRESS.name)[-1]
    assert routed.data.by.staff
    assert routed.data.by.staff != sub


async def test_a_clerk_keeps_their_opaque_id(desk: Office) -> None:
    await desk.receive()
    await desk.route()
    assert desk.shelf.said(PROGRESS.name)[-1].data.by.staff == "lin"


@pytest.mark.parametrize("who", ["wu", "gz", "mei", "chen", None])
async def test_only_triage_routes_and_sees_the_list(desk: Office, who: str | None) -> None:
    await desk.receive()
    status, code = (401, "not_signed_in") if who is None else (403, "not_allowed")
    assert is_problem(await desk.get("/v1/triage", who), f"{status} {code}")
    assert is_problem(await desk.route(who=who), f"{status} {code}")
    assert (await desk.letter()).state == "triage"


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("lin", 200),
        ("wu", 200),
        ("gz", 200),
        ("fs", 404),
        ("bare", 404),
        ("mei", 403),
        ("chen", 403),
        (None, 401),
    ],
)
async def test_a_letter_is_seen_by_its_holder_triage_and_supervisors(
    desk: Office, who: str | None, status: int
) -> None:
    await desk.receive(told=receive("guangzhou"))
    assert (await desk.get(f"/v1/letters/{LETTER}", who)).status_code == status


async def test_a_letter_in_triage_is_no_bureaus(desk: Office) -> None:
    await desk.receive(told=receive("guangzhou", addressed_to="foshan"))
    for who in ("gz", "fs"):
        assert is_problem(await desk.get(f"/v1/letters/{LETTER}", who), "404 not_found")


async def test_foreign_unknown_and_wrong_numbers_read_the_same(desk: Office) -> None:
    await desk.receive(told=receive("guangzhou"))
    answers = [
        await desk.get(f"/v1/letters/{number}", "fs")
        for number in (LETTER, OTHER, WRONG, "x", "%F0%28", "GD-" + "9" * 300, "$gt", "null")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1


async def test_routing_what_is_not_there_reads_the_same(desk: Office) -> None:
    answers = [await desk.route(number) for number in (OTHER, WRONG, "x")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert desk.shelf.documents.kept == {}


async def test_a_number_may_be_typed_as_people_type(desk: Office) -> None:
    await desk.receive()
    typed = LETTER.lower().replace("-", "")
    assert (await desk.get(f"/v1/letters/{typed}")).json()["letter"] == LETTER


@pytest.mark.parametrize("category", ["complaint", "report"])
@pytest.mark.parametrize("who", ["gz", "wu", "lin"])
async def test_a_masked_letter_is_masked_for_all_staff(
    desk: Office, category: Any, who: str
) -> None:
    await desk.receive(told=receive("guangzhou", category=category))
    answer = await desk.get(f"/v1/letters/{LETTER}", who)
    assert answer.json()["masked"]
    assert NAME not in answer.text
    assert PHONE not in answer.text
    assert "〔本人姓名〕" in answer.text


async def test_a_letter_shows_how_far_it_is(desk: Office) -> None:
    await desk.receive(told=receive("guangzhou"))
    await desk.act(accepting())
    await desk.act(replying())
    shown = (await desk.get(f"/v1/letters/{LETTER}", "gz")).json()
    assert (shown["state"], shown["masked"]) == ("replied", False)
    (clock,) = shown["clocks"]
    assert clock == {
        "clock": "rating",
        "round": 1,
        "due_on": "2026-12-23",
        "provisional": False,
        "paused": False,
    }


async def test_a_database_that_is_away_is_said_to_be(desk: Office) -> None:
    await desk.receive()
    desk.shelf.documents.unread.extend([True, True, True])
    for answer in (
        await desk.get("/v1/triage"),
        await desk.get(f"/v1/letters/{LETTER}"),
        await desk.route(),
    ):
        assert is_problem(answer, "503 not_ready")
        assert answer.headers["retry-after"]
    assert (await desk.route()).status_code == 200


async def test_a_token_of_another_issuer_or_time_is_no_sign_in(desk: Office) -> None:
    at = desk.shelf.now()
    for given in (
        token("lin", at=at, roles=["triage"], iss="https://other.example"),
        token("lin", at=at, roles=["triage"], exp=1),
        token("lin", at=at, roles=["triage"], aud="other"),
        "x.y.z",
        "",
    ):
        answer = await desk.client.get("/v1/triage", headers={"authorization": f"Bearer {given}"})
        assert is_problem(answer, "401 not_signed_in")
