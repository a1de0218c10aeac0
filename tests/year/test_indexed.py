"""Indexed documents in memory are found as by a full scan."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.platform.mongo.database import Delete, Document, Index, Insert, Operation, Update
from tests.support.doubles import Memory
from tests.support.indexed import Indexed

names = st.sampled_from("abcdef")
values = st.integers(0, 4)
WHERES: tuple[Document, ...] = (
    {"n": {"$lte": 2}},
    {"n": {"$lt": 2}},
    {"n": {"$gt": 1}},
    {"n": {"$gte": 1, "$lt": 3}},
    {"n": 3},
    {"n": {"$in": [0, 4]}},
    {"n": {"$lte": 3}, "m": 1},
    {"_id": "a"},
    {"_id": {"$in": ["f", "a", "x"]}, "n": {"$lte": 2}},
    {"m": {"$lte": 2}},
)
operations: st.SearchStrategy[Operation] = st.one_of(
    st.builds(lambda name, n, m: Insert({"_id": name, "n": n, "m": m}), names, values, values),
    st.builds(lambda name, n: Update({"_id": name}, {"$set": {"n": n}}), names, values),
    st.builds(lambda name, n: Update({"_id": name, "n": n}, {"$inc": {"n": 1}}), names, values),
    st.builds(lambda name: Update({"_id": name}, {"$unset": {"n": ""}}), names),
    st.builds(lambda n: Update({"n": n}, {"$set": {"n": 0}}), values),
    st.builds(lambda name: Delete({"_id": name}), names),
)


@given(st.lists(operations, max_size=12))
async def test_an_index_finds_what_a_look_at_all_finds(done: list[Operation]) -> None:
    plain, indexed = Memory(), Indexed()
    await indexed.index([Index((("n", 1),), sparse=True)])
    for one in done:
        assert await plain.write([one]) == await indexed.write([one])
    for where in WHERES:
        assert _named(await plain.find(where)) == _named(await indexed.find(where))
    lowest = min((one["n"] for one in plain.kept.values() if "n" in one), default=None)
    assert indexed.first("n") == lowest


def _named(found: list[Document]) -> dict[str, Any]:
    return {one["_id"]: one for one in found}
