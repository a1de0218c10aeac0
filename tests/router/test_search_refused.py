"""Search for staff: invalid queries, other people, and an absent database."""

from typing import Any

import pytest

from tests.intake.faces import is_problem
from tests.router.office import Office
from tests.router.story import LETTER
from tests.router.test_search import ask, found, write


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"words": ""}, "words"),
        ({"words": "灯" * 65}, "words"),
        ({"words": "灯"}, "words"),
        ({"words": "qx"}, "words"),
        ({"words": "。，！"}, "words"),
        ({"words": "路灯\u202e"}, "words"),
        ({"words": "一甲 二乙 三丙 四丁 五戊 六己 七庚 八辛 九壬"}, "words"),
        ({"words": 7}, "words"),
        ({"words": {"$ne": 1}}, "words"),
        ({"number": "9" * 65}, "number"),
        ({"state": "open"}, "state"),
        ({"holder": "beijing"}, "holder"),
        ({"category": {"$gt": ""}}, "category"),
        ({"district": "44"}, "district"),
        ({"due_until": "9999-12-31"}, "due_until"),
        ({"received_from": "0001-01-01"}, "received_from"),
        ({"received_until": "2026-02-30"}, "received_until"),
        ({"after": "x"}, "after"),
        ({"after": "99999999T999999.000000Z~GD-1"}, "after"),
        ({"secret": "路灯"}, "*"),
    ],
)
async def test_bad_input_is_named_and_not_repeated(
    desk: Office, asked: dict[str, Any], field: str
) -> None:
    answer = await ask(desk, **asked)
    assert answer.status_code == 422
    assert field in {one["field"].removeprefix("body.") for one in answer.json()["errors"]}
    for typed in asked.values():
        assert str(typed) not in answer.text or len(str(typed)) < 2


@pytest.mark.parametrize(("who", "status"), [("mei", 403), ("du", 403), ("chen", 403), (None, 401)])
async def test_only_those_who_read_letters_may_ask(
    desk: Office, who: str | None, status: int
) -> None:
    assert (await ask(desk, who, words="路灯")).status_code == status


async def test_a_database_that_is_away_is_said_to_be(desk: Office) -> None:
    await write(desk, LETTER, "路灯坏了")
    desk.shelf.documents.unread.extend([True])
    assert is_problem(await ask(desk, city="guangzhou"), "503 not_ready")
    assert await found(desk, words="路灯") == [LETTER]
