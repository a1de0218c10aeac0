"""The doubles and the real database do the same with all that the shell asks of them: `store`."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from shared.platform.letters.document_mapper import INDEXES
from shared.platform.letters.mark_published import mark_published
from shared.platform.mongo.database import (
    Collection,
    DatabaseFault,
    Document,
    Index,
    Insert,
    Update,
)
from tests.support.doubles import START, Memory
from tests.support.indexed import Indexed

NewCollection = Callable[[], Collection]

DOUBLES: dict[str, NewCollection] = {"memory": Memory, "indexed": Indexed}


@pytest.fixture(params=[*DOUBLES, pytest.param("real", marks=pytest.mark.real)])
def store(request: pytest.FixtureRequest) -> Collection:
    new = DOUBLES.get(request.param) or request.getfixturevalue("new_collection")
    return new()


async def kept(store: Collection, name: str = "a") -> Document:
    found = await store.one({"_id": name})
    assert found is not None
    return found


async def changed(store: Collection, before: Document, change: Document) -> Document:
    await store.write([Insert({"_id": "a", **before}), Update({"_id": "a"}, change)])
    return await kept(store)


# --- writes --------------------------------------------------------------------------------------


async def test_an_insert_on_a_taken_id_is_told_by_its_position(store: Collection) -> None:
    await store.write([Insert({"_id": "a", "n": 1})])
    written = await store.write(
        [
            Insert({"_id": "b", "n": 2}),
            Insert({"_id": "a", "n": 9}),
            Update({"_id": "a", "n": 1}, {"$set": {"seen": True}}),
            Insert({"_id": "b", "n": 9}),
        ]
    )
    assert (written.matched, written.taken) == (1, frozenset({1, 3}))
    assert (await kept(store, "a"))["n"] == 1
    assert (await kept(store, "b"))["n"] == 2


async def test_nothing_to_write_is_nothing_written(store: Collection) -> None:
    written = await store.write([])
    assert (written.matched, written.taken) == (0, frozenset())


async def test_an_update_that_matches_nothing_makes_nothing(store: Collection) -> None:
    written = await store.write([Update({"_id": "a"}, {"$set": {"n": 1}})])
    assert written.matched == 0
    assert await store.one({"_id": "a"}) is None


async def test_an_update_that_changes_nothing_counts_as_matched(store: Collection) -> None:
    await store.write([Insert({"_id": "a", "n": 1})])
    assert (await store.write([Update({"_id": "a"}, {"$set": {"n": 1}})])).matched == 1


async def test_set_inc_min_push_and_unset_work_together_as_the_shell_uses_them(
    store: Collection,
) -> None:
    found = await changed(
        store,
        {"version": 1, "seen": {"p": 1}, "log": [1], "unsent": {"p": 4}, "gap_since": START},
        {
            "$set": {"seen": {"p": 2, "s": 1}, "asked.x": "digest", "asked.y": ""},
            "$unset": {"gap_since": "", "never": ""},
            "$inc": {"version": 1},
            "$push": {"log": {"$each": [2, 3]}},
            "$min": {"unsent.p": 9, "unsent.q": 7, "unsent_since": START},
        },
    )
    assert found == {
        "_id": "a",
        "version": 2,
        "seen": {"p": 2, "s": 1},
        "asked": {"x": "digest", "y": ""},
        "log": [1, 2, 3],
        "unsent": {"p": 4, "q": 7},
        "unsent_since": START,
    }


async def test_min_of_instants_keeps_the_earlier_one(store: Collection) -> None:
    late = START + timedelta(seconds=1)
    found = await changed(store, {"t": START, "u": late}, {"$min": {"t": late, "u": START}})
    assert (found["t"], found["u"]) == (START, START)


async def test_new_fields_stay_in_the_order_of_their_names(store: Collection) -> None:
    """Clearing `unsent` compares it whole, and there the order of fields counts."""
    found = await changed(store, {}, {"$min": {"unsent.a": 1, "unsent.b": 2}})
    assert list(found["unsent"]) == ["a", "b"]


async def test_unset_of_a_dotted_path_leaves_its_neighbours(store: Collection) -> None:
    found = await changed(store, {"unsent": {"p": 1, "q": 2}}, {"$unset": {"unsent.p": ""}})
    assert found["unsent"] == {"q": 2}


@pytest.mark.parametrize(
    "change",
    [
        {"$set": {"a.b": 1}, "$inc": {"a.b": 1}},
        {"$set": {"a": {}}, "$min": {"a.b": 1}},
        {"$set": {"a..b": 1}},
    ],
)
async def test_an_update_that_makes_no_sense_is_a_fault_and_the_rest_is_done(
    store: Collection, change: Document
) -> None:
    await store.write([Insert({"_id": "a"}), Insert({"_id": "b"})])
    with pytest.raises(DatabaseFault):
        await store.write([Update({"_id": "a"}, change), Update({"_id": "b"}, {"$set": {"n": 1}})])
    assert await kept(store, "a") == {"_id": "a"}
    assert (await kept(store, "b"))["n"] == 1


async def test_of_many_compare_and_sets_at_once_one_wins(store: Collection) -> None:
    await store.write([Insert({"_id": "a", "version": 1, "by": "x"})])
    where = {"_id": "a", "version": 1, "by": "x"}
    written = await asyncio.gather(
        *(
            store.write([Update(where, {"$set": {"by": f"w{number}"}, "$inc": {"version": 1}})])
            for number in range(8)
        )
    )
    assert sum(one.matched for one in written) == 1
    assert (await kept(store))["version"] == 2


async def test_of_many_inserts_at_once_one_wins(store: Collection) -> None:
    written = await asyncio.gather(
        *(store.write([Insert({"_id": "a", "by": number})]) for number in range(8))
    )
    assert sum(not one.taken for one in written) == 1


# --- filters, order, projections -----------------------------------------------------------------


MANY: list[Document] = [
    {"_id": "a", "n": 1, "at": START, "deep": {"x": 1, "y": 2}},
    {"_id": "b", "n": 2, "at": START + timedelta(seconds=5), "deep": {"y": 2, "x": 1}},
    {"_id": "c", "n": 3},
]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({}, "abc"),
        ({"_id": {"$in": ["c", "a", "z"]}}, "ac"),
        ({"_id": {"$in": []}}, ""),
        ({"n": {"$lt": 2}}, "a"),
        ({"n": {"$lte": 2}}, "ab"),
        ({"n": {"$gt": 1}}, "bc"),
        ({"n": {"$gt": 1, "$lt": 3}}, "b"),
        ({"n": {"$gte": 2}}, "bc"),
        ({"at": {"$lte": START}}, "a"),
        ({"at": {"$gt": START}}, "b"),
        ({"deep.x": 1}, "ab"),
        ({"deep.z": 1}, ""),
        ({"at": None}, "c"),
        ({"n": {"$gte": 1}, "deep.x": None}, "c"),
        ({"n.x": 1}, ""),
        ({"deep": {"x": 1, "y": 2}}, "a"),
        ({"deep": {"x": 1}}, ""),
        ({"n": 1, "deep.y": 2}, "a"),
        ({"n": 1, "deep.y": 3}, ""),
    ],
)
async def test_a_filter_finds(store: Collection, where: Document, found: str) -> None:
    await store.write([Insert(one) for one in MANY])
    assert "".join(sorted([one["_id"] for one in await store.find(where)])) == found


async def test_a_filter_looks_into_lists(store: Collection) -> None:
    await store.write(
        [Insert({"_id": at, "log": [{"n": 1}, {"n": at}], "ns": [1, at]}) for at in (4, 5)]
    )
    for where in ({"log.n": {"$gte": 5}}, {"log": {"n": 5}}, {"ns": 5}, {"ns": {"$in": [5, 6]}}):
        assert [one["_id"] for one in await store.find(where)] == [5]


async def test_order_and_limit(store: Collection) -> None:
    await store.write([Insert(one) for one in MANY])
    newest = await store.find({}, sort=(("at", -1),), limit=2)
    oldest = await store.find({}, sort=(("at", 1),))
    assert [one["_id"] for one in newest] == ["b", "a"]
    assert [one["_id"] for one in oldest] == ["c", "a", "b"]


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"n": 1, "never": 1}, {"_id", "n"}),
        ({"_id": 1}, {"_id"}),
        ({"n": 0}, {"_id", "at", "deep"}),
        ({"deep.x": 1, "never.x": 1}, {"_id", "deep"}),
        (None, {"_id", "n", "at", "deep"}),
    ],
)
async def test_a_projection_shows(
    store: Collection, fields: Document | None, shown: set[str]
) -> None:
    await store.write([Insert(MANY[0])])
    assert set((await store.find({}, fields=fields))[0]) == shown


async def test_a_projection_looks_into_lists(store: Collection) -> None:
    deep = [{"n": 1, "m": 2}, {"m": 3}, "neither"]
    await store.write([Insert({"_id": "a", "deep": {"log": deep, "none": None}})])
    fields = {"deep.log.n": 1, "deep.none.n": 1}
    assert await store.find({}, fields=fields) == [{"_id": "a", "deep": {"log": [{"n": 1}, {}]}}]


async def test_a_stream_gives_every_document(store: Collection) -> None:
    await store.write([Insert({"_id": f"{number:04}", "n": number}) for number in range(450)])
    found = [one async for one in store.stream({}, fields={"n": 1})]
    assert sorted(one["n"] for one in found) == list(range(450))


async def test_values_come_back_as_they_were(store: Collection) -> None:
    given: Document = {
        "_id": "a",
        "at": START,
        "b": b"\x00\xff",
        "t": "汉字",
        "n": None,
        "l": [1, {}],
    }
    await store.write([Insert(given)])
    assert await kept(store) == given


async def test_what_was_read_is_a_copy(store: Collection) -> None:
    await store.write([Insert({"_id": "a", "deep": {"x": 1}})])
    (await kept(store))["deep"]["x"] = 9
    assert (await kept(store))["deep"] == {"x": 1}


async def test_indexes_can_be_made_again_and_the_sparse_one_finds(store: Collection) -> None:
    for _ in range(2):
        await store.index([*INDEXES, Index((("at", 1),), expire_after_s=60)])
    await store.write([Insert({"_id": "a", "unsent_since": START}), Insert({"_id": "b"})])
    found = await store.find({"unsent_since": {"$lte": START}})
    assert [one["_id"] for one in found] == ["a"]


# --- clearing `unsent` by value ------------------------------------------------------------------

UNSENT: Document = {"_id": "a", "sent": {"p": 3, "q": 5}, "unsent_since": START}


@pytest.mark.parametrize(
    ("unsent", "acknowledged", "left"),
    [
        ({"p": 2}, {"p": (2, 3)}, None),
        ({"p": 2, "q": 5}, {"p": (2, 3), "q": (5, 5)}, None),
        ({"p": 1}, {"p": (2, 3)}, {"p": 1}),
        ({"p": 2}, {"p": (2, 2)}, {"p": 3}),
        ({"p": 1, "q": 2}, {"p": (1, 2), "q": (2, 5)}, {"p": 3, "q": 2}),
        ({"p": 2, "q": 5}, {"p": (2, 3)}, {"p": 2, "q": 5}),
        ({"p": 1}, {"p": (2, 2)}, {"p": 1}),
        ({"q": 5}, {"p": (2, 2)}, {"q": 5}),
    ],
    ids=[
        "all",
        "both",
        "lower-is-anothers",
        "moved-on",
        "one-moved",
        "anothers-topic",
        "lower-and-moved-on",
        "cleared-meanwhile",
    ],
)
async def test_unsent_is_cleared_only_of_what_is_acknowledged(
    store: Collection,
    unsent: dict[str, int],
    acknowledged: dict[str, tuple[int, int]],
    left: dict[str, int] | None,
) -> None:
    await store.write([Insert(UNSENT | {"unsent": unsent}), Insert(UNSENT | {"_id": "b"})])
    await mark_published(store, {"a": acknowledged})
    found = await kept(store)
    assert found.get("unsent") == left
    assert ("unsent_since" in found) == (left is not None)
    assert "unsent_since" in await kept(store, "b")


async def test_clearing_nothing_asks_nothing(store: Collection) -> None:
    await store.write([Insert(UNSENT | {"unsent": {}})])
    await mark_published(store, {})
    assert "unsent" in await kept(store)
