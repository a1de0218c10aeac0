"""Auditors would miss who did what, or take a changed file for ours."""

import json
import re
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from services.router.pages.audit import grouped
from shared.platform.crypto.signed_exports import Line, verify
from tests.router import key_desk
from tests.router.desk_pages import Browsers, browsers, text_of
from tests.router.desking import WHY, begin, do, does
from tests.router.key_story import pasted
from tests.router.story import LETTER, NAME, OTHER, receive

HERE = "/desk/audit"
DAY = date(2026, 11, 23)


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Browsers]:
    """On Monday a clerk, a handler and a supervisor do something."""
    async with browsers(tmp_path) as opened:
        await begin(opened.office)
        await does(opened.office, ("accept", "gz"), ("note", "gz"), ("supervise", "wu"))
        yield opened


async def test_todays_roles_are_shown_with_their_people(at: Browsers) -> None:
    page = (await at.get("he", HERE)).text
    shown = text_of(page)
    rows = shown.partition("Events")[2].partition("Public keys")[0]
    assert re.search(r"gz Handler Guangzhou .* 2 wu Supervisor – 1", rows)
    assert 'href="http://duty.invalid/reveals/log"' in page
    assert WHY["text"] not in shown
    assert NAME not in shown


async def test_a_past_day_is_exported_signed_and_without_words(at: Browsers) -> None:
    at.later(days=1)
    await does(at.office, ("reply", "gz"))
    answer = await at.get("he", f"{HERE}/{DAY}.jsonl")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [(line["event"], line["role"], line["staff"]) for line in lines] == [
        ("letter.accepted", "handler", "gz"),
        ("note.added", "handler", "gz"),
        ("letter.supervised", "supervisor", "wu"),
    ]
    assert WHY["text"] not in answer.text
    signature = (await at.get("he", f"{HERE}/{DAY}.jws")).text
    keys = (await at.get("he", f"{HERE}/keys.json")).json()
    signed = verify(signature, [answer.content], keys=keys)
    assert (signed["day"], signed["lines"], signed["file"]) == (
        "2026-11-23",
        3,
        "audit-2026-11-23.jsonl",
    )
    table = (await at.get("he", f"{HERE}/{DAY}.csv")).text
    assert table.count("\r\n") == 4


async def test_a_day_that_goes_on_is_not_signed(at: Browsers) -> None:
    for kind in ("jsonl", "jws"):
        assert (await at.get("he", f"{HERE}/{DAY}.{kind}")).status_code == 404
    assert (await at.get("he", f"{HERE}/yesterday.jws")).status_code == 404


async def test_keys_are_shown_with_both_people_and_exported(at: Browsers) -> None:
    for step in (key_desk.propose, key_desk.confirm):
        assert (await step(at.office)).status_code == 200
    shown = text_of((await at.get("he", HERE)).text)
    assert re.search(
        r"Guangzhou Municipal Public Security Bureau 23 Nov, \d\d:\d\d .* wu xu", shown
    )
    at.later(days=1)
    lines = (await at.get("he", f"{HERE}/{DAY}.jsonl")).text.splitlines()
    change = json.loads(lines[-1])
    assert (change["event"], change["proposed_by"], change["confirmed_by"]) == (
        "key.changed",
        "wu",
        "xu",
    )


def key_lines(*at: str, by: str) -> list[Line]:
    """Changes of keys at these instants."""
    return [{"at": one, "proposed_by": by, "confirmed_by": by} for one in at]


def test_changes_of_keys_by_the_same_people_on_a_day_are_together() -> None:
    early, late = "2026-11-27T15:59:59.999Z", "2026-11-27T16:00:00.000Z"
    lines = [*key_lines(early, late, by="development"), *key_lines(late, by="wu")]
    groups = grouped(lines)
    assert [len(group) for group in groups] == [1, 1, 1], "midnight in Guangdong is between them"
    assert len(grouped(key_lines(*[late] * 26, by="development"))) == 1


async def test_many_changes_of_keys_at_once_are_folded(at: Browsers) -> None:
    for bureau in ("guangzhou", "foshan", "shenzhen", "zhuhai"):
        holder, key = f"bureau:{bureau}", f"key-of-{bureau}"
        body = {"jwk": pasted(holder=holder)}
        asked = await key_desk.post(at.office, "proposal", body, holder=holder, key=key)
        assert asked.status_code == 200, asked.text
        confirmed = {"kid": f"{holder}.new", "fingerprint": key_desk.FINGERPRINT}
        told = await key_desk.post(
            at.office, "confirmation", confirmed, holder=holder, who="xu", key=f"{key}-2"
        )
        assert told.status_code == 200, told.text
    shown = (await at.get("he", HERE)).text
    assert re.search(r"<summary>23 Nov 2026: 4 changes by wu and xu</summary>", shown)
    assert "Zhuhai Municipal Public Security Bureau" in shown


async def test_letters_of_older_versions_are_exported(at: Browsers) -> None:
    at.office.shelf.documents.kept[LETTER].pop("changed_at")
    at.later(days=1)
    assert await at.tools.overview.mark_old(at.office.shelf.now()) == 1
    assert await at.tools.overview.mark_old(at.office.shelf.now()) == 0
    assert LETTER in (await at.get("he", f"{HERE}/{DAY}.jsonl")).text


async def test_complaints_about_the_department_are_in_no_export(at: Browsers) -> None:
    await at.office.receive(OTHER, receive(None))
    about = {"kind": "bureau", "level": "province"}
    await do(at.office, "reclassify", "lin", OTHER, category="complaint", about=about)
    at.later(days=1)
    for path in (f"{HERE}/{DAY}.jsonl", f"{HERE}/{DAY}.csv", HERE):
        shown = (await at.get("he", path)).text
        assert OTHER not in shown
    assert LETTER in (await at.get("he", f"{HERE}/{DAY}.jsonl")).text


@pytest.mark.parametrize("path", ["", "/keys.json", f"/{DAY}.jsonl", f"/{DAY}.jws", f"/{DAY}.csv"])
@pytest.mark.parametrize("who", ["lin", "wu", "di", "gz", "gz-chief", "mei", "du", "pv-inspection"])
async def test_others_are_refused(at: Browsers, who: str, path: str) -> None:
    assert (await at.get(who, HERE + path)).status_code == 403
