"""Do the questions that search asks find the same in the double and in the real database?"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.router.domain import Letter
from services.router.store import catalogue, walking
from services.router.store.catalogue import Catalogue
from services.router.store.likeness import Likeness
from shared.contracts.words import LetterText
from shared.platform.database import Collection, Insert
from shared.platform.paging import Place
from shared.platform.sealing import A256GCM, KeyRing
from shared.platform.wordhash import hashes
from shared.rules.grams import grams
from tests.router.story import MONDAY, at, letter_of
from tests.router.test_alike import TEXT
from tests.support.doubles import Memory
from tests.support.stack import new_collection, servers

__all__ = ["new_collection", "servers"]

HASHES = hashes(KeyRing("w", {"w": A256GCM(b"w" * 32)}))
LAMP = "村口的路灯坏了三个月，晚上很黑，请派人来修。"
COVER = "小区门口的井盖不见了，老人走路很危险，请尽快处理。"


@pytest.fixture(params=["memory", pytest.param("real", marks=pytest.mark.real)])
async def store(request: pytest.FixtureRequest) -> Collection:
    new: Callable[[], Collection] = Memory
    if request.param == "real":
        new = request.getfixturevalue("new_collection")
    made = new()
    await made.index(catalogue.INDEXES)
    return made


def letter(text: str, *, at_: datetime = MONDAY) -> Letter:
    """A letter of that text."""
    words = LetterText(subject="来信", body=text)
    return Letter(**vars(letter_of(at("routed").state)) | {"words": words, "received_at": at_})


def listing(store: Collection) -> Catalogue:
    """The catalogue over that collection."""
    return Catalogue(store, HASHES, now=lambda: MONDAY)


async def listed(store: Collection, **texts: str) -> Catalogue:
    """Letters by their numbers, a minute apart, the first one the newest."""
    words = listing(store)
    entries = [
        words.entry(number, letter(text, at_=MONDAY - timedelta(minutes=place)))
        for place, (number, text) in enumerate(texts.items())
    ]
    await words.keep([one for one in entries if one])
    return words


async def test_letters_with_all_pieces_are_found_newest_first(store: Collection) -> None:
    words = await listed(store, A=LAMP, B=COVER, C=LAMP)
    found = await words.holding(grams("路灯坏了"))
    assert found == [(MONDAY, "A"), (MONDAY - timedelta(minutes=2), "C")]
    assert await words.holding(grams("路灯 井盖")) == []
    assert await words.holding(grams("从来没有")) == []
    assert await words.holding_among(["B", "C", "X"], grams("路灯坏了")) == {"C"}


async def test_too_many_lead_nowhere(store: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "MOST_FOUND", 2)
    words = await listed(store, A=LAMP, B=LAMP, C=LAMP, D=COVER)
    assert await words.holding(grams("路灯")) is None
    assert await words.holding(grams("井盖")) == [(MONDAY - timedelta(minutes=3), "D")]


async def test_what_is_met_everywhere_is_not_even_asked(
    store: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "SAMPLE", 3)
    words = await listed(store, A=LAMP, B=LAMP, C=COVER)
    assert (
        await words.holding(grams("请尽快")) is None or await words.holding(grams("井盖")) is None
    )


async def test_entries_are_kept_over_and_thrown_away(store: Collection) -> None:
    words = await listed(store, A=LAMP, B=LAMP)
    entry = words.entry("A", letter(COVER))
    assert entry
    await words.keep([entry])
    assert [number for _, number in await words.holding(grams("路灯")) or ()] == ["B"]
    await words.forget(["A", "B", "X"])
    assert await words.kids(["A", "B"]) == {}


async def test_likes_are_found_by_the_whole_and_by_the_print(store: Collection) -> None:
    changed, marked = TEXT.replace("两个人", "三个人"), TEXT.replace("，", "；")
    words = await listed(store, A=TEXT, B=COVER, C=changed, D=marked)
    assert await words.alike_to(["A", "B", "X"]) == {
        "A": [Likeness("D", "same"), Likeness("C", "near")],
        "B": [],
    }


def day(number: int, hour: int = 0) -> datetime:
    """An instant of October 2026 in UTC."""
    return datetime(2026, 10, number, hour, tzinfo=UTC)


@pytest.mark.parametrize("most", [1, 2, 3, 50])
@pytest.mark.parametrize("after", [(day(30), "-"), (day(7), "B"), (day(7), "A"), (day(2), "-")])
async def test_letters_are_looked_through_newest_first_and_each_once(
    store: Collection, most: int, after: Place
) -> None:
    places = [(day(1), "A"), *((day(7), name) for name in "ABCDE"), (day(7, 9), "F"),
              (day(8), "G"), (datetime(2021, 5, 1, tzinfo=UTC), "H")]  # fmt: skip
    kept: list[dict[str, Any]] = [
        {"_id": f"{name}{at_:%y%m%d%H}", "received_at": at_, "is": "x"} for at_, name in places
    ]
    await store.write([Insert(one) for one in kept])
    await store.write([Insert({"_id": "Z", "received_at": day(6), "is": "y"})])
    walk = walking.newest_first(store, {"is": "x"}, after=after, most=most)
    found = [place async for some in walk for place in some]
    wanted = sorted(((one["received_at"], one["_id"]) for one in kept), reverse=True)
    assert found == [place for place in wanted if place < after]


async def test_nothing_before_a_day_is_looked_through(store: Collection) -> None:
    await store.write([Insert({"_id": str(n), "received_at": day(n)}) for n in range(1, 9)])
    walk = walking.newest_first(store, {}, after=(day(30), "-"), most=2, since=day(6))
    assert [name async for some in walk for _, name in some] == ["8", "7", "6"]
