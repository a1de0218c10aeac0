"""Do the questions that search asks find the same in the double and in the real database?"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.router.domain import Letter
from services.router.store import catalogue
from services.router.store.catalogue import Catalogue, packed, unpacked
from services.router.store.likeness import Likeness
from services.router.store.walking import (
    NARROW,
    NARROWEST,
    Walk,
    fits,
    next_width,
    width_for,
)
from shared.contracts.words import LetterText
from shared.platform.database import Collection, Insert, Update
from shared.platform.paging import Place
from shared.platform.sealing import A256GCM, KeyRing
from shared.platform.wordhash import hashes
from shared.rules.grams import grams
from tests.router.story import MONDAY, at, letter_of
from tests.router.test_alike import TEXT
from tests.support.doubles import Clock, Memory
from tests.support.operators import fits as as_databases_do
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


def day(number: int, hour: int = 0) -> datetime:
    """An instant of November 2026 in UTC."""
    return datetime(2026, 11, number, hour, tzinfo=UTC)


LATEST: Place = (day(30), "-")


async def found(
    words: Catalogue, text: str, *, after: Place = LATEST, bureau: str | None = None
) -> list[Place]:
    """The letters that hold a text's pieces."""
    walk = words.holding(grams(text), bureau=bureau, after=after, since=None)
    return [place async for some in walk for place in some.places]


async def test_letters_with_all_pieces_are_found_newest_first(store: Collection) -> None:
    words = await listed(store, A=LAMP, B=COVER, C=LAMP)
    first, last = (MONDAY, "A"), (MONDAY - timedelta(minutes=2), "C")
    assert await found(words, "路灯坏了") == [first, last]
    assert await found(words, "路灯坏了", after=first) == [last]
    assert await found(words, "路灯 井盖") == []
    assert await found(words, "从来没有") == []


async def test_a_bureau_finds_what_anybody_there_may_find(store: Collection) -> None:
    words = await listed(store, A=LAMP, B=COVER)
    assert [number for _, number in await found(words, "路灯", bureau="guangzhou")] == ["A"]
    assert await found(words, "路灯坏了", bureau="foshan") == []


@pytest.mark.parametrize("together", [1, 2, 100])
async def test_what_is_under_another_key_is_found_in_its_turn(
    store: Collection, monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    monkeypatch.setattr(catalogue, "SIFTED", together)
    ring = {"w": A256GCM(b"w" * 32), "new": A256GCM(b"n" * 32)}
    both = [Catalogue(store, hashes(KeyRing(kid, ring)), now=lambda: MONDAY) for kid in ring]
    numbers = "ABCDEFG"
    for place, number in enumerate(numbers):
        one = both[place % 3 == 1].entry(number, letter(LAMP, at_=MONDAY - timedelta(hours=place)))
        await both[0].keep([one] if one else [])
    assert "".join(number for _, number in await found(both[0], "路灯坏了")) == numbers


async def test_what_is_met_everywhere_is_known_to_be(
    store: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "SAMPLE", 3)
    words = await listed(store, A=LAMP, B=LAMP, C=COVER)
    assert await words.share(grams("路灯")) == 2 / 3
    assert await words.share(grams("天桥")) == 0
    assert await words.share(grams("路灯天桥")) == 0


async def test_entries_are_kept_over_and_thrown_away(store: Collection) -> None:
    words = await listed(store, A=LAMP, B=LAMP)
    entry = words.entry("A", letter(COVER))
    assert entry
    await words.keep([entry])
    assert [number for _, number in await found(words, "路灯")] == ["B"]
    await words.forget(["A", "B", "X"])
    assert await words.kids(["A", "B"]) == {}


async def test_likes_are_found_by_the_whole_and_by_the_print(store: Collection) -> None:
    changed, marked = TEXT.replace("两个人", "三个人"), TEXT.replace("，", "；")
    words = await listed(store, A=TEXT, B=COVER, C=changed, D=marked)
    assert await words.alike_to(["A", "B", "X"]) == {
        "A": [Likeness("D", "same"), Likeness("C", "near")],
        "B": [],
    }


@pytest.mark.parametrize("most", [1, 2, 3, 50])
@pytest.mark.parametrize("after", [(day(30), "-"), (day(7), "B"), (day(7), "A"), (day(2), "-")])
@pytest.mark.parametrize("now", [day(30), day(7), day(1)])
@pytest.mark.parametrize("width", [NARROW, timedelta(days=900)])
async def test_letters_are_looked_through_newest_first_and_each_once(
    store: Collection, most: int, after: Place, now: datetime, width: timedelta
) -> None:
    places = [(day(1), "A"), *((day(7), name) for name in "ABCDE"), (day(7, 9), "F"),
              (day(8), "G"), (datetime(2021, 5, 1, tzinfo=UTC), "H")]  # fmt: skip
    kept: list[dict[str, Any]] = [
        {"_id": f"{name}{at_:%y%m%d%H}", "received_at": at_, "is": "x"} for at_, name in places
    ]
    await store.write([Insert(one) for one in kept])
    await store.write([Insert({"_id": "Z", "received_at": day(6), "is": "y"})])
    walk = Walk(store, "received_at", now, width)
    steps = walk.newest_first([{"is": "x"}], after=after, most=most)
    shown = [walk.place(one) async for step in steps for one in step.found]
    wanted = sorted(((one["received_at"], one["_id"]) for one in kept), reverse=True)
    assert shown == [place for place in wanted if place < after]


@pytest.mark.parametrize("now", [day(30), day(7), day(1)])
async def test_nothing_before_a_day_is_looked_through(store: Collection, now: datetime) -> None:
    await store.write([Insert({"_id": str(n), "received_at": day(n)}) for n in range(1, 9)])
    walk = Walk(store, "received_at", now)
    steps = walk.newest_first([{}], after=(day(30), "-"), most=2, since=day(6))
    assert [one["_id"] async for step in steps for one in step.found] == ["8", "7", "6"]


@pytest.mark.parametrize("most", [1, 2, 50])
async def test_what_else_must_be_so_is_looked_at_here(store: Collection, most: int) -> None:
    kept = [
        {"_id": str(n), "received_at": day(n), "is": "x", "seen": ["a", "b"] if n % 3 else []}
        for n in range(1, 20)
    ]
    await store.write([Insert(one) for one in kept])
    walk = Walk(store, "received_at", day(30), rest={"seen": {"$in": ["b"]}})
    steps = walk.newest_first([{"is": "x"}], after=LATEST, most=most)
    shown = [int(one["_id"]) async for step in steps for one in step.found]
    assert shown == [n for n in range(19, 0, -1) if n % 3]


KEPT: dict[str, Any] = {"_id": "a", "one": "x", "many": ["x", "y"], "none": [], "at": day(7)}
ASKED = st.sampled_from(["x", "y", "z"])
FILTERS = st.dictionaries(
    st.sampled_from(["one", "many", "none", "absent"]),
    st.one_of(
        ASKED,
        st.builds(lambda some: {"$in": some}, st.lists(ASKED)),
        st.builds(lambda some: {"$nin": some}, st.lists(ASKED)),
    ),
) | st.builds(lambda at: {"at": {"$lte": at}}, st.sampled_from([day(6), day(7), day(8)]))


@given(FILTERS)
def test_what_is_looked_at_here_is_as_a_database_would_say(where: dict[str, Any]) -> None:
    assert fits(KEPT, where) == as_databases_do(KEPT, where)


def test_what_is_due_at_no_time_is_due_by_none() -> None:
    assert not fits({"due_at": None}, {"due_at": {"$lte": day(7)}})
    assert not fits({}, {"due_at": {"$lte": day(7)}})


@pytest.mark.parametrize(
    ("found", "hours"), [(0, 24), (10, 24), (50, 12), (100, 6), (200, 3), (6_000, 0.1)]
)
def test_windows_are_as_wide_as_what_they_find_is_seldom(found: int, hours: float) -> None:
    assert next_width(timedelta(hours=6), found, most=200) == timedelta(hours=hours)


def test_no_window_is_without_width() -> None:
    for found in (0, 10_000):
        assert next_width(timedelta(0), found, most=1) == NARROWEST


def test_a_first_window_is_as_wide_as_its_pieces_are_seldom() -> None:
    days = timedelta(days=2)
    assert width_for(days, 10, most=50) == timedelta(days=5)
    assert width_for(days, 0, most=50) == width_for(days, 1, most=50) == timedelta(days=50)


async def test_what_is_ahead_of_our_clock_makes_no_window_wide(store: Collection) -> None:
    kept = [{"_id": str(n), "received_at": day(8) - n * timedelta(hours=1)} for n in range(60)]
    await store.write([Insert(one) for one in kept])
    walk = Walk(store, "received_at", day(8))
    looked = [
        (step.looked, step.upto)
        async for step in walk.newest_first([{}], after=(day(9), "-"), most=50, since=day(6))
    ]
    assert looked[:2] == [(1, (day(8), "-")), (6, (day(7, 18), "-"))]


async def test_an_entry_from_before_pieces_were_packed_is_left_to_its_letter(
    store: Collection,
) -> None:
    words = await listed(store, A=LAMP, B=COVER)
    await store.write([Update({"_id": "A"}, {"$unset": {"packed": ""}})])
    await words.sample()
    assert await found(words, "路灯 小区") == [(MONDAY, "A")]
    assert await found(words, "小区 天桥") == []


@given(st.lists(st.integers(-(2**63), 2**63 - 1)))
def test_packed_pieces_are_those_that_were_packed(pieces: list[int]) -> None:
    assert unpacked(packed(pieces)) == tuple(pieces)


async def test_what_is_met_often_is_told_by_the_newest(
    store: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "SAMPLE", 2)
    monkeypatch.setattr(catalogue, "TOGETHER", 1)
    words = await listed(store, A=LAMP, B=LAMP, C=COVER, D=COVER, E=COVER)
    await words.sample()
    assert await words.share(grams("路灯")) == 1
    assert await words.share(grams("井盖")) == 0


async def test_few_letters_are_soon_sampled_again(
    store: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "SAMPLE", 2)
    clock = Clock(MONDAY)
    words = Catalogue(store, HASHES, now=clock)
    await words.sample()
    await listed(store, A=LAMP, B=LAMP)

    async def is_met_after(seconds: float) -> bool:
        clock.pass_by(seconds=seconds)
        await words.sample()
        return await words.share(grams("路灯")) > 0

    assert not await is_met_after(14)
    assert await is_met_after(2)
    await words.forget(["A", "B"])
    assert await is_met_after(599), "enough were asked, not long ago"
    assert not await is_met_after(2)


async def test_no_search_waits_for_a_newer_sample(store: Collection) -> None:
    clock = Clock(MONDAY)
    words = Catalogue(store, HASHES, now=clock)
    assert not await words.share(grams("路灯"))
    await listed(store, **{str(n): LAMP for n in range(20)})
    clock.pass_by(hours=1)
    assert not await words.share(grams("路灯"))
    await words.sample()
    assert await words.share(grams("路灯"))
