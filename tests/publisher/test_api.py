"""Editors' actions over HTTP, and public data without letter numbers."""

import pytest
from prometheus_client import REGISTRY

from shared.contracts.topics import SUBMITTED
from shared.contracts.values import About
from tests.publisher.face import PEOPLE, as_person, faces, read
from tests.publisher.story import LETTER, OTHER, WORDS, copied


async def test_two_editors_publish_a_draft() -> None:
    before = REGISTRY.get_sample_value("mailbox_publisher_publications_total") or 0
    async with faces() as face:
        await face.draft()
        listed = (await face.get("/v1/drafts", "mei")).json()
        assert [one["letter"] for one in listed["drafts"]] == [LETTER]
        assert listed["drafts"][0]["copy"] == 1
        proposed = (
            await face.post(f"/v1/drafts/{LETTER}/proposal", "mei", body={"copy": 1})
        ).json()
        assert (proposed["stage"], proposed["is_proposed_by_you"]) == ("proposed", True)
        seen = (await face.get(f"/v1/drafts/{LETTER}", "zhou")).json()
        assert (seen["text"], seen["is_proposed_by_you"]) == (WORDS.text, False)
        approval = f"/v1/drafts/{LETTER}/approval"
        first, again = [
            (await face.post(approval, "zhou", body={"copy": 1})).json() for _ in range(2)
        ]
        assert first["stage"] == "published"
        assert first["publication"].startswith("P-")
        assert again == first
        assert (await face.get("/v1/drafts", "mei")).json() == {"drafts": [], "next": None}
    assert REGISTRY.get_sample_value("mailbox_publisher_publications_total") == before + 1


@pytest.mark.parametrize(
    ("about", "sees"),
    [
        (About(kind="bureau", bureau="guangzhou"), True),
        (About(kind="bureau", level="province"), False),
        (About(kind="officer", bureau="guangzhou", level="station", officer="s-4417"), False),
        (About(kind="officer", bureau="guangzhou", level="station", officer="s-4418"), True),
    ],
)
async def test_no_editor_reads_the_copy_of_a_complaint_about_themself(
    about: About, sees: bool
) -> None:
    async with faces() as face:
        await face.draft(about=about)
        listed = (await face.get("/v1/drafts", "mei")).json()["drafts"]
        shown = await face.get(f"/v1/drafts/{LETTER}", "mei")
        body = {"copy": 1}
        proposed = await face.post(f"/v1/drafts/{LETTER}/proposal", "mei", body=body)
        approved = await face.post(f"/v1/drafts/{LETTER}/approval", "mei", body=body)
    assert [one["letter"] for one in listed] == ([LETTER] if sees else [])
    outcomes = [answer.status_code for answer in (shown, proposed, approved)]
    assert outcomes == ([200, 200, 403] if sees else [404, 404, 404])


async def test_a_misspelt_copy_approves_nothing() -> None:
    async with faces() as face:
        await face.draft()
        for act, who in (("proposal", "mei"), ("approval", "zhou")):
            path = f"/v1/drafts/{LETTER}/{act}"
            answer = await face.post(path, who, body={"copy_number": 7})
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
        assert (await face.get(f"/v1/drafts/{LETTER}", "mei")).json()["stage"] == "copied"


async def test_an_editor_does_not_approve_what_they_proposed() -> None:
    async with faces() as face:
        await face.draft()
        await face.post(f"/v1/drafts/{LETTER}/proposal", "mei")
        answer = await face.post(f"/v1/drafts/{LETTER}/approval", "mei")
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
        assert (await face.post(f"/v1/drafts/{LETTER}/approval", "zhou")).status_code == 200


async def test_an_editor_is_kept_under_an_id_that_says_nothing() -> None:
    async with faces() as face:
        await face.draft()
        proposed = await face.post(f"/v1/drafts/{LETTER}/proposal", "he")
        assert proposed.json()["is_proposed_by_you"]
        kept = str(face.stage.documents.kept[LETTER])
        assert "proposed" in kept
        assert PEOPLE["he"].sub not in kept
        answer = await face.post(f"/v1/drafts/{LETTER}/approval", "he")
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


async def test_approval_needs_a_sign_in_of_the_last_five_minutes() -> None:
    async with faces() as face:
        await face.draft()
        await face.post(f"/v1/drafts/{LETTER}/proposal", "mei")
        answer = await face.post(f"/v1/drafts/{LETTER}/approval", "stale")
        assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_again")
        assert (await face.get("/public/v1/publications")).json()["publications"] == []


async def test_an_editor_decides_on_the_copy_that_was_read() -> None:
    async with faces() as face:
        await face.draft()
        await face.stage.hear(SUBMITTED.name, LETTER, copied(copy=2))
        answer = await face.post(f"/v1/drafts/{LETTER}/proposal", "mei", body={"copy": 1})
        assert (answer.status_code, answer.json()["code"]) == (409, "out_of_order")


EDITORS_ONLY = [
    ("GET", "/v1/drafts"),
    ("GET", f"/v1/drafts/{LETTER}"),
    ("POST", f"/v1/drafts/{LETTER}/proposal"),
    ("POST", f"/v1/drafts/{LETTER}/approval"),
]


@pytest.mark.parametrize(("token", "status"), [(None, 401), ("lin", 403), ("chen", 403)])
@pytest.mark.parametrize(("method", "path"), EDITORS_ONLY)
async def test_only_editors_come_to_the_desk(
    method: str, path: str, token: str | None, status: int
) -> None:
    async with faces() as face:
        await face.draft()
        answer = await face.client.request(method, path, headers=as_person(token))
        assert answer.status_code == status
        assert WORDS.title not in answer.text


@pytest.mark.parametrize("letter", [OTHER, "nonsense", "GD-' OR 1=1"])
async def test_a_letter_without_a_draft_is_not_found(letter: str) -> None:
    async with faces() as face:
        await face.draft()
        answers = [
            await face.get(f"/v1/drafts/{letter}", "mei"),
            await face.post(f"/v1/drafts/{letter}/proposal", "mei"),
            await face.post(f"/v1/drafts/{letter}/approval", "mei", body={"copy": 1}),
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.text for answer in answers}) == 1
        assert letter not in face.stage.documents.kept


async def test_everyone_reads_what_is_published() -> None:
    async with faces() as face:
        name = await face.publish()
        (listed,) = (await face.get("/public/v1/publications")).json()["publications"]
        shown = (await face.get(f"/public/v1/publications/{name}")).json()
    assert listed == {
        "publication": name,
        "path": f"/publications/{name}",
        "title": WORDS.title,
        "published_at": "2026-11-27T12:00:00Z",
        "category": "request",
        "topic": "traffic",
        "city": "guangzhou",
        "bureau": "guangzhou",
        "corrected_at": None,
        "note": None,
        "since": None,
    }
    assert shown == listed | {"text": WORDS.text, "reply": WORDS.reply}


async def test_no_public_answer_names_a_letter_or_an_editor() -> None:
    async with faces() as face:
        name = await face.publish()
        for path in PUBLIC:
            answer = await face.get(path.format(name))
            said = f"{answer.url}{answer.headers}{answer.text}"
            assert answer.status_code == 200, path
            assert LETTER not in said
            assert LETTER[3:] not in said
            assert "s-441" not in said


PUBLIC = (
    "/",
    "/publications/{}",
    "/public/v1/publications",
    "/public/v1/publications/{}",
)


async def test_a_draft_is_not_public() -> None:
    async with faces() as face:
        await face.draft()
        await face.post(f"/v1/drafts/{LETTER}/proposal", "mei")
        assert WORDS.title not in (await face.get("/")).text
        assert (await face.get(f"/publications/{LETTER}")).status_code == 404
        assert (await face.get(f"/public/v1/publications/{LETTER}")).status_code == 404


async def test_the_next_page_is_named_by_what_was_read_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.publisher.store.publication_queries.MOST_ON_A_PAGE", 1)
    async with faces() as face:
        first = await face.publish()
        face.stage.now.pass_by(minutes=1)
        second = await face.publish(OTHER)
        page = (await face.get("/public/v1/publications")).json()
        assert [one["publication"] for one in page["publications"]] == [second]
        rest = (await face.get(f"/public/v1/publications?after={page['next']}")).json()
        assert [one["publication"] for one in rest["publications"]] == [first]
        assert rest["next"] is None
        (older,) = [link for link in read(await face.get("/")).links if "after" in link]
        assert read(await face.get(older)).links.count(f"/publications/{first}") == 1


async def test_a_broken_place_is_refused_as_data_and_is_the_beginning_as_a_page() -> None:
    async with faces() as face:
        name = await face.publish()
        assert (await face.get("/public/v1/publications?after=x")).status_code == 422
        assert f"/publications/{name}" in (await face.get("/?after=x")).text
