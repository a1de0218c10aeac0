"""Documents are read newest first, each once, in the double and in the real database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.router.store.time_walk import (
    NARROW,
    NARROWEST,
    TimeWalk,
    fits,
    next_width,
    width_for,
)
from shared.platform.mongo.database import Collection, Insert
from shared.platform.mongo.paging import Place
from tests.router.test_word_index import LATEST, day, store
from tests.support.operators import fits as as_databases_do
from tests.support.stack import new_collection, servers

__all__ = ["new_collection", "servers", "store"]


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
    walk = TimeWalk(store, "received_at", now, width)
    steps = walk.newest_first([{"is": "x"}], after=after, most=most)
    shown = [walk.place(one) async for step in steps for one in step.found]
    wanted = sorted(((one["received_at"], one["_id"]) for one in kept), reverse=True)
    assert shown == [place for place in wanted if place < after]


@pytest.mark.parametrize("now", [day(30), day(7), day(1)])
async def test_nothing_before_a_day_is_looked_through(store: Collection, now: datetime) -> None:
    await store.write([Insert({"_id": str(n), "received_at": day(n)}) for n in range(1, 9)])
    walk = TimeWalk(store, "received_at", now)
    steps = walk.newest_first([{}], after=(day(30), "-"), most=2, since=day(6))
    assert [one["_id"] async for step in steps for one in step.found] == ["8", "7", "6"]


@pytest.mark.parametrize("most", [1, 2, 50])
async def test_what_else_must_be_so_is_looked_at_here(store: Collection, most: int) -> None:
    kept = [
        {"_id": str(n), "received_at": day(n), "is": "x", "seen": ["a", "b"] if n % 3 else []}
        for n in range(1, 20)
    ]
    await store.write([Insert(one) for one in kept])
    walk = TimeWalk(store, "received_at", day(30), rest={"seen": {"$in": ["b"]}})
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
    walk = TimeWalk(store, "received_at", day(8))
    looked = [
        (step.looked, step.upto)
        async for step in walk.newest_first([{}], after=(day(9), "-"), most=50, since=day(6))
    ]
    assert looked[:2] == [(1, (day(8), "-")), (6, (day(7, 18), "-"))]
