"""What everyone sees of a letter that goes on, and what is counted of all of them."""

from typing import Any

from prometheus_client import REGISTRY
from prometheus_client.exposition import generate_latest

from shared.contracts.progress_v1 import CommitmentMade, LetterRead, LetterReopened
from shared.contracts.submitted_v1 import ConsentChanged
from shared.contracts.topics import PROGRESS, PUBLISHED, RELEASES, SUBMITTED
from tests.publisher.face import faces, read
from tests.publisher.story import LETTER, OTHER, copied, received, replied, routed, said

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


async def test_every_letter_counts_once_however_often_it_is_heard_of() -> None:
    async with faces() as face:
        assert (await face.get("/public/v1/figures")).status_code == 503
        read_by_chief = said(LetterRead, office="province:director", in_person=True)
        promised = said(CommitmentMade, commitment=1, due_on="2026-12-31")
        await face.stage.hear(
            PROGRESS.name, LETTER, received(), routed(), replied(), read_by_chief, read_by_chief
        )
        await face.stage.hear(PROGRESS.name, LETTER, promised, promised)
        await face.stage.hear(PROGRESS.name, OTHER, received("complaint"))
        await face.stage.hear(SUBMITTED.name, "GD-OTHER", copied())
        for _ in range(2):
            await face.figuring.count()
            answer = await face.get("/public/v1/figures")
            assert answer.json() == {
                "counted_at": "2026-11-27T12:00:00Z",
                "letters": 2,
                "read": 1,
                "share_read": 0.5,
                "by_bureau": {"guangzhou": {"replied": 1}, "triage": {"submitted": 1}},
                "by_category": {"complaint": {"submitted": 1}, "request": {"replied": 1}},
                "promises": {"open": 1},
            }
            assert LETTER not in answer.text


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
