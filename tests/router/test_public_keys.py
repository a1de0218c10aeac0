"""Two people enter or retire a key; nobody can alone, or with a date in the past."""

from datetime import timedelta

import pytest

from services.router.domain.public_keys import FURTHEST, LASTS, MOST_STANDING, KeyProposed
from shared.contracts.keys_v1 import MOST_KEYS, HolderKey, KeyChanged, newest_valid
from shared.kernel.errors import (
    AlreadyDone,
    BadValue,
    LimitReached,
    NotAllowed,
    NotFound,
    OutOfOrder,
    TooLate,
)
from tests.router.key_story import (
    ANCHORS,
    FIRST,
    GZ,
    WU,
    XU,
    confirm,
    given_keys,
    jwk,
    leave,
    propose,
)
from tests.router.story import MONDAY

HOUR = timedelta(hours=1)


def changed(events: object) -> KeyChanged:
    """The one change among these."""
    assert isinstance(events, tuple)
    (one,) = [event for event in events if isinstance(event, KeyChanged)]
    return one


# --- entering ------------------------------------------------------------------------------------


def test_a_proposal_counts_for_nothing() -> None:
    story = given_keys()().when(propose())
    assert [type(event) for event in story.caused] == [KeyProposed]
    assert story.state.keys == ()


def test_another_person_confirms_it_and_all_are_told() -> None:
    story = given_keys()().when(propose(), confirm())
    said = changed(story.caused)
    assert (said.holder, said.kid, said.fingerprint) == (GZ, f"{GZ}.new", jwk().fingerprint)
    assert said.entered_by == (WU, XU)
    assert (said.valid_from, said.retired) == (MONDAY, None)
    assert [key.kid for key in said.keys] == [f"{GZ}.new"]
    assert story.state.keys == said.keys
    assert story.state.proposal is None


def test_nobody_confirms_what_they_proposed() -> None:
    story = given_keys()().when(propose(by=WU))
    with pytest.raises(NotAllowed):
        story.when(confirm(by=WU))
    with pytest.raises(NotAllowed):
        story.when(confirm(by=WU, fingerprint="0" * 64))


@pytest.mark.parametrize(
    "typed",
    ["0" * 64, "x", jwk("next").fingerprint, jwk().fingerprint[:-1]],
    ids=["zeros", "x", "another", "shortened"],  # keys differ from process to process
)
def test_another_fingerprint_confirms_nothing(typed: str) -> None:
    story = given_keys()().when(propose())
    with pytest.raises(BadValue, match=r"^fingerprint$"):
        story.when(confirm(fingerprint=typed))
    assert story.state.keys == ()


def test_what_was_not_proposed_cannot_be_confirmed() -> None:
    for story in (given_keys()(), given_keys()().when(propose("next"))):
        with pytest.raises(NotFound):
            story.when(confirm())


def test_a_proposal_is_confirmed_once() -> None:
    with pytest.raises(NotFound):
        given_keys()().when(propose(), confirm(), confirm(by="he"))


def test_a_later_proposal_takes_the_place_of_an_earlier_one() -> None:
    story = given_keys()().when(propose(), propose("next", by=XU))
    with pytest.raises(NotFound):
        story.when(confirm())
    assert changed(story.when(confirm("next", by=WU)).caused).kid == f"{GZ}.next"


def test_a_proposal_waits_for_a_week() -> None:
    story = given_keys()().when(propose())
    with pytest.raises(TooLate):
        story.when(confirm(at=MONDAY + LASTS + HOUR))
    assert changed(story.when(confirm(at=MONDAY + LASTS)).caused).valid_from == MONDAY + LASTS


@pytest.mark.parametrize("kid", ["", "router", "bureau:foshan", "bureau:guangzhou-new", f"x.{GZ}"])
def test_a_kid_is_the_holders_own(kid: str) -> None:
    command = propose()
    with pytest.raises(BadValue, match=r"jwk\.kid"):
        given_keys()().when(type(command)(GZ, kid, jwk(), None, by=WU, at=MONDAY))


def test_a_known_kid_or_key_is_not_entered_twice() -> None:
    story = given_keys(ANCHORS)().when(propose(), confirm())
    known = (propose(), propose("old"))
    same_key = type(known[0])(GZ, f"{GZ}.other", jwk(), None, by=WU, at=MONDAY)
    for command in (*known, same_key):
        with pytest.raises(AlreadyDone):
            story.when(command)


def test_a_holder_has_a_bounded_number_of_standing_keys() -> None:
    many = {GZ: tuple(numbered(number) for number in range(MOST_STANDING))}
    with pytest.raises(LimitReached):
        given_keys(many)().when(propose())
    one_gone = {GZ: (*many[GZ][1:], numbered(0, retired=True))}
    assert given_keys(one_gone)().when(propose()).state.proposal


def test_the_list_of_keys_stays_short_and_leaves_out_none_that_stands() -> None:
    many = {GZ: (numbered(99), *(numbered(n, retired=True) for n in range(MOST_KEYS)))}
    said = changed(given_keys(many)().when(propose(), confirm()).caused)
    kids = [key.kid for key in said.keys]
    assert len(kids) == MOST_KEYS
    assert (kids[0], kids[-1]) == (f"{GZ}.99", f"{GZ}.new")
    assert f"{GZ}.{MOST_KEYS - 1}" in kids
    assert f"{GZ}.0" not in kids


def numbered(number: int, *, retired: bool = False) -> HolderKey:
    """One of many keys."""
    gone = MONDAY - HOUR if retired else None
    return FIRST.model_copy(update={"kid": f"{GZ}.{number}", "retired": gone})


# --- from when on --------------------------------------------------------------------------------


def test_a_key_is_valid_from_the_day_that_was_proposed() -> None:
    since = MONDAY + timedelta(days=3)
    said = changed(given_keys(ANCHORS)().when(propose(since=since), confirm()).caused)
    assert said.valid_from == since
    assert newest_valid(said.keys, since - HOUR) == FIRST
    found = newest_valid(said.keys, since)
    assert found
    assert found.kid == f"{GZ}.new"


def test_what_is_confirmed_late_is_valid_from_then() -> None:
    later = MONDAY + timedelta(days=2)
    story = given_keys()().when(propose(since=MONDAY + HOUR), confirm(at=later))
    assert changed(story.caused).valid_from == later


@pytest.mark.parametrize("off", [-HOUR, FURTHEST + HOUR])
def test_nothing_begins_in_the_past_or_in_a_far_future(off: timedelta) -> None:
    with pytest.raises(BadValue, match="valid_from"):
        given_keys()().when(propose(since=MONDAY + off))
    with pytest.raises(BadValue, match="retired"):
        given_keys(ANCHORS)().when(leave(GZ, since=MONDAY + off))


# --- retiring ------------------------------------------------------------------------------------


def test_retiring_takes_two_people_and_the_fingerprint_too() -> None:
    story = given_keys(ANCHORS)().when(leave(GZ))
    with pytest.raises(NotAllowed):
        story.when(confirm("old", kid=GZ, by=WU))
    with pytest.raises(BadValue):
        story.when(confirm(kid=GZ))
    said = changed(story.when(confirm("old", kid=GZ)).caused)
    assert (said.kid, said.retired) == (GZ, MONDAY)
    assert newest_valid(said.keys, MONDAY) is None
    assert newest_valid(said.keys, MONDAY - HOUR)


def test_a_planned_retirement_can_be_brought_forward() -> None:
    story = given_keys(ANCHORS)().when(
        leave(GZ, since=MONDAY + timedelta(days=30)), confirm("old", kid=GZ)
    )
    sooner = story.when(leave(GZ, since=MONDAY + HOUR), confirm("old", kid=GZ))
    assert sooner.state.keys[0].retired == MONDAY + HOUR


def test_what_is_retired_is_not_retired_again_and_what_is_unknown_never() -> None:
    story = given_keys(ANCHORS)().when(leave(GZ), confirm("old", kid=GZ))
    with pytest.raises(AlreadyDone):
        story.when(leave(GZ))
    with pytest.raises(NotFound):
        story.when(leave(f"{GZ}.new"))


def test_the_last_key_of_a_service_stays() -> None:
    story = given_keys(ANCHORS)().when(leave("router", holder="router"))
    with pytest.raises(OutOfOrder):
        story.when(confirm("old", holder="router", kid="router"))
    followed = given_keys(ANCHORS)().when(
        propose(holder="router"), confirm(holder="router"), leave("router", holder="router")
    )
    left = changed(followed.when(confirm("old", holder="router", kid="router")).caused)
    assert left.retired == MONDAY


def test_a_service_keeps_its_key_until_the_next_one_is_valid() -> None:
    soon = MONDAY + timedelta(days=3)
    story = given_keys(ANCHORS)().when(
        propose(holder="router", since=soon), confirm(holder="router")
    )
    with pytest.raises(OutOfOrder):
        story.when(
            leave("router", holder="router", since=soon - HOUR),
            confirm("old", holder="router", kid="router"),
        )
    assert (
        story.when(
            leave("router", holder="router", since=soon),
            confirm("old", holder="router", kid="router"),
        )
        .state.keys[0]
        .retired
        == soon
    )


def test_two_planned_retirements_leave_a_service_no_gap() -> None:
    later = MONDAY + timedelta(days=10)
    story = given_keys(ANCHORS)().when(
        propose(holder="router"),
        confirm(holder="router"),
        leave("router", holder="router", since=later),
        confirm("old", holder="router", kid="router"),
        leave("router.new", holder="router", since=MONDAY + HOUR),
    )
    with pytest.raises(OutOfOrder):
        story.when(confirm(holder="router"))
