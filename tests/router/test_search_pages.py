"""Search for staff, page by page: each letter once, bounded, and `next` reveals nothing."""

from datetime import timedelta
from typing import Any

import pytest

from services.router.api import search
from services.router.store import word_index
from tests.router.office import Office
from tests.router.story import MONDAY
from tests.router.test_search import ask, found, numbered, write


@pytest.mark.parametrize("asked", [{"words": "路灯"}, {"city": "guangzhou"}, {}])
async def test_pages_hold_every_letter_once_newest_first(
    desk: Office, asked: dict[str, Any]
) -> None:
    numbers = numbered(47)
    for number in numbers:
        at = MONDAY - timedelta(days=3 * (numbers.index(number) // 3))
        await write(desk, number, "路灯坏了", received_at=at)
    shown = await found(desk, **asked)
    assert sorted(shown) == sorted(numbers)
    ages = [numbers.index(one) // 3 for one in shown]
    assert ages == sorted(ages)
    assert len((await ask(desk, **asked)).json()["letters"]) == search.SHOWN


@pytest.mark.parametrize("sample", [30, 3_000])
async def test_words_that_are_met_everywhere_are_found_by_when_letters_came(
    desk: Office, monkeypatch: pytest.MonkeyPatch, sample: int
) -> None:
    monkeypatch.setattr(word_index, "SAMPLE", sample)
    monkeypatch.setattr(search, "MOST_HELD", 5)
    monkeypatch.setattr(search, "MOST_OPENED", 10)
    numbers = numbered(30)
    for place, number in enumerate(numbers):
        text = "路灯坏了" if place % 2 else "井盖不见了"
        await write(desk, number, text, received_at=MONDAY - timedelta(hours=place))
    assert await found(desk, words="路灯") == numbers[1::2]
    assert await found(desk, "gz", words="路灯") == numbers[1::2]
    assert await found(desk, "fs", words="路灯") == []


async def test_one_request_looks_at_so_many_letters_and_names_none_of_them(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST_WALKED", 5)
    numbers = numbered(30)
    for place, number in enumerate(numbers):
        category = "inquiry" if place == 29 else "request"
        at = MONDAY - timedelta(hours=3 * place)
        await write(desk, number, "路灯坏了", received_at=at, category=category)
    page = (await ask(desk, category="inquiry")).json()
    assert page["letters"] == []
    assert page["next"].endswith("Z~-")
    assert await found(desk, category="inquiry") == numbers[29:]
    assert await found(desk, category="request") == numbers[:29]


@pytest.mark.parametrize("often", [0.0, 1.0])
async def test_no_page_names_a_letter_that_its_reader_may_not_see(
    desk: Office, monkeypatch: pytest.MonkeyPatch, often: float
) -> None:
    monkeypatch.setattr(search, "COMMON_AMONG_FEW", often)
    monkeypatch.setattr(search, "MOST_WALKED", 5)
    monkeypatch.setattr(search, "TOGETHER", 2)
    numbers = numbered(30)
    for place, number in enumerate(numbers):
        city = "guangzhou" if place in (7, 29) else "foshan"
        await write(desk, number, "路灯坏了", city, received_at=MONDAY - timedelta(hours=place))
    shown, after = [], None
    while True:
        page = (await ask(desk, "gz", words="路灯", **({"after": after} if after else {}))).json()
        shown += [one["letter"] for one in page["letters"]]
        if (after := page["next"]) is None:
            break
        assert after.partition("~")[2] in ("-", numbers[7], numbers[29])
    assert shown == [numbers[7], numbers[29]]
