"""A reply is kept while it is written, checked, and sent once."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.router.domain.claims import Claim
from services.router.jobs.desk_cleanup import DeskCleanup
from services.router.pages.replies import EDITING
from services.router.store import desk_stores
from services.router.store.desk_stores import SEALED, DeskStores
from shared.kernel.errors import AlreadyDone, BadData
from shared.kernel.reply_templates import (
    TO_FILL,
    is_hardly_edited,
    templates_of,
    unfilled,
)
from shared.platform.crypto.key_ring import A256GCM, KeyRing
from shared.platform.letters.event_log import EventLog
from shared.platform.repair.key_rotation import Tally
from shared.platform.runtime.data_files import reply_templates
from shared.web.vocabulary import choices
from tests.router.browsing import PageVisitors, hidden_in, main_of, visitors
from tests.router.desking import CHIEF, begin, do, does
from tests.router.story import LETTER, MONDAY, OTHER, receive
from tests.support.doubles import Memory, MemoryDatabase

UNREAD: Any = None
"""Stands for a log that nothing reads."""

PAGE = f"/desk/letters/{LETTER}"
REPLY = f"{PAGE}/reply"
TEXT = "经现场核查，路灯线路老化，已于今日更换。"
NOTHING = EventLog(Memory(), moved=Memory(), asked=Memory())
FIELDS = {"outcome": "resolved", "text": TEXT}


@pytest.fixture
async def pages(tmp_path: Path) -> AsyncIterator[PageVisitors]:
    async with visitors(tmp_path) as opened:
        await begin(opened.office)
        await does(opened.office, ("accept", "gz"))
        yield opened


async def write(pages: PageVisitors, step: str, who: str = "gz", **fields: Any) -> Any:
    """Somebody opens the editor and sends it with these fields."""
    return await pages.send(who, REPLY, **FIELDS | fields | {"step": step})


# --- drafts ------------------------------------------------------------------------------------


async def test_a_draft_is_kept_sealed_and_comes_back(pages: PageVisitors) -> None:
    saved = await write(pages, "save")
    assert (saved.status_code, saved.headers["location"]) == (303, f"{REPLY}?done=saved")
    shown = await pages.get("gz", saved.headers["location"])
    assert f"{TEXT}</textarea>" in shown.text
    assert "The draft has been saved." in main_of(shown)
    assert "You saved a draft" in main_of(await pages.get("gz", PAGE))
    assert TEXT not in str(pages.office.stored("desk_drafts"))


async def test_the_script_saves_without_leaving_the_page(pages: PageVisitors) -> None:
    saved = await write(pages, "autosave", text="半句")
    assert (saved.status_code, saved.json()) == (200, {"draft": 1})
    shown = await pages.get("gz", REPLY)
    assert "半句</textarea>" in shown.text
    fields = hidden_in(shown.text, REPLY) | FIELDS
    assert (await pages.post("gz", REPLY, **fields, step="autosave")).json() == {"draft": 2}
    late = await pages.post("gz", REPLY, **fields | {"text": "别的"}, step="autosave")
    assert late.status_code == 409


async def test_somebody_else_must_take_over_first(pages: PageVisitors) -> None:
    await write(pages, "save")
    shown = await pages.get("gz2", REPLY)
    assert "Somebody else is writing this reply" in main_of(shown)
    assert TEXT in main_of(shown)
    taken = await pages.post("gz2", REPLY, **hidden_in(shown.text, REPLY), step="take_over")
    assert taken.headers["location"] == REPLY
    assert f"{TEXT}</textarea>" in (await pages.get("gz2", REPLY)).text
    assert "Somebody else is writing" in main_of(await pages.get("gz", REPLY))
    pages.later(EDITING)
    assert f"{TEXT}</textarea>" in (await pages.get("gz", REPLY)).text


async def test_two_texts_are_both_shown_and_none_is_lost(pages: PageVisitors) -> None:
    mine = hidden_in((await pages.get("gz", REPLY)).text, REPLY) | FIELDS
    await write(pages, "save", "gz2", text="另一位同事写的。")
    late = await pages.post("gz", REPLY, **mine, step="save")
    assert late.status_code == 409
    assert "另一位同事写的。" in main_of(late)
    assert f"{TEXT}</textarea>" in late.text
    mine = hidden_in(late.text, REPLY) | FIELDS
    assert (await pages.post("gz", REPLY, **mine, step="save")).status_code == 303
    assert f"{TEXT}</textarea>" in (await pages.get("gz", REPLY)).text


async def test_nothing_is_lost_when_the_session_ends(pages: PageVisitors) -> None:
    fields = hidden_in((await pages.get("gz", REPLY)).text, REPLY)
    pages.office.shelf.now.pass_by(seconds=3_600)
    late = await pages.post("gz", REPLY, **fields, **FIELDS, step="check")
    assert late.status_code == 303
    assert late.headers["location"].startswith("/sign-in/again")
    await pages.sign_in_again("gz")
    assert f"{TEXT}</textarea>" in (await pages.get("gz", REPLY)).text


async def test_only_who_handles_it_sees_the_draft(pages: PageVisitors) -> None:
    await write(pages, "save")
    for who, status in (("lin", 404), ("wu", 404), (CHIEF, 404), ("fs", 404), ("mei", 403)):
        answer = await pages.get(who, REPLY)
        assert answer.status_code == status
        assert TEXT not in answer.text
        assert TEXT not in (await pages.get(who, PAGE)).text


# --- checking and sending ----------------------------------------------------------------------


async def test_a_preview_comes_before_the_reply_goes_out_once(pages: PageVisitors) -> None:
    promise = {"commitments.0.due_on": "2026-12-31", "commitments.0.text": "年底前回访。"}
    check = await write(pages, "check", **promise)
    text = main_of(check)
    for part in ("This is how the writer will read it.", TEXT, "年底前回访。", "Thursday 31 Dec"):
        assert part in text, part
    fields = hidden_in(check.text, REPLY)
    for _ in range(2):
        sent = await pages.post("gz", REPLY, **fields, step="send")
        assert (sent.status_code, sent.headers["location"]) == (303, f"{PAGE}?done=reply")
    letter = await pages.office.letter()
    assert (letter.state, letter.replies, len(letter.commitments)) == ("replied", 1, 1)
    assert pages.office.stored("desk_drafts") == []
    assert (await pages.get("gz", REPLY)).status_code == 409


async def test_a_reply_that_is_sent_back_can_be_edited(pages: PageVisitors) -> None:
    page = f"/desk/letters/{OTHER}/reply"
    await pages.office.receive(OTHER, receive("guangzhou", category="complaint"))
    await do(pages.office, "accept", "gz", OTHER)
    fields = FIELDS | {"outcome": "unfounded", "finding": "no_evidence"}
    check = await pages.send("gz", page, **fields, step="check")
    await pages.post("gz", page, **hidden_in(check.text, page), step="send")
    assert (await pages.office.letter(OTHER)).state == "signing"
    await do(pages.office, "send_back", CHIEF, OTHER)
    assert f"{TEXT}</textarea>" in (await pages.get("gz", page)).text


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"outcome": ""}, "outcome"),
        ({"text": " "}, "text"),
        ({"text": "已由【承办单位】核查。"}, "text"),
        ({"commitments.0.due_on": "soon", "commitments.0.text": "回访"}, "commitments.0.due_on"),
        ({"commitments.0.due_on": "2026-12-31"}, "commitments.0.text"),
    ],
)
async def test_what_is_wrong_stands_beside_its_field(
    pages: PageVisitors, fields: dict[str, str], named: str
) -> None:
    wrong = await write(pages, "check", **fields)
    assert wrong.status_code == 422
    assert f'<a href="#{named}">' in wrong.text
    assert f'id="{named}-error"' in wrong.text


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"outcome": "unfounded"}, "finding"),
        ({"outcome": "malicious", "finding": "invented"}, "referred_to"),
        (
            {"commitments.0.due_on": "2020-12-31", "commitments.0.text": "回访"},
            "commitments.0.due_on",
        ),
    ],
)
async def test_what_the_rule_refuses_stands_beside_its_field(
    pages: PageVisitors, fields: dict[str, str], named: str
) -> None:
    wrong = await write(pages, "send", **fields)
    assert wrong.status_code == 422
    assert f'<a href="#{named}">' in wrong.text
    assert f"{TEXT}</textarea>" in wrong.text


async def test_a_letter_that_changed_is_shown_before_the_reply_goes_out(
    pages: PageVisitors,
) -> None:
    check = await write(pages, "check")
    await do(pages.office, "note", "gz")
    late = await pages.post("gz", REPLY, **hidden_in(check.text, REPLY), step="send")
    assert (late.status_code, "Note 1 was added" in main_of(late)) == (409, True)
    assert f"{TEXT}</textarea>" in late.text
    assert (await pages.office.letter()).replies == 0


async def test_promises_are_added_one_by_one(pages: PageVisitors) -> None:
    shown = await write(pages, "add", **{"commitments.0.text": "回访"})
    assert 'name="commitments.1.text"' in shown.text
    assert 'name="commitments.2.text"' not in shown.text


# --- templates ---------------------------------------------------------------------------------


async def test_a_template_is_inserted_and_must_be_edited(pages: PageVisitors) -> None:
    shown = await write(pages, "template", based_on="request_resolved", text="您好。", outcome="")
    text = shown.text.partition('name="text"')[2].partition("</textarea>")[0]
    assert "您好。" in text
    assert "【求助事项】" in text
    assert (await write(pages, "template", based_on="")).status_code == 422
    template = next(one for one in reply_templates() if one.key == "request_resolved")
    filled = TO_FILL.sub("某某", template.zh)
    warned = await write(pages, "check", text=filled, based_on="request_resolved")
    assert "nearly the template’s" in main_of(warned)
    own = await write(pages, "check", based_on="request_resolved")
    assert "nearly the template’s" not in main_of(own)


def test_every_category_has_templates_with_known_outcomes_in_both_languages() -> None:
    outcomes = {code for code, _ in choices("outcome")}
    categories = {code for code, _ in choices("category")}
    found = reply_templates()
    assert {one for template in found for one in template.categories} == categories
    assert {one.outcome for one in found} <= outcomes
    assert all(unfilled(text) for one in found for text in (one.zh, one.en))
    assert len({name for one in found for name in (one.zh_name, one.en_name)}) == 2 * len(found)


def test_a_wrong_file_is_refused() -> None:
    row = {
        "key": "k",
        "categories": ["request"],
        "outcome": "resolved",
        "zh_name": "名",
        "en_name": "n",
        "zh": "【空】",
        "en": "【blank】",
    }
    assert templates_of({"templates": [row]})[0].key == "k"
    for wrong in ({"zh": "没有空"}, {"categories": "request"}, {"key": None}):
        with pytest.raises(BadData):
            templates_of({"templates": [row | wrong]})


def test_own_words_count_and_not_those_of_the_template() -> None:
    template = "您好！您反映的【事项】收悉。经核查，【情况】。感谢支持。"
    assert is_hardly_edited("您好！您反映的路灯收悉。经核查，属实。感谢支持。", template)
    assert not is_hardly_edited(
        "您好！您反映的路灯收悉。经核查，中山大道线路老化，已更换电缆三十米。感谢支持。", template
    )


# --- what is stored ----------------------------------------------------------------------------


async def test_drafts_and_claims_go_when_the_desk_is_done(pages: PageVisitors) -> None:
    await write(pages, "save")
    await pages.post("gz", f"{PAGE}/claim", what="claim")
    cleanup = DeskCleanup(pages.office.shelf.letters, pages.office.stores)
    assert await cleanup.clean() == 0
    await do(pages.office, "recall", "wu")
    assert await cleanup.clean() == 2
    assert pages.office.stored("desk_drafts") == pages.office.stored("desk_claims") == []


async def test_the_next_holding_starts_without_a_draft(pages: PageVisitors) -> None:
    await write(pages, "save")
    await do(pages.office, "recall", "wu")
    await pages.office.route(bureau="guangzhou")
    await do(pages.office, "accept", "gz")
    shown = await pages.get("gz", REPLY)
    assert TEXT not in shown.text
    assert (await write(pages, "save", text="新的草稿。")).status_code == 303
    assert "新的草稿。</textarea>" in (await pages.get("gz", REPLY)).text


async def test_what_desks_store_is_sealed_under_the_current_key() -> None:
    database = MemoryDatabase()
    keys = {name: A256GCM(bytes([place] * 32)) for place, name in enumerate(("old", "new"))}
    stores = DeskStores.of(database, KeyRing("old", keys), log=UNREAD)
    await stores.drafts.save(
        LETTER, {"text": [TEXT]}, staff="gz", assignment=1, version=0, now=MONDAY
    )
    await stores.claims.claim(Claim(LETTER, "gz", "guangzhou", 1, MONDAY, note=TEXT))
    await stores.views.add("gz", name=TEXT, filters={"words": TEXT})
    assert TEXT not in str([database.collection(name).kept for name in SEALED])
    ring = KeyRing("new", keys)
    async for _ in desk_stores.rotate(database, ring, tally=(tally := Tally()), is_dry=False):
        pass
    assert (tally.sealed, tally.left.total()) == (3, 0)
    fresh = DeskStores.of(database, KeyRing("new", {"new": keys["new"]}), log=UNREAD)
    draft = await fresh.drafts.read(LETTER, assignment=1)
    assert draft is not None
    assert draft.fields == {"text": [TEXT]}
    assert (await fresh.claims.of([LETTER]))[LETTER].note == TEXT
    assert [one.name for one in await fresh.views.of("gz")] == [TEXT]


async def test_a_claim_is_won_once() -> None:
    keys = {"k": A256GCM(bytes(32))}
    stores = DeskStores.of(MemoryDatabase(), KeyRing("k", keys), log=UNREAD)
    await stores.claims.claim(Claim(LETTER, "gz", "guangzhou", 1, MONDAY))
    with pytest.raises(AlreadyDone):
        await stores.claims.claim(Claim(LETTER, "gz2", "guangzhou", 1, MONDAY))
    await stores.claims.claim(Claim(LETTER, "gz2", "guangzhou", 2, MONDAY + timedelta(days=1)))
    claim = (await stores.claims.of([LETTER]))[LETTER]
    assert (claim.staff, claim.assignment) == ("gz2", 2)
    await stores.claims.move(claim, to="gz", note="", now=MONDAY)
    with pytest.raises(AlreadyDone):
        await stores.claims.move(claim, to="gz3", note="", now=MONDAY)
