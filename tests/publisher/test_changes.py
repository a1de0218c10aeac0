"""Problems, decisions and figures over HTTP: who may, and the effects of bad input."""

import asyncio
import json
from typing import Any

import pytest

from shared.contracts.values import About
from tests.intake.hostile import BLANKS, MARKER, OPERATORS, RAW, TRICKS
from tests.publisher.face import Face, faces
from tests.publisher.story import LETTER, OTHER

NEW_WORDS = {"title": "信号灯已调整", "text": "我住在附近。", "reply": "已将绿灯延长。"}
CORRECTION: dict[str, Any] = {"outcome": "corrected", "note": "facts", "words": NEW_WORDS}
CHANGE = f"/v1/drafts/{LETTER}/change"
APPROVAL = f"{CHANGE}/approval"


async def reported(face: Face, name: str, kind: str = "wrong") -> Any:
    return await face.post(f"/public/v1/publications/{name}/problems", None, body={"kind": kind})


def types(face: Face) -> list[str]:
    return [one.removeprefix("gd.mailbox.")[:-3] for one in face.stage.bus.types()]


async def settled(face: Face) -> list[str]:
    """All events, in order."""
    await face.stage.commands._unsent.join()
    return types(face)


# --- problems ----------------------------------------------------------------------------------


async def test_anyone_reports_a_problem_and_editors_find_it() -> None:
    async with faces() as face:
        name = await face.publish()
        answers = await asyncio.gather(*(reported(face, name) for _ in range(5)))
        assert {(one.status_code, one.json()["problem"]) for one in answers} == {(202, f"{name}:1")}
        assert (await reported(face, name, "reveals")).json()["problem"] == f"{name}:2"
        (listed,) = (await face.get("/v1/problems", "mei")).json()["publications"]
        assert (listed["letter"], listed["publication"]) == (LETTER, name)
        assert [(one["kind"], one["due_on"]) for one in listed["problems"]] == [
            ("wrong", "2026-11-30"),
            ("reveals", "2026-11-30"),
        ]
        assert not listed["is_decision_proposed"]
        assert (await settled(face)).count("publication.problem_reported") == 2
        for answer in answers:
            assert LETTER not in answer.text + str(answer.headers)


async def test_problems_are_listed_by_urgency_and_page_by_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.publisher.store.publication_queries.MOST_ON_A_PAGE", 1)
    async with faces() as face:
        first, second = await face.publish(), await face.publish(OTHER)
        await reported(face, first)
        face.stage.now.pass_by(days=3)
        await reported(face, second)
        page = (await face.get("/v1/problems", "mei")).json()
        assert [one["publication"] for one in page["publications"]] == [first]
        rest = (await face.get(f"/v1/problems?after={page['next']}", "mei")).json()
        assert [one["publication"] for one in rest["publications"]] == [second]
        assert rest["next"] is None


@pytest.mark.parametrize(
    "body", [{}, {"kind": "ugly"}, {"kind": None}, {"kind": "wrong", "text": MARKER}, [], MARKER]
)
async def test_a_problem_is_a_kind_and_not_a_word(body: Any) -> None:
    async with faces() as face:
        name = await face.publish()
        answer = await face.post(f"/public/v1/publications/{name}/problems", None, body=body)
        assert answer.status_code == 422
        assert MARKER not in answer.text
        assert "publication.problem_reported" not in await settled(face)


async def test_what_is_not_public_has_no_problems() -> None:
    async with faces() as face:
        await face.draft()
        for name in ("P-0000-0000-0000-0000-0", LETTER, "x", "%00", "$gt"):
            assert (await reported(face, name)).status_code == 404
        assert list(face.stage.documents.kept) == [LETTER]


# --- decisions ---------------------------------------------------------------------------------


async def test_two_editors_correct_a_page() -> None:
    async with faces() as face:
        name = await face.publish()
        problem = (await reported(face, name)).json()["problem"]
        body = CORRECTION | {"problem": problem}
        proposed = [(await face.post(CHANGE, "mei", body=body)).json() for _ in range(2)]
        assert proposed[0] == proposed[1]
        change = proposed[0]["change"]
        assert (change["number"], change["is_proposed_by_you"]) == (1, True)
        seen = (await face.get(f"/v1/drafts/{LETTER}", "zhou")).json()
        assert (seen["change"]["words"], seen["change"]["is_proposed_by_you"]) == (NEW_WORDS, False)
        first = await face.post(APPROVAL, "zhou", body={"number": 1})
        assert first.status_code == 200, first.text
        shown = (await face.get(f"/public/v1/publications/{name}")).json()
        assert {part: shown[part] for part in NEW_WORDS} == NEW_WORDS
        assert shown["note"] == "facts"
        assert (await face.get("/v1/problems", "mei")).json()["publications"] == []
        again = await face.post(APPROVAL, "zhou", body={"number": 1})
        assert again.status_code == 200
        assert again.json() == first.json()
        assert (await settled(face))[-3:] == [
            "publication.corrected",
            "release.corrected",
            "publication.problem_decided",
        ]


async def test_two_editors_take_a_page_down_and_it_is_nowhere() -> None:
    async with faces() as face:
        name = await face.publish()
        await face.post(CHANGE, "mei", body={"outcome": "withdrawn"})
        answer = await face.post(APPROVAL, "zhou", body={"number": 1})
        assert (answer.status_code, answer.json()) == (200, None)
        for path in (f"/publications/{name}", f"/public/v1/publications/{name}"):
            assert (await face.get(path)).status_code == 404
        assert name not in (await face.get("/")).text
        assert (await settled(face))[-2:] == ["publication.withdrawn", "release.withdrawn"]


async def test_one_editor_alone_changes_nothing() -> None:
    async with faces() as face:
        name = await face.publish()
        await face.post(CHANGE, "mei", body=CORRECTION)
        answers = [
            await face.post(APPROVAL, "mei", body={"number": 1}),
            await face.post(APPROVAL, "stale", body={"number": 1}),
            await face.post(APPROVAL, "zhou", body={"number": 2}),
        ]
        assert [(one.status_code, one.json()["code"]) for one in answers] == [
            (403, "not_allowed"),
            (401, "sign_in_again"),
            (409, "out_of_order"),
        ]
        assert (await face.get(f"/public/v1/publications/{name}")).json()["note"] is None


@pytest.mark.parametrize(("token", "status"), [(None, 401), ("lin", 403), ("chen", 403)])
async def test_only_editors_decide(token: str | None, status: int) -> None:
    async with faces() as face:
        name = await face.publish()
        await reported(face, name)
        answers = [
            await face.get("/v1/problems", token),
            await face.post(CHANGE, token, body=CORRECTION),
            await face.post(APPROVAL, token, body={"number": 1}),
        ]
        assert {answer.status_code for answer in answers} == {status}


async def test_nobody_decides_about_a_complaint_about_themself() -> None:
    about = About(kind="officer", bureau="guangzhou", level="station", officer="s-4417")
    async with faces() as face:
        await face.draft(about=about)
        answers = [
            await face.post(CHANGE, "mei", body=CORRECTION),
            await face.post(APPROVAL, "mei", body={"number": 1}),
        ]
        assert {answer.status_code for answer in answers} == {404}


async def test_a_draft_and_a_letter_that_is_none_have_nothing_to_change() -> None:
    async with faces() as face:
        await face.draft()
        answers = [
            await face.post(CHANGE, "mei", body=CORRECTION),
            await face.post(f"/v1/drafts/{OTHER}/change", "mei", body=CORRECTION),
            await face.post(f"/v1/drafts/{OTHER}/change/approval", "zhou", body={"number": 1}),
            await face.post("/v1/drafts/nonsense/change", "mei", body=CORRECTION),
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.text for answer in answers}) == 1


TEXTS: list[Any] = [*OPERATORS, *TRICKS, *BLANKS, 7, None]
OUTCOMES: list[Any] = ["gone", None, {"$ne": 1}, MARKER]
NOTES: list[Any] = ["because", MARKER, []]
PROBLEMS: list[Any] = ["", " ", f"$gt{MARKER}", 7]
BAD: list[Any] = [
    *(CORRECTION | {"outcome": value} for value in OUTCOMES),
    *(CORRECTION | {"note": value} for value in NOTES),
    *(CORRECTION | {"problem": value} for value in PROBLEMS),
    *(CORRECTION | {"words": NEW_WORDS | {part: value}} for part in NEW_WORDS for value in TEXTS),
    CORRECTION | {"words": NEW_WORDS | {"title": "长" * 201}},
    CORRECTION | {"words": NEW_WORDS | {"reply": "长" * 20_001}},
    CORRECTION | {"words": NEW_WORDS | {MARKER: MARKER}},
    CORRECTION | {"words": None},
    CORRECTION | {"note": None},
    CORRECTION | {MARKER: MARKER},
    {"outcome": "unfounded"},
    [],
    MARKER,
]


async def test_a_change_that_is_none_is_refused_and_echoes_nothing() -> None:
    async with faces() as face:
        await face.publish()
        before = len(await settled(face))
        headers = {"authorization": "Bearer mei", "content-type": "application/json"}
        for body in BAD:
            content = json.dumps(body).encode()
            answer = await face.client.post(CHANGE, content=content, headers=headers)
            assert answer.status_code == 422, body
            assert answer.headers["content-type"] == "application/problem+json"
            assert MARKER not in answer.text
        for raw in RAW.values():
            answer = await face.client.post(CHANGE, content=raw, headers=headers)
            assert answer.status_code == 400
        for number in (0, -1, "1", None, 1.5, 10**30):
            answer = await face.post(APPROVAL, "zhou", body={"number": number})
            assert answer.status_code == 422
        assert len(await settled(face)) == before
        assert (await face.get(f"/v1/drafts/{LETTER}", "mei")).json()["change"] is None
