"""Chiefs would sign what they have not read, or miss a draft that waits for them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.router.desk_pages import Browsers, browsers, hidden_fields, text_of
from tests.router.desking import CHIEF, REPLY, begin, do, does
from tests.router.story import LETTER, OTHER, receive

HERE = "/desk/signing"
SUPERVISOR = "example-province-supervisor"
PROMISE = [{"due_on": "2026-12-31", "text": "年底前装好新灯。"}]


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Browsers]:
    """A reply to a complaint waits for the chief of Guangzhou, with a promise."""
    async with browsers(tmp_path) as opened:
        await begin(opened.office, category="complaint")
        await does(opened.office, ("accept", "gz"))
        await do(opened.office, "reply", "gz", commitments=PROMISE)
        yield opened


async def test_a_chief_reads_and_signs_what_was_read(at: Browsers) -> None:
    shown = text_of((await at.get(CHIEF, HERE)).text)
    assert "1 draft waits for your signature" in shown
    draft = text_of((await at.get(CHIEF, f"{HERE}/{LETTER}")).text)
    for seen in (REPLY["text"], PROMISE[0]["text"], "31 Dec", "explained"):
        assert seen.casefold() in draft.casefold()
    page = f"{HERE}/{LETTER}/sign?draft=1"
    answer = await at.send(CHIEF, page, f"{HERE}/{LETTER}/sign")
    assert answer.headers["location"] == f"{HERE}/next?after={LETTER}&done=signed"
    assert (await at.office.letter()).state == "replied"
    answer = await at.get(CHIEF, answer.headers["location"])
    assert answer.headers["location"] == f"{HERE}?done=signed"
    assert "No draft waits" in text_of((await at.get(CHIEF, f"{HERE}?done=signed")).text)


async def test_another_draft_is_not_signed_unread(at: Browsers) -> None:
    shown = await at.get(CHIEF, f"{HERE}/{LETTER}/sign?draft=1")
    fields = hidden_fields(shown.text, f"{HERE}/{LETTER}/sign")
    await does(at.office, ("send_back", CHIEF), ("reply", "gz"))
    answer = await at.post(CHIEF, f"{HERE}/{LETTER}/sign", **fields)
    assert answer.headers["location"] == f"{HERE}/{LETTER}?done=changed"
    assert (await at.office.letter()).state == "signing"
    old = await at.get(CHIEF, f"{HERE}/{LETTER}/sign?draft=1")
    assert old.headers["location"] == f"{HERE}/{LETTER}?done=changed"


async def test_signing_needs_a_fresh_sign_in(at: Browsers) -> None:
    await at.get(CHIEF, HERE)
    at.office.shelf.now.pass_by(seconds=400)
    answer = await at.get(CHIEF, f"{HERE}/{LETTER}/sign?draft=1")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    assert (await at.get(CHIEF, f"{HERE}/{LETTER}")).status_code == 200


async def test_a_double_submit_signs_once_and_says_so(at: Browsers) -> None:
    shown = await at.get(CHIEF, f"{HERE}/{LETTER}/sign?draft=1")
    fields = hidden_fields(shown.text, f"{HERE}/{LETTER}/sign")
    for _ in range(2):
        answer = await at.post(CHIEF, f"{HERE}/{LETTER}/sign", **fields)
        assert answer.headers["location"].endswith("done=signed")
    assert (await at.office.letter()).replies == 1


async def test_a_draft_is_sent_back_with_what_is_missing(at: Browsers) -> None:
    path = f"{HERE}/{LETTER}/send_back"
    empty = await at.send(CHIEF, path, path, text=" ")
    assert (empty.status_code, "Fill this in" in empty.text) == (422, True)
    checked = await at.send(CHIEF, path, path, text="日期要写清楚。", step="check")
    assert (await at.office.letter()).state == "signing"
    fields = hidden_fields(checked.text, path)
    answer = await at.post(CHIEF, path, **fields, step="send")
    assert answer.headers["location"].endswith("done=sent_back")
    assert (await at.office.letter()).state == "handling"


async def test_an_instruction_leaves_the_draft_here(at: Browsers) -> None:
    path = f"{HERE}/{LETTER}/instruct"
    answer = await at.send(CHIEF, path, path, text="请现场核对。", step="send")
    assert answer.headers["location"] == f"{HERE}/{LETTER}?done=instructed"
    letter = await at.office.letter()
    assert (len(letter.instructions), letter.state) == (1, "signing")


async def test_a_promise_whose_date_has_passed_is_sent_back(at: Browsers) -> None:
    at.later(days=60)
    answer = await at.send(CHIEF, f"{HERE}/{LETTER}/sign?draft=1", f"{HERE}/{LETTER}/sign")
    assert answer.status_code == 409
    assert "Send it back" in text_of(answer.text)


async def test_deputies_and_supervisors_find_their_own(at: Browsers) -> None:
    assert LETTER in (await at.get("example-guangzhou-deputy", HERE)).text
    assert LETTER not in (await at.get(SUPERVISOR, HERE)).text
    await at.office.receive(OTHER, receive("guangzhou", category="complaint"))
    await do(at.office, "accept", "gz", OTHER)
    malicious = {
        **REPLY,
        "outcome": "malicious",
        "finding": "invented",
        "referred_to": "110",
    }
    assert (await do(at.office, "reply", "gz", OTHER, body=malicious)).status_code == 200
    assert OTHER not in (await at.get(SUPERVISOR, HERE)).text
    assert (await do(at.office, "sign", CHIEF, OTHER)).status_code == 200
    assert OTHER in (await at.get(SUPERVISOR, HERE)).text
    assert OTHER not in (await at.get(CHIEF, HERE)).text


async def test_a_refusal_of_the_triage_desk_waits_for_the_provinces_chief(at: Browsers) -> None:
    await at.office.receive(OTHER, receive(None))
    await do(at.office, "decline_at_triage", "lin", OTHER)
    assert OTHER in (await at.get("example-province-chief", HERE)).text
    assert OTHER not in (await at.get(CHIEF, HERE)).text


async def test_authors_never_sign_their_own_draft(at: Browsers) -> None:
    await at.office.receive(OTHER, receive(None))
    await do(at.office, "decline_at_triage", "lin", OTHER)
    kept = at.office.shelf.documents.kept[OTHER]
    kept["state"]["draft"]["author"] = "example-province-chief"
    assert OTHER not in (await at.get("example-province-chief", HERE)).text


async def test_drafts_of_older_versions_are_there(at: Browsers) -> None:
    at.office.shelf.documents.kept[LETTER].pop("changed_at")
    assert LETTER in (await at.get(CHIEF, HERE)).text


@pytest.mark.parametrize(
    ("who", "status"),
    [("mei", 403), ("he", 403), ("du", 403), ("lin", 200), ("gz", 200), ("wu", 200), ("fs", 200)],
)
async def test_nobody_else_sees_a_draft(at: Browsers, who: str, status: int) -> None:
    answer = await at.get(who, HERE)
    assert answer.status_code == status
    assert LETTER not in answer.text
    one = await at.get(who, f"{HERE}/{LETTER}")
    assert one.status_code in (303, 403, 404)
    for path in ("sign", "send_back", "instruct"):
        answer = await at.post(who, f"{HERE}/{LETTER}/{path}", text="x", step="send", draft="1")
        assert answer.status_code in (303, 403, 404)
    assert (await at.office.letter()).state == "signing"
