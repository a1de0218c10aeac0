"""Applications reveal nothing of a request, and are closed where no access was given."""

import json
from typing import Annotated

import pytest
from fastapi import Depends

from shared.kernel import errors
from shared.platform.http.problems import TITLES
from shared.platform.runtime.logs import JsonLines
from tests.shared.platform.faces import (
    READY,
    SECRET,
    Client,
    client,
    faces,
    is_problem,
    post,
)


async def test_a_good_letter_comes_in(face: Client) -> None:
    answer = await post(face, json.dumps({"subject": "路灯", "body": "坏了\n\t请修 👮"}))
    assert (answer.status_code, answer.json()) == (201, {"length": 2, "points": 0})
    other = await face.post("/v1/letters", json={"subject": "路灯", "body": "x", "more": 1})
    assert other.status_code == 201


async def test_errors_name_fields_of_our_schema_and_what_is_wrong(face: Client) -> None:
    letter = {"subject": "x" * 21, "contact": {"phone": 7, "wechat": 7}, "points": [1, SECRET]}
    answer = await post(face, json.dumps(letter))
    is_problem(answer, "422 invalid")
    assert answer.json()["errors"] == [
        {"field": "subject", "code": "string_too_long"},
        {"field": "body", "code": "missing"},
        {"field": "contact.phone", "code": "string_type"},
        {"field": "contact.wechat", "code": "string_type"},
        {"field": "points.1", "code": "int_parsing"},
    ]


async def test_names_that_are_not_ours_are_never_said(face: Client) -> None:
    in_keys = await post(face, json.dumps({"subject": "x", "body": "x", "tags": {SECRET: "x"}}))
    is_problem(in_keys, "422 invalid")
    assert in_keys.json()["errors"] == [{"field": "tags.*", "code": "int_parsing"}]
    unknown = await face.put("/v1/letters/strict", json={SECRET: 1, "subject": SECRET})
    is_problem(unknown, "422 invalid")
    assert unknown.json()["errors"] == [{"field": "*", "code": "extra_forbidden"}]


async def test_bad_parameters_are_named_and_not_repeated(face: Client) -> None:
    answer = await face.put(
        "/v1/letters/strict",
        params={"due": SECRET, SECRET: "1"},
        json={},
        headers={"Idempotency-Key": "seeded-secret", "x-seeded": "1"},
    )
    is_problem(answer, "422 invalid")
    fields = {error["field"] for error in answer.json()["errors"]}
    assert fields == {"due", "Idempotency-Key"}


async def test_at_most_twenty_errors_are_listed(face: Client) -> None:
    answer = await post(face, json.dumps({"points": ["x"] * 5_000}))
    assert len(answer.json()["errors"]) == 20


async def test_a_path_that_cannot_be_right_leads_nowhere(face: Client) -> None:
    wrong = await face.get(f"/v1/letters/numbered/{SECRET}")
    nothing = await face.get(f"/{SECRET}/%00/%ff")
    foreign = await face.get(f"/v1/letters/{SECRET}")
    for answer in (wrong, nothing, foreign):
        is_problem(answer, "404 not_found")
        assert answer.content == foreign.content


@pytest.mark.parametrize(
    ("letter", "status", "code"),
    [("order", 409, "out_of_order"), ("limit", 429, "limit"), ("held", 404, "not_found")],
)
async def test_a_refusal_is_a_problem_of_its_code(
    face: Client, letter: str, status: int, code: str
) -> None:
    is_problem(await face.get(f"/v1/letters/{letter}"), f"{status} {code}")


async def test_a_method_that_is_not_there_says_which_are(face: Client) -> None:
    answer = await face.request("PATCH", "/v1/letters", content=b"")
    is_problem(answer, "405 method_not_allowed")
    assert answer.headers["allow"] == "POST"


async def test_other_refusals_of_the_framework_say_nothing_of_theirs(face: Client) -> None:
    answer = await face.get("/v1/letters/teapot/now")
    is_problem(answer, "418 malformed")
    assert answer.headers["retry-after"] == "7"


async def test_a_fault_is_said_without_its_text_and_logged_without_it(
    face: Client, caplog: pytest.LogCaptureFixture
) -> None:
    is_problem(await face.get("/v1/letters/fault/now"), "500 internal")
    (record,) = caplog.records
    line = JsonLines("intake").format(record)
    assert "seeded" not in line
    exception = json.loads(line)["exception"]
    assert [each["type"].rpartition(".")[2] for each in exception] == ["Fault", "ValueError"]
    assert ".fault:" in exception[0]["at"][-1]


CODES_OF_THE_KERNEL = sorted(
    {one.code for one in vars(errors).values() if hasattr(one, "code")} - {"not_held"}
)


@pytest.mark.parametrize("code", CODES_OF_THE_KERNEL)
def test_every_refusal_has_a_title_of_its_own(code: str) -> None:
    assert " · " in TITLES[code]


async def test_a_route_that_forgot_its_guard_is_closed(
    face: Client, caplog: pytest.LogCaptureFixture
) -> None:
    is_problem(await face.get("/v1/letters/forgotten/guard"), "404 not_found")
    assert caplog.messages == ["route has no guard and is not marked open"]


async def test_readiness_names_what_is_missing(
    face: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await face.get("/health/live")).status_code == 200
    assert (await face.get("/health/ready")).status_code == 200
    monkeypatch.setitem(READY, "broker", False)
    answer = await face.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {"status": "not_ready", "not_ready": ["broker"]}
    assert (await face.get("/health/live")).status_code == 200


@pytest.mark.parametrize("is_development", [True, False])
async def test_the_description_of_the_routes_is_shown_to_everyone(is_development: bool) -> None:
    async with client(faces(is_development=is_development)) as face:
        answer = await face.get("/openapi.json")
        assert "/v1/letters" in answer.json()["paths"]
        for path in ("/docs", "/redoc"):
            is_problem(await face.get(path), "404 not_found")


def test_nothing_is_recorded_for_tracing() -> None:
    told = faces()._telemetry
    assert not any(told[name] for name in ("tracing", "metrics", "logs", "operation_spans"))
    assert not told["auto_configure"]


async def test_dependencies_are_told_from_guards() -> None:
    app = faces()

    async def other() -> str:
        return SECRET

    @app.get("/with-a-dependency")
    async def with_dependency(_: Annotated[str, Depends(other)]) -> str:
        return SECRET

    async with client(app) as face:
        is_problem(await face.get("/with-a-dependency"), "404 not_found")
