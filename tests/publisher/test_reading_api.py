"""Public data about a letter that goes on, and the figures about all letters."""

from typing import Any

from prometheus_client import REGISTRY
from prometheus_client.exposition import generate_latest

from shared.contracts.progress_v1 import CommitmentMade, LetterRead, LetterReopened
from shared.contracts.submitted_v1 import ConsentChanged
from shared.contracts.topics import PROGRESS, PUBLISHED, RELEASES, SUBMITTED
from tests.publisher.face import faces, read
from tests.publisher.story import LETTER, copied, received, replied, routed, said

CORRECTION: dict[str, Any] = {
    "outcome": "corrected",
    "note": "brought_up_to_date",
    "words": {"title": "信号灯已调整", "text": "我住在附近。", "reply": "已将绿灯延长。"},
}
CHANGE = f"/v1/drafts/{LETTER}/change"
APPROVAL = f"{CHANGE}/approval"


async def test_consent_taken_back_takes_the_page_down() -> None:
    async with faces() as face:
        name = await face.publish()
        await face.stage.hear(SUBMITTED.name, LETTER, ConsentChanged(to_publish=False))
        assert (await face.get(f"/publications/{name}")).status_code == 404
        records = {record.topic for record in face.stage.bus.sent[-2:]}
        assert records == {PUBLISHED.name, RELEASES.name}
        release = face.stage.bus.sent[-1]
        assert LETTER not in release.value.decode() + str(release.headers)


async def test_the_page_of_a_reopened_letter_says_so_and_editors_see_the_newer_copy() -> None:
    async with faces() as face:
        name = await face.publish()
        path = f"/publications/{name}"
        assert "正在重新办理" not in read(await face.get(path)).shown
        await face.stage.hear(PROGRESS.name, LETTER, said(LetterReopened, state="handling", time=1))
        assert "正在重新办理" in read(await face.get(path)).shown
        await face.stage.hear(PROGRESS.name, LETTER, replied().model_copy(update={"reply": 2}))
        await face.stage.hear(SUBMITTED.name, LETTER, copied(copy=2))
        assert "后来又有新的答复" in read(await face.get(path)).shown
        (listed,) = (await face.get("/v1/drafts", "mei")).json()["drafts"]
        assert (listed["stage"], listed["copy"]) == ("published", 2)
        shown = (await face.get(f"/v1/drafts/{LETTER}", "mei")).json()
        assert (shown["copy"], shown["newer"]["copy"]) == (1, 2)
        await face.post(CHANGE, "mei", body=CORRECTION)
        await face.post(APPROVAL, "zhou", body={"number": 1})
        page = read(await face.get(path)).shown
        assert "更新为最新答复" in page
        assert "后来又有新的答复" not in page
        assert (await face.get("/v1/drafts", "mei")).json()["drafts"] == []


async def test_everyone_sees_what_was_counted_yesterday_each_letter_once() -> None:
    async with faces() as face:
        read_by_chief = said(LetterRead, office="province:director", in_person=True)
        promised = said(CommitmentMade, commitment=1, due_on="2026-12-31")
        for number in range(6):
            letter = f"GD-{number}"
            facts = (received(), routed(), replied(), read_by_chief, read_by_chief)
            await face.stage.hear(PROGRESS.name, letter, *facts)
            await face.stage.hear(PROGRESS.name, letter, promised, promised)
        for number in range(5):
            await face.stage.hear(PROGRESS.name, f"GD-C{number}", received("complaint"))
        await face.stage.hear(SUBMITTED.name, "GD-OTHER", copied())
        for _ in range(2):
            await face.figuring.count()
            assert (await face.get("/public/v1/figures")).status_code == 503
        face.stage.now.pass_by(days=1)
        await face.stage.hear(PROGRESS.name, LETTER, received())
        await face.figuring.count()
        answer = await face.get("/public/v1/figures")
        assert answer.json() == {
            "counted_at": "2026-11-27T12:00:00Z",
            "letters": 11,
            "read": 6,
            "share_read": 6 / 11,
            "by_bureau": {"guangzhou": {"replied": 6}, "triage": {"submitted": 5}},
            "by_category": {"complaint": 5, "request": 6},
            "promises": {"open": 6},
        }
        assert "GD-" not in answer.text


async def test_a_few_letters_show_in_no_figure() -> None:
    async with faces() as face:
        for number in range(4):
            await face.stage.hear(PROGRESS.name, f"GD-{number}", received("report"))
        await face.figuring.count()
        face.stage.now.pass_by(days=1)
        await face.figuring.count()
        answer = (await face.get("/public/v1/figures")).json()
        del answer["counted_at"]
        assert not any(answer.values())


async def test_nothing_of_a_letter_or_an_editor_is_in_a_metric() -> None:
    async with faces() as face:
        name = await face.publish()
        await face.post(f"/public/v1/publications/{name}/problems", None, body={"kind": "wrong"})
        await face.post(CHANGE, "mei", body=CORRECTION)
        await face.post(APPROVAL, "zhou", body={"number": 1})
    metrics = generate_latest(REGISTRY).decode()
    assert 'mailbox_publisher_changes_total{outcome="corrected"}' in metrics
    for secret in (LETTER, name, "s-4417", CORRECTION["words"]["title"]):
        assert secret not in metrics
