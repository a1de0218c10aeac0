"""The OpenAPI documents are well formed, true of every route, and compatible with the release."""

import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from shared.platform.http.problems import MEDIA_TYPE
from tests.contracts.asking import SERVICES, ask
from tests.support.budget import budget
from tools.contracts import broken as broken_by_release
from tools.openapi import FACES, broken, document

Json = dict[str, Any]
QUICK = {"notifier": 4}
"""Requests of each operation in `make test`, where two are too few."""
OPEN = ("/public/", "/v1/receipt-keys")
EACH = pytest.mark.parametrize("service", FACES)


def operations(shown: Json) -> Iterator[tuple[str, Json]]:
    """All operations of a document."""
    for path, methods in shown["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def contents(shown: Json) -> Iterator[tuple[str, Json]]:
    """Every body that is described, with its schema and examples."""
    for at, operation in operations(shown):
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            yield f"{at} {kind}", content
        for status, answer in operation["responses"].items():
            for kind, content in answer.get("content", {}).items():
                yield f"{at} {status} {kind}", content
    for name, answer in shown["components"]["responses"].items():
        yield name, answer["content"][MEDIA_TYPE]


@pytest.mark.timeout(1_200)
@EACH
def test_every_answer_is_one_that_the_document_names(service: str, tmp_path: Path) -> None:
    report = ask(SERVICES[service], tmp_path, each=budget(50, quick=QUICK.get(service, 2)))
    assert report.faults == {}
    assert report.answers.keys() >= {200, 401, 403, 422}
    assert max(report.answers) < 500


@EACH
def test_a_document_is_valid_and_so_is_every_example(service: str) -> None:
    shown = document(service)
    validate(shown)
    for at, content in contents(shown):
        schema = {**content["schema"], "components": shown["components"]}
        examples = [one["value"] for one in content.get("examples", {}).values()]
        for example in examples or [content["example"]]:
            assert [*Draft202012Validator(schema).iter_errors(example)] == [], at


@EACH
def test_every_operation_says_who_may_come_in(service: str) -> None:
    for at, operation in operations(document(service)):
        is_open = at.partition(" ")[2].startswith(OPEN)
        assert operation["security"] == ([] if is_open else [{"bearer": []}]), at
        assert "\n\nWho: " in operation["description"], at
        assert ("401" in operation["responses"]) is not is_open, at


@EACH
def test_problems_are_described_as_they_are_sent(service: str) -> None:
    shown = document(service)
    assert "HTTPValidationError" not in shown["components"]["schemas"]
    for at, content in contents(shown):
        for code, example in content.get("examples", {}).items():
            assert example["value"]["code"] == code, at
            assert " · " in example["value"]["title"], at


@EACH
def test_operations_have_names_that_clients_can_call(service: str) -> None:
    names = [operation["operationId"] for _, operation in operations(document(service))]
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"[a-z]+([A-Z][a-z]*)*", name)] == []


def test_what_a_writer_does_has_a_name_of_a_verb_and_its_object() -> None:
    named = dict(operations(document("intake"))).values()
    theirs = [one["operationId"] for one in named if "Who: citizens" in one["description"]]
    assert theirs
    assert [name for name in theirs if name.islower()] == []


def test_links_lead_from_what_was_created_to_what_can_be_done_with_it() -> None:
    shown = document("intake")
    links = shown["paths"]["/v1/letters"]["post"]["responses"]["201"]["links"]
    by_name = {operation["operationId"]: at for at, operation in operations(shown)}
    assert by_name["readLetter"] == "get /v1/letters/{letter}"
    assert links.keys() >= {"readLetter", "addToLetter", "rateReply", "withdrawLetter"}
    assert not links.keys() & {"revealIdentity", "readDutyDiversion"}
    assert links["readLetter"]["parameters"] == {"letter": "$response.body#/letter"}
    stopped = shown["paths"]["/v1/letters"]["post"]["responses"]["422"]["links"]
    assert stopped.keys() == {"readDiversion", "answerDiversion"}


def test_roles_and_fresh_sign_ins_are_named() -> None:
    drafts = document("publisher")["paths"]["/v1/drafts"]["get"]
    assert drafts["description"].endswith("Who: staff with role `editor`.")
    shown = document("router")["paths"]
    assert shown["/v1/keys/{holder}/proposal"]["post"]["description"].endswith(
        "Who: staff with role `supervisor`, signed in within the last five minutes."
    )


def test_what_changes_something_can_come_at_the_wrong_time_or_too_often() -> None:
    intake, router = document("intake")["paths"], document("router")["paths"]
    for changing in (
        intake["/v1/letters"]["post"],
        intake["/v1/letters/{letter}/reveals/{reveal}/identity"]["post"],
        router["/v1/letters/{letter}/propose_publication"]["post"],
    ):
        assert changing["responses"].keys() >= {"400", "409", "413", "415", "429"}
    assert not {"409", "429"} & router["/v1/search"]["post"]["responses"].keys()


def test_codes_of_one_service_are_named_at_their_routes() -> None:
    def codes(service: str, path: str, status: str) -> set[str]:
        answer = document(service)["paths"][path]["post"]["responses"][status]
        return set(answer["content"][MEDIA_TYPE]["examples"])

    assert codes("intake", "/v1/letters", "422") >= {"invalid", "emergency", "crime_report"}
    assert codes("intake", "/v1/letters", "503") >= {"not_ready", "backlog", "emergency_not_kept"}
    assert "needs_grant" in codes("intake", "/v1/letters/{letter}/reveal", "403")
    assert "private_key" in codes("router", "/v1/keys/{holder}/proposal", "422")


def without_route(new: Json) -> None:
    del new["paths"]["/v1/letters"]["get"]


def needing_more(new: Json) -> None:
    new["components"]["schemas"]["NewText"]["required"].append("mood")


def answering_less(new: Json) -> None:
    del new["components"]["schemas"]["Asked"]["properties"]["request_id"]


def letting_nobody_in(new: Json) -> None:
    new["paths"]["/v1/letters"]["get"]["security"] = []


def without_problem(new: Json) -> None:
    del new["paths"]["/v1/letters"]["get"]["responses"]["401"]


def taking_fewer_kinds_of_files(new: Json) -> None:
    del new["paths"]["/v1/files"]["post"]["requestBody"]["content"]["image/png"]


BREAKING: dict[str, Callable[[Json], None]] = {
    "GET /v1/letters gone": without_route,
    "POST /v1/letters/{letter}/reopening .body.mood: required now": needing_more,
    "POST /v1/letters/{letter}/addition 202.request_id: removed": answering_less,
    "GET /v1/letters security: changed": letting_nobody_in,
    "GET /v1/letters 401: gone": without_problem,
    "POST /v1/files .body as image/png: removed": taking_fewer_kinds_of_files,
}


@pytest.mark.parametrize("what", BREAKING)
def test_what_breaks_a_program_is_seen(what: str) -> None:
    new = deepcopy(document("intake"))
    BREAKING[what](new)
    assert what in broken(document("intake"), new)


def test_what_is_added_breaks_nothing() -> None:
    new = deepcopy(document("intake"))
    more = {"type": "string"}
    new["paths"]["/v1/moods"] = new["paths"]["/v1/letters"]
    new["paths"]["/v1/letters"]["get"]["parameters"].append(
        {"in": "query", "name": "mood", "schema": more}
    )
    asked = new["components"]["schemas"]["Asked"]
    asked["properties"]["mood"] = more
    asked["required"].append("mood")
    new["components"]["schemas"]["NewText"]["properties"]["mood"] = more
    new["components"]["schemas"]["NewWithdrawal"]["properties"]["reason"]["enum"].append("mood")
    assert broken(document("intake"), new) == []


def test_a_released_document_is_held_against_the_present_one(tmp_path: Path) -> None:
    folder = tmp_path / "0.9"
    folder.mkdir()
    old = deepcopy(document("notifier"))
    old["paths"]["/v1/moods"] = old["paths"]["/v1/clocks"]
    (folder / "openapi-notifier.json").write_text(json.dumps(old), "utf-8")
    (folder / "openapi-singer.json").write_text(json.dumps(old), "utf-8")
    assert broken_by_release(tmp_path) == [
        "0.9 openapi-notifier GET /v1/moods gone",
        "0.9 openapi-singer the service is gone",
    ]
