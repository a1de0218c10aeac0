"""Supervisors would miss letters, or see counts of letters that they must not see."""

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.router.pages.csv_export import BOM, TOGETHER, cell, csv_response
from services.router.pages.supervision import CONCERN_NAMES, HEAD, list_address
from tests.router.desk_pages import Browsers, browsers, text_of
from tests.router.desking import begin, do, does
from tests.router.story import BODY, LETTER, NAME, OTHER, receive

HERE = "/desk/supervision"


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Browsers]:
    """Guangzhou asks for more time; Foshan's letter was returned and waits in triage."""
    async with browsers(tmp_path) as opened:
        await begin(opened.office)
        await does(opened.office, ("accept", "gz"), ("request_extension", "gz"))
        await opened.office.receive(OTHER, receive("foshan"))
        await do(opened.office, "return", "fs", OTHER, suggestion="shenzhen")
        await opened.refresh()
        yield opened


async def test_each_count_leads_to_its_letters(at: Browsers) -> None:
    shown = await at.get("wu", HERE)
    assert "2 letters under way" in text_of(shown.text)
    for address, number in (
        (list_address(concern="extension"), LETTER),
        (list_address(concern="returned"), OTHER),
        (list_address(holder="guangzhou", state="handling"), LETTER),
        (list_address(holder="triage", state="triage"), OTHER),
    ):
        assert address.replace("&", "&amp;") in shown.text
        listed = (await at.get("wu", address)).text
        assert number in listed
        assert (LETTER if number == OTHER else OTHER) not in listed


async def test_bureaus_without_letters_are_named_in_one_line(at: Browsers) -> None:
    shown = text_of((await at.get("wu", HERE)).text)
    table, _, rest = shown.partition("No letters under way: ")
    assert ", Shaoguan, Shenzhen, " in rest
    assert "Guangzhou" in table
    assert "Shaoguan" not in table


async def test_an_overdue_letter_is_listed_by_the_level_it_reached(at: Browsers) -> None:
    at.later(days=60)
    shown = await at.get("wu", list_address(concern="overdue"))
    assert LETTER in shown.text
    assert f"/desk/letters/{LETTER}/supervise" in shown.text
    assert LETTER not in (await at.get("wu", list_address(concern="late_chief"))).text


async def test_supervisors_decide_from_the_list_and_the_director_only_looks(at: Browsers) -> None:
    address = list_address(concern="extension")
    assert f"/desk/letters/{LETTER}/decide_extension" in (await at.get("wu", address)).text
    assert "decide_extension" not in (await at.get("di", address)).text


async def test_the_filter_takes_what_its_form_sends(at: Browsers) -> None:
    shown = await at.get("wu", f"{HERE}/letters?holder=&state=&due=&concern=extension")
    assert (shown.status_code, LETTER in shown.text) == (200, True)
    assert (await at.get("wu", f"{HERE}/letters?state=lost")).status_code == 422


async def test_the_file_has_codes_and_no_words(at: Browsers) -> None:
    answer = await at.get("wu", list_address(path="letters.csv"))
    assert answer.headers["content-type"].startswith("text/csv")
    text = answer.content.decode()
    assert text.startswith(BOM)
    rows = list(csv.reader(io.StringIO(text.removeprefix(BOM))))
    assert rows[0] == [str(name) for name in HEAD]
    assert sorted(row[0] for row in rows[1:]) == sorted((LETTER, OTHER))
    for word in (NAME, BODY[:6], "路灯", "chen"):
        assert word not in text
    chinese = (await at.get("wu", list_address(path="letters.csv"), lang="zh")).content.decode()
    assert "广州" in chinese


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_no_cell_is_a_formula(start: str) -> None:
    assert cell(f"{start}1+1") == f"'{start}1+1"
    assert cell("GD-1") == "GD-1"
    assert cell(None) == ""


async def test_a_large_file_is_streamed_in_parts() -> None:
    async def rows() -> AsyncIterator[list[object]]:
        for number in range(10 * TOGETHER):
            yield [number, 'a "b", c']

    parts = [part async for part in csv_response("a.csv", ["n", "t"], rows=rows()).body_iterator]
    assert max(len(part) for part in parts) < 10_000
    whole = b"".join(part.encode() if isinstance(part, str) else bytes(part) for part in parts)
    assert whole.count(b"\r\n") == 10 * TOGETHER + 1
    assert b'"a ""b"", c"' in whole


@pytest.mark.parametrize("path", ["", "/letters", "/letters.csv"])
@pytest.mark.parametrize("who", ["lin", "gz", "gz-chief", "pv", "he", "du", "mei", "pv-inspection"])
async def test_others_are_refused(at: Browsers, who: str, path: str) -> None:
    assert (await at.get(who, HERE + path)).status_code == 403


async def test_hidden_letters_are_in_no_list_count_or_file(at: Browsers) -> None:
    about = {"kind": "bureau", "level": "province"}
    await do(at.office, "reclassify", "lin", OTHER, category="complaint", about=about)
    await at.refresh()
    shown = (await at.get("wu", HERE)).text
    assert "1 letter under way" in text_of(shown)
    for name in CONCERN_NAMES:
        assert OTHER not in (await at.get("wu", list_address(concern=name))).text
    assert OTHER not in (await at.get("wu", list_address(path="letters.csv"))).text
    officer = {"kind": "officer", "bureau": "guangzhou", "officer": "wu"}
    await do(at.office, "reclassify", "lin", LETTER, category="complaint", about=officer)
    await at.refresh()
    assert "0 letters under way" in text_of((await at.get("wu", HERE)).text)
    assert "1 letter under way" in text_of((await at.get("xu", HERE)).text)


async def test_a_stale_line_shows_no_letter_that_became_hidden(at: Browsers) -> None:
    about = {"kind": "bureau", "level": "province"}
    await do(at.office, "reclassify", "lin", OTHER, category="complaint", about=about)
    for path in ("letters", "letters.csv"):
        shown = (await at.get("wu", f"{HERE}/{path}")).text
        assert LETTER in shown
        assert OTHER not in shown
