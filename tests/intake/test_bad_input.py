"""Nothing bad comes in: each is a problem that names our field, not the value; nothing is kept."""

import json
from typing import Any

import pytest

from tests.intake.front import ASKS, CHANGES, Front, body
from tests.intake.hostile import (
    BAD_KEYS,
    BAD_NUMBERS,
    BAD_PLACES,
    BLANKS,
    CONTENT_TYPES,
    DEEP_BUT_JSON,
    FAR_PLACES,
    MARKER,
    NEEDED,
    NO_INSTANTS,
    OPERATORS,
    RAW,
    TRICKS,
    WRONG_SHAPES,
    bad_values,
    put,
)
from tests.support.sealed_shell import opened

PATH = "/v1/letters"


def fields(answer: Any) -> set[str]:
    """The fields that a problem names."""
    return {error["field"] for error in answer.json().get("errors", ())}


def check_problem(answer: Any, *statuses: int) -> None:
    """One of our problem documents, with nothing of the request."""
    assert answer.status_code in statuses, (answer.status_code, answer.text)
    assert answer.headers["content-type"] == "application/problem+json"
    shown = answer.text + str(answer.headers)
    assert MARKER not in shown
    assert MARKER not in json.loads(answer.text).get("title", "")


def nothing_kept(desk: Front) -> bool:
    return not (desk.shelf.documents.kept or desk.keys.kept or desk.shelf.bus.sends)


async def test_a_bad_value_names_its_field_alone(desk: Front) -> None:
    for number, (field, value) in enumerate(bad_values()):
        answer = await desk.post(PATH, put(body(), field, value=value), key=f"bad-key-{number:05}")
        check_problem(answer, 422)
        assert answer.json()["code"] == "invalid"
        assert fields(answer), (field, value)
        assert all(name.startswith(field) for name in fields(answer)), (field, answer.text)
    assert nothing_kept(desk)


async def test_what_is_needed_must_be_there(desk: Front) -> None:
    for field in NEEDED:
        content = {name: value for name, value in body().items() if name != field}
        answer = await desk.post(PATH, content)
        check_problem(answer, 422)
        assert answer.json()["errors"] == [{"field": field, "code": "missing"}]
    assert nothing_kept(desk)


@pytest.mark.parametrize("where", ["", "place", "contact"])
async def test_unknown_fields_are_refused_without_their_name(desk: Front, where: str) -> None:
    for name in (MARKER, "__proto__", "$where", "a.b", "owner", "identity", "received_at"):
        field = f"{where}.{name}" if where and "." not in name else name
        content = put(body(), field, value="x")
        answer = await desk.post(PATH, content)
        check_problem(answer, 422)
        assert {error["code"] for error in answer.json()["errors"]} == {"extra_forbidden"}
        assert all(one.endswith("*") for one in fields(answer)) or name == "received_at"
    assert nothing_kept(desk)


@pytest.mark.parametrize("raw", RAW)
async def test_a_body_that_is_no_json_is_malformed(desk: Front, raw: str) -> None:
    check_problem(await desk.post(PATH, RAW[raw]), 400)
    assert nothing_kept(desk)


@pytest.mark.parametrize("depth", DEEP_BUT_JSON)
async def test_nesting_as_deep_as_is_read_is_refused_all_the_same(desk: Front, depth: int) -> None:
    check_problem(await desk.post(PATH, DEEP_BUT_JSON[depth]), 400, 422)
    within = b'{"subject": "x", "category": "request", "body": ' + DEEP_BUT_JSON[depth] + b"}"
    check_problem(await desk.post(PATH, within), 400, 422)
    assert nothing_kept(desk)


@pytest.mark.parametrize("shape", WRONG_SHAPES, ids=repr)
async def test_a_body_of_another_shape_is_invalid(desk: Front, shape: Any) -> None:
    check_problem(await desk.post(PATH, shape), 422)
    assert nothing_kept(desk)


async def test_no_body_is_invalid(desk: Front) -> None:
    check_problem(await desk.post(PATH, b""), 422)


async def test_a_body_above_the_limit_is_refused(desk: Front) -> None:
    largest = 256 * 1024
    fitting = b'{"subject": "x"' + b" " * (largest - 16) + b"}"
    assert len(fitting) == largest
    check_problem(await desk.post(PATH, fitting), 422)
    check_problem(await desk.post(PATH, fitting + b" "), 413)
    check_problem(await desk.post(PATH, fitting + b" ", content_length="5"), 413)
    assert nothing_kept(desk)


@pytest.mark.parametrize("kind", CONTENT_TYPES)
async def test_another_content_type_is_refused(desk: Front, kind: str) -> None:
    answer = await desk.post(PATH, body(), content_type=kind)
    check_problem(answer, 415)
    assert nothing_kept(desk)


@pytest.mark.parametrize("key", [*BAD_KEYS, None])
async def test_a_key_that_is_none_is_refused(desk: Front, key: str | None) -> None:
    content = body()
    headers = desk.headers("chen") | {"content-type": "application/json"}
    named = [(name.encode(), value.encode()) for name, value in headers.items()]
    if key is not None:
        named.append((b"idempotency-key", key.encode()))
    answer = await desk.client.post(PATH, content=json.dumps(content).encode(), headers=named)
    check_problem(answer, 422)
    assert fields(answer) == {"Idempotency-Key"}
    assert "8 to 200 letters, digits" in answer.json()["detail"]
    assert nothing_kept(desk)


@pytest.mark.parametrize("number", BAD_NUMBERS)
async def test_a_number_that_is_none_leads_to_nothing(desk: Front, number: str) -> None:
    check_problem(await desk.get(f"{PATH}/{number}"), 404)
    check_problem(await desk.post(f"{PATH}/{number}/withdrawal", {}), 404)
    assert nothing_kept(desk)


@pytest.mark.parametrize("place", BAD_PLACES)
async def test_a_place_in_the_list_that_is_none_is_refused(desk: Front, place: str) -> None:
    answer = await desk.get(PATH, after=place)
    check_problem(answer, 422)
    assert fields(answer) == {"after"}


@pytest.mark.parametrize("place", NO_INSTANTS)
async def test_a_place_at_no_instant_is_refused(desk: Front, place: str) -> None:
    check_problem(await desk.get(PATH, after=place), 422)


@pytest.mark.parametrize("place", FAR_PLACES)
async def test_a_place_at_the_end_of_the_calendar_is_one(desk: Front, place: str) -> None:
    assert (await desk.get(PATH, after=place)).json() == {"letters": [], "next": None}


async def test_bad_ratings_and_withdrawals_are_refused_and_keep_nothing(desk: Front) -> None:
    number = await desk.taken_in()
    good = {"solved": True, "score": 3, "comment": "好"}
    bad: list[tuple[str, Any]] = [
        *(("score", value) for value in (0, 6, -1, "3", 3.5, True, None, 10**30, {"$gt": 0})),
        *(("solved", value) for value in ("true", 1, None, {"$ne": 1})),
        *(("comment", value) for value in (*TRICKS, *BLANKS, "长" * 1_001, 7, {"$gt": ""})),
    ]
    for field, value in bad:
        answer = await desk.post(f"{PATH}/{number}/rating", good | {field: value})
        check_problem(answer, 422)
        assert fields(answer) == {field}
    for value in ("because", "", None, 7, {"$gt": ""}):
        answer = await desk.post(f"{PATH}/{number}/withdrawal", {"reason": value})
        check_problem(answer, 422)
        assert fields(answer) == {"reason"}
    assert (await desk.letter(number)).requests == ()


TEXTS: list[Any] = [*OPERATORS, *TRICKS, *BLANKS, "长" * 4_001, None, 7, True]
NO_FLAGS: list[Any] = ["true", 1, None, {"$ne": 1}]
CONTACTS: list[Any] = [
    *({"phone": value} for value in ("1", "call me", {"$gt": ""}, MARKER)),
    *({"email": value} for value in ("a@", *TRICKS, 7)),
    *({"wechat": value} for value in ("abc", "微信", [MARKER])),
    {MARKER: MARKER},
    [],
    "15400001111",
]
ADDRESSES: list[Any] = [*OPERATORS, *TRICKS, *BLANKS, "长" * 301]
BAD_LATER: dict[str, dict[str, list[Any]]] = {
    "answer": {"question": [0, 3, -1, "1", 1.5, True, None, 10**30], "text": TEXTS},
    "addition": {"text": TEXTS, "question": [1]},
    "reopening": {"text": TEXTS},
    "appeal": {"text": TEXTS, "owner": [MARKER]},
    "consent": {"to_publish": NO_FLAGS},
    "contact": {"contact": CONTACTS, "address": ADDRESSES},
}
"""Invalid bodies of requests about a letter, by the last part of the path."""


@pytest.mark.parametrize("kind", BAD_LATER)
async def test_what_is_bad_about_a_letter_is_refused_and_keeps_nothing(
    desk: Front, kind: str
) -> None:
    number = await desk.taken_in()
    path, good = f"{PATH}/{number}/{kind}", (ASKS | CHANGES)[kind]
    before = await desk.letter(number)
    for field, values in BAD_LATER[kind].items():
        for value in values:
            answer = await desk.post(path, {**good, field: value})
            check_problem(answer, 422)
            known = {field} if field in good or field == "address" else {"*"}
            assert {name.split(".")[0] for name in fields(answer)} <= known, (field, value)
    for needed in good.keys() - {"contact"}:
        rest = {name: value for name, value in good.items() if name != needed}
        check_problem(await desk.post(path, rest), 422)
    for raw in RAW.values():
        check_problem(await desk.post(path, raw), 400)
    for shape in WRONG_SHAPES:
        check_problem(await desk.post(path, shape), 422)
    for key in (None, *BAD_KEYS[:4]):
        check_problem(await desk.post(path, good, key=key), 422)
    assert await desk.letter(number) == before
    assert desk.shelf.said_types("letters.submitted") == ["letter.submitted"]


@pytest.mark.parametrize("kind", ["answer", "addition", "reopening", "appeal"])
async def test_the_longest_text_goes_on_and_can_be_opened(desk: Front, kind: str) -> None:
    number = await desk.taken_in()
    longest = "𠮷" * 4_000
    answer = await desk.post(f"{PATH}/{number}/{kind}", {**ASKS[kind], "text": longest})
    assert answer.status_code == 202
    assert opened(desk.shelf.said("letters.submitted")[-1], "router").words.text == longest


async def test_other_methods_and_paths_lead_to_nothing(desk: Front) -> None:
    for method, path in (("PUT", PATH), ("DELETE", PATH), ("PATCH", f"{PATH}/x")):
        answer = await desk.client.request(method, path, headers=desk.headers("chen"))
        check_problem(answer, 405)
    for path in ("/v1", "/openapi", f"{PATH}/", f"{PATH}/a/b/c", f"/{MARKER}"):
        check_problem(await desk.get(path), 404)
