"""Two editors publish in a browser; one alone can't, and no old page decides about a new draft."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from shared.contracts.topics import SUBMITTED
from shared.contracts.values import About
from shared.platform.http.tokens import Person
from tests.publisher.editors import HERE, TELLING, Editors, editors
from tests.publisher.face import faces
from tests.publisher.story import LETTER, copied
from tests.router.browsing import hidden_in
from tests.support.sign_in import BROWSER, signed_in

DESK = "/editors"
READ = {"copy": "1", "edition": "0"}


@pytest.fixture
async def at() -> AsyncIterator[Editors]:
    """A letter waits that tells who a neighbour is."""
    async with editors() as opened:
        yield opened


async def test_two_editors_publish_and_readers_find_it(at: Editors) -> None:
    assert TELLING.title in await at.text("mei", DESK)
    hidden = {"text": "王先生", "what": "person", "decision": "hidden", "reason": "tells_who"}
    answer = await at.post("mei", f"{HERE}/marks", **READ, **hidden)
    assert answer.headers["location"] == f"{HERE}?done=marked"
    words = {"title": "门口的路灯不亮", "text": "邻居王先生晚上看不见路。", "reply": TELLING.reply}
    await at.send("mei", f"{HERE}/wording", **words)
    shown = await at.get("mei", HERE)
    assert "<del>王先生家</del>" in shown.text
    assert "<ins>〔姓名〕</ins>" in shown.text
    answer = await at.send("mei", f"{HERE}/proposal")
    assert answer.headers["location"] == f"{HERE}?done=proposed"
    preview = await at.text("zhou", f"{HERE}/approval")
    assert "邻居〔姓名〕晚上看不见路。" in preview
    answer = await at.send("zhou", f"{HERE}/approval")
    assert answer.headers["location"] == f"{HERE}?done=published"
    assert "门口的路灯不亮" in await at.text("nobody", "/")
    link = (await at.face.get(f"/v1/drafts/{LETTER}", "mei")).json()["path"]
    page = await at.text("nobody", link)
    assert "邻居〔姓名〕晚上看不见路。" in page
    for untold in ("王先生", "天河路", LETTER):
        assert untold not in page


async def test_nobody_approves_alone(at: Editors) -> None:
    await at.send("mei", f"{HERE}/proposal", looked="yes")
    assert "Another editor must approve it" in await at.text("mei", f"{HERE}/approval")
    refused = await at.post("mei", f"{HERE}/approval", **READ)
    assert refused.status_code == 403
    assert "Another editor must do this." in refused.text
    by_token = await at.face.post(f"/v1/drafts/{LETTER}/proposal", "zhou")
    assert by_token.json()["is_proposed_by_you"] is False
    assert "There is none" not in await at.text("zhou", f"{DESK}?list=proposed")
    assert (await at.face.get("/public/v1/publications")).json()["publications"] == []


async def test_a_doubtful_text_is_proposed_only_by_somebody_who_has_looked(at: Editors) -> None:
    refused = await at.send("mei", f"{HERE}/proposal")
    assert (refused.status_code, "have checked the marked" in refused.text) == (422, True)
    assert "Name with a title" in refused.text


async def test_an_old_page_decides_nothing_about_a_new_draft(at: Editors) -> None:
    await at.send("mei", f"{HERE}/proposal", looked="yes")
    stale = hidden_in((await at.get("zhou", f"{HERE}/approval")).text, f"{HERE}/approval")
    await at.send("mei", f"{HERE}/return", text="还要再看一遍。")
    assert "还要再看一遍。" in await at.text("zhou", HERE)
    await at.send("mei", f"{HERE}/proposal", looked="yes")
    answer = await at.post("zhou", f"{HERE}/approval", **stale)
    assert answer.headers["location"] == f"{HERE}?done=changed"
    await at.face.stage.hear(SUBMITTED.name, LETTER, copied(copy=2))
    assert (await at.face.get(f"/v1/drafts/{LETTER}", "mei")).json()["stage"] == "copied"
    saved = await at.post("mei", f"{HERE}/wording", **READ, title="旧", text="旧文", reply="旧")
    assert (saved.status_code, "has changed in the meantime" in saved.text) == (409, True)
    assert "旧文" in saved.text, "what was typed is still there"


async def test_a_double_press_publishes_once_and_says_so(at: Editors) -> None:
    await at.send("mei", f"{HERE}/proposal", looked="yes")
    fields = hidden_in((await at.get("zhou", f"{HERE}/approval")).text, f"{HERE}/approval")
    for _ in range(2):
        answer = await at.post("zhou", f"{HERE}/approval", **fields)
        assert answer.headers["location"] == f"{HERE}?done=published"
    assert len((await at.face.get("/public/v1/publications")).json()["publications"]) == 1


async def test_approval_needs_a_fresh_sign_in(at: Editors) -> None:
    await at.send("mei", f"{HERE}/proposal", looked="yes")
    await at.as_("zhou")
    at.later(timedelta(minutes=6))
    answer = await at.get("zhou", f"{HERE}/approval")
    assert (answer.status_code, answer.headers["location"][:8]) == (303, "/sign-in")
    answer = await at.post("zhou", f"{HERE}/approval", **READ)
    assert (answer.status_code, answer.headers["location"][:8]) == (303, "/sign-in")
    assert (await at.get("zhou", HERE)).status_code == 200
    assert (await at.face.get("/public/v1/publications")).json()["publications"] == []


async def test_a_mark_is_lifted_with_a_reason_and_a_number_stays_hidden(at: Editors) -> None:
    hidden = {"text": "天河路12号", "what": "place", "decision": "hidden", "reason": "tells_who"}
    await at.post("mei", f"{HERE}/marks", **READ, **hidden)
    lifted = {**hidden, "decision": "kept", "reason": "public_body", "copy": "1", "edition": "1"}
    await at.post("zhou", f"{HERE}/marks", **lifted)
    shown = await at.text("mei", HERE)
    assert "It is an office or a public place · by another editor" in shown
    wrong = await at.post(
        "mei", f"{HERE}/marks", **lifted | {"reason": "tells_who", "edition": "2"}
    )
    assert (wrong.status_code, "doesn’t fit the decision" in wrong.text) == (422, True)
    unknown = await at.post(
        "mei", f"{HERE}/marks", **{**READ, **hidden, "text": "没有", "edition": "2"}
    )
    assert (unknown.status_code, "don’t occur in the draft" in unknown.text) == (422, True)
    number = {"title": "路灯", "text": "请打13800138000。", "reply": "好。"}
    refused = await at.post("mei", f"{HERE}/wording", copy="1", edition="2", **number)
    assert (refused.status_code, "still shows somebody’s number" in refused.text) == (422, True)


async def test_a_rejected_draft_is_listed_and_can_be_taken_up_again(at: Editors) -> None:
    empty = await at.send("mei", f"{HERE}/rejection")
    assert empty.status_code == 422
    await at.send("mei", f"{HERE}/rejection", reason="not_general", text="只与本人有关。")
    assert "There is none" in await at.text("mei", DESK)
    assert TELLING.title in await at.text("zhou", f"{DESK}?list=rejected")
    shown = await at.get("zhou", HERE)
    assert "只与本人有关。" in shown.text
    fields = hidden_in(shown.text, f"{HERE}/restoration")
    answer = await at.post("zhou", f"{HERE}/restoration", **fields)
    assert answer.headers["location"] == f"{HERE}?done=restored"
    assert TELLING.title in await at.text("mei", f"{DESK}?list=in_work")


async def test_a_reader_reports_a_problem_and_two_editors_take_the_page_down(at: Editors) -> None:
    path = await at.publish()
    asked = await at.get("nobody", f"{path}/problem")
    assert "What is wrong?" in asked.text
    empty = await at.face.client.post(f"{path}/problem", data={}, headers=BROWSER)
    assert empty.status_code == 422
    sent = await at.face.client.post(f"{path}/problem", data={"kind": "reveals"}, headers=BROWSER)
    assert sent.headers["location"] == f"{path}?reported=yes"
    assert "It reveals personal details" in await at.text("mei", f"{DESK}?list=problems")
    problem = (await at.face.get(f"/v1/drafts/{LETTER}", "mei")).json()["problems"][0]["problem"]
    answer = await at.post("mei", f"{HERE}/change/withdrawn", problem=problem)
    assert answer.headers["location"] == f"{HERE}?done=change_proposed"
    assert (await at.send("mei", f"{HERE}/change/approval", number="1")).status_code == 403
    answer = await at.send("zhou", f"{HERE}/change/approval")
    assert answer.headers["location"] == f"{DESK}?list=withdrawn&done=withdrawn"
    assert "A problem with it" in await at.text("zhou", f"{DESK}?list=withdrawn")
    for gone in (path, f"/public/v1{path}"):
        assert (await at.face.get(gone)).status_code == 404
    assert TELLING.title not in await at.text("nobody", "/")
    assert (await at.face.get("/public/v1/publications")).json()["publications"] == []


async def test_a_correction_shows_what_it_changes_and_leaves_a_note(at: Editors) -> None:
    path = await at.publish()
    form = f"{HERE}/change/corrected"
    words = {"words.title": "路灯已修", "words.text": "路灯不亮。", "words.reply": TELLING.reply}
    lacks = await at.post("mei", form, step="send", **words)
    assert (lacks.status_code, "Choose one of the answers" in lacks.text) == (422, True)
    checked = await at.post("mei", form, step="check", note="wording", **words)
    assert "<ins>" in checked.text
    answer = await at.post("mei", form, step="send", **hidden_in(checked.text, form))
    assert answer.headers["location"] == f"{HERE}?done=change_proposed"
    assert TELLING.title in await at.text("zhou", f"{DESK}?list=changes")
    await at.send("zhou", f"{HERE}/change/approval")
    shown = await at.text("nobody", path)
    assert "路灯已修" in shown
    assert "The wording was changed" in shown


async def test_only_editors_see_the_desk_and_none_the_complaint_about_themself(
    at: Editors,
) -> None:
    for path in (DESK, HERE, f"{HERE}/approval"):
        assert (await at.get("lin", path)).status_code == 403
        anonymous = await at.get("nobody", path)
        assert (anonymous.status_code, anonymous.headers["location"][:8]) == (303, "/sign-in")
    assert (await at.post("lin", f"{HERE}/proposal", **READ)).status_code == 403
    foreign = await at.face.client.post(
        f"{HERE}/proposal", data=READ, headers={**BROWSER, "sec-fetch-site": "cross-site"}
    )
    assert foreign.status_code == 403
    about = About(kind="officer", bureau="guangzhou", level="station", officer="s-4417")
    async with faces() as face:
        await face.draft(about=about)
        await signed_in(face.client, Person("s-4417", roles=frozenset({"editor"})))
        listed = await face.client.get(DESK, headers=BROWSER)
        shown = await face.client.get(HERE, headers=BROWSER)
    assert (LETTER in listed.text, shown.status_code) == (False, 404)


@pytest.mark.parametrize(
    "query", ["list=nothing", "city=x&category=report&after=~", "suggested_by=writer", "done="]
)
async def test_a_strange_address_is_a_list_all_the_same(at: Editors, query: str) -> None:
    assert (await at.get("mei", f"{DESK}?{query}")).status_code in {200, 422}
    assert TELLING.title in await at.text("mei", f"{DESK}?city=guangzhou&topic=traffic&list=x")
    assert TELLING.title not in await at.text("mei", f"{DESK}?city=foshan")
