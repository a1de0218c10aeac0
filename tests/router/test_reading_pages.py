"""Chiefs would not find what they must read, or be counted for what they have not read."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.kernel.letter_number import new_letter_number
from shared.platform.runtime import data_files
from tests.router.desk_pages import Browsers, browsers, hidden_fields, text_of
from tests.router.desking import CHIEF, PROVINCE, begin, do
from tests.router.story import LETTER, OTHER, receive

HERE = "/desk/reading"
DEPUTY = "example-guangzhou-deputy"
POLICY = data_files.policies().newest.reading
assert POLICY is not None
NUMBERS = [new_letter_number(number.to_bytes(10, "big")) for number in range(400)]
SAMPLED = next(number for number in NUMBERS if POLICY.is_sampled(number))
FREE = next(number for number in NUMBERS if not POLICY.is_sampled(number))


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Browsers]:
    """Guangzhou holds a complaint, a sampled inquiry and another one; Foshan a report."""
    async with browsers(tmp_path) as opened:
        await begin(opened.office, category="complaint")
        for number in (SAMPLED, FREE):
            await opened.office.receive(number, receive("guangzhou", category="inquiry"))
        await opened.office.receive(OTHER, receive("foshan", category="report"))
        await opened.refresh()
        await opened.tools.shares.count()
        yield opened


async def test_a_chief_finds_complaints_the_sample_and_what_is_late(at: Browsers) -> None:
    shown = (await at.get(CHIEF, HERE)).text
    assert LETTER in shown
    assert SAMPLED in shown
    assert FREE not in shown
    assert OTHER not in shown
    at.later(days=10)
    assert FREE in (await at.get(CHIEF, HERE)).text


async def test_the_director_reads_letters_of_all_bureaus(at: Browsers) -> None:
    shown = (await at.get(PROVINCE, HERE)).text
    assert all(number in shown for number in (LETTER, SAMPLED, OTHER))


async def test_reading_is_recorded_in_person_and_the_next_one_comes(at: Browsers) -> None:
    answer = await at.send(CHIEF, f"{HERE}/{LETTER}", f"{HERE}/{LETTER}/read")
    assert answer.headers["location"] == f"{HERE}/next?after={LETTER}&done=read"
    assert (await at.office.letter()).reads == (("guangzhou:chief", True),)
    await at.refresh()
    answer = await at.get(CHIEF, answer.headers["location"])
    assert answer.headers["location"] == f"{HERE}/{SAMPLED}?done=read"
    assert LETTER not in (await at.get(CHIEF, HERE)).text
    assert LETTER in (await at.get(CHIEF, f"{HERE}?which=read")).text


async def test_a_deputys_reading_is_not_the_chiefs(at: Browsers) -> None:
    page, path = f"{HERE}/{LETTER}", f"{HERE}/{LETTER}/read"
    assert "not as read in person" in text_of((await at.get(DEPUTY, page)).text)
    await at.send(DEPUTY, page, path)
    await at.refresh()
    assert (await at.office.letter()).reads == (("guangzhou:chief", False),)
    assert LETTER not in (await at.get(DEPUTY, HERE)).text
    assert LETTER in (await at.get(CHIEF, HERE)).text


async def test_the_share_is_counted_as_the_publisher_counts_it(at: Browsers) -> None:
    await do(at.office, "read", CHIEF)
    await at.tools.shares.count()
    shown = text_of((await at.get(CHIEF, HERE)).text)
    assert "Of 3 letters that you may see, 1 have been read in person" in shown
    assert "33" not in shown.partition("Read in person")[2].partition("A letter counts")[0]


async def test_a_chief_instructs_while_reading(at: Browsers) -> None:
    path = f"{HERE}/{LETTER}/instruct"
    checked = await at.send(CHIEF, path, path, text="请当面答复。", step="check")
    answer = await at.post(CHIEF, path, **hidden_fields(checked.text, path), step="send")
    assert answer.headers["location"] == f"{HERE}/{LETTER}?done=instructed"
    again = await at.post(CHIEF, path, **hidden_fields(checked.text, path), step="send")
    assert again.headers["location"] == f"{HERE}/{LETTER}?done=instructed"
    assert len((await at.office.letter()).instructions) == 1


@pytest.mark.parametrize(
    ("who", "status"),
    [
        *((who, 403) for who in ("lin", "wu", "gz", "he", "du", "mei", "pv", "pv-inspection")),
        ("example-foshan-chief", 404),
        ("example-province-named", 404),
    ],
)
async def test_others_neither_list_nor_read_it(at: Browsers, who: str, status: int) -> None:
    listed = await at.get(who, HERE)
    assert listed.status_code == (403 if status == 403 else 200)
    assert LETTER not in listed.text
    assert (await at.get(who, f"{HERE}/{LETTER}")).status_code == status
    assert (await at.post(who, f"{HERE}/{LETTER}/read")).status_code == status


async def test_the_inspections_chief_alone_reads_complaints_about_the_department(
    at: Browsers,
) -> None:
    about = {"kind": "bureau", "level": "province"}
    await do(at.office, "reclassify", "wu", OTHER, category="complaint", about=about)
    await at.refresh()
    await at.tools.shares.count()
    assert OTHER in (await at.get("example-province-named", HERE)).text
    assert OTHER not in (shown := (await at.get(PROVINCE, HERE)).text)
    assert "To read (2)" in text_of(shown)
    assert "Of 3 letters" in text_of(shown)
