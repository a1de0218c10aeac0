"""Stores find exactly what the access rule lets a person see."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.contracts.values import By
from shared.kernel.access_policy import FALLING, LetterAccess, Sight, can_view
from shared.kernel.finding import only_bureau, open_in
from shared.kernel.viewers import OPAQUE, Viewer
from shared.platform.http.tokens import Person
from shared.platform.http.visibility import marks, visibility_filter
from shared.platform.mongo.database import Collection, Document, Insert
from tests.shared.kernel.relations import onlookers, standings
from tests.support.doubles import Memory
from tests.support.operators import fits

MORNING = datetime(2026, 11, 24, 1, tzinfo=UTC)


@given(onlookers, standings, st.sampled_from(FALLING))
def test_a_filter_finds_what_the_rule_lets_them_see(
    who: Viewer, letter: LetterAccess, least: Sight
) -> None:
    enough = can_view(who, letter) in FALLING[: FALLING.index(least) + 1]
    assert fits(marks(letter), visibility_filter(who, least=least)) == enough


@given(onlookers, standings)
def test_whoever_sits_in_one_bureau_alone_sees_only_what_is_open_in_it(
    who: Viewer, letter: LetterAccess
) -> None:
    if (bureau := only_bureau(who)) and can_view(who, letter) != "nothing":
        assert bureau in open_in(letter)


@pytest.mark.parametrize(
    ("claims", "bureau"),
    [
        (("bureau:foshan:handler",), "foshan"),
        (("bureau:foshan:chief", "bureau:foshan:traffic:handler"), "foshan"),
        (("bureau:foshan:handler", "nonsense"), "foshan"),
        (("bureau:foshan:handler", "bureau:zhuhai:handler"), None),
        (("bureau:foshan:handler", "auditor"), None),
        (("bureau:province:inspection:handler",), None),
        ((), None),
    ],
)
def test_who_sits_in_one_bureau_alone(claims: tuple[str, ...], bureau: str | None) -> None:
    assert only_bureau(Viewer("lin", frozenset(claims))) == bureau


@given(onlookers)
def test_what_has_no_marks_is_found_by_nobody(who: Viewer) -> None:
    for found in ({"_id": "a letter kept without marks"}, marks(None)):
        assert not fits(found, visibility_filter(who))


@pytest.mark.parametrize("mark", ["all/named path", "all/named_path"])
def test_complaints_about_the_department_from_before_are_found_by_its_inspection(
    mark: str,
) -> None:
    """Their marks are others from their next write on."""
    kept = {"open_to": [mark], "kept_from": []}
    for role in ("handler", "chief"):
        inspector = Viewer("lin", frozenset({f"bureau:province:inspection:{role}"}))
        assert fits(kept, visibility_filter(inspector))
    for other in ("director", "named_path", "bureau:guangzhou:inspection:handler"):
        assert not fits(kept, visibility_filter(Viewer("lin", frozenset({other}))))


@pytest.mark.parametrize("sub", ["lin@police.example", "林警官", "x" * 300, "-lin", "a b"])
def test_an_id_that_says_something_is_replaced_by_one_that_does_not(sub: str) -> None:
    shown = Person(sub).staff_id
    assert shown not in ("", sub)
    assert shown == Person(sub).staff_id
    assert Person("lin").staff_id == "lin"


@given(st.from_regex(OPAQUE, fullmatch=True) | st.text(max_size=70))
def test_what_we_keep_as_an_id_is_what_events_take(sub: str) -> None:
    try:
        By(role="triage", staff=sub)
    except ValidationError:
        assert Person(sub).staff_id != sub
    else:
        assert Person(sub).staff_id == sub


# --- the double and the real database ------------------------------------------------------------


@pytest.fixture(params=["memory", pytest.param("real", marks=pytest.mark.real)])
def store(request: pytest.FixtureRequest) -> Collection:
    if request.param == "memory":
        return Memory()
    new: Callable[[], Collection] = request.getfixturevalue("new_collection")
    return new()


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({"open_to": {"$in": ["x", "z"]}}, "ab"),
        ({"open_to": {"$in": ["z"]}}, "b"),
        ({"open_to": {"$in": []}}, ""),
        ({"kept_from": {"$nin": ["p"]}}, "bcd"),
        ({"kept_from": {"$nin": ["p", "q"]}}, "cd"),
        ({"kept_from": {"$nin": []}}, "abcd"),
        ({"open_to": {"$in": ["x"]}, "kept_from": {"$nin": ["p"]}}, "b"),
    ],
)
async def test_a_list_holds_any_of_some_or_none(
    store: Collection, where: Document, found: str
) -> None:
    marked: list[Document] = [
        {"_id": "a", "open_to": ["x", "y"], "kept_from": ["p"]},
        {"_id": "b", "open_to": ["x", "z"], "kept_from": ["q", "r"]},
        {"_id": "c", "open_to": [], "kept_from": []},
        {"_id": "d"},
    ]
    await store.write([Insert(one) for one in marked])
    assert "".join(sorted([one["_id"] for one in await store.find(where)])) == found
