"""Effects of a change of keys; two people stand behind each, whatever is tried."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.router.domain.actors import Command
from services.router.domain.decide import decide
from services.router.domain.evolve import evolve
from services.router.domain.letter import UnknownLetter
from services.router.domain.public_keys import (
    MOST_STANDING,
    SURE,
    ConfirmKey,
    KeyCommand,
    ProposeKey,
    ProposeRetirement,
    RecordResent,
    ResendDone,
    ResendNeeded,
)
from services.router.jobs.key_changes import KeyChangeResends
from shared.contracts.keys_v1 import HolderKey, KeyChanged, newest_valid
from shared.kernel.errors import (
    NotFound,
    NotHeld,
    Refused,
)
from shared.sealing.key_directory import KeyDirectory
from tests.router.key_story import (
    ANCHORS,
    GZ,
    PRIVATE,
    confirm,
    given_keys,
    jwk,
    leave,
    propose,
)
from tests.router.story import MONDAY, RULEBOOK, accept, receive, route

HOUR = timedelta(hours=1)


# --- what bureaus are told anew ------------------------------------------------------------------


def wanted(events: object) -> list[object]:
    """The time after which letters are sent again."""
    assert isinstance(events, tuple)
    return [one.since for one in events if isinstance(one, ResendNeeded)]


def test_a_bureau_that_had_no_key_is_told_anew_once_it_has_one() -> None:
    assert wanted(given_keys()().when(propose(), confirm()).caused) == [MONDAY + SURE]
    since = MONDAY + timedelta(days=3)
    story = given_keys()().when(propose(since=since), confirm())
    assert wanted(story.caused) == [since + SURE]


def test_a_further_key_alone_tells_nothing_anew() -> None:
    assert wanted(given_keys(ANCHORS)().when(propose(), confirm()).caused) == []


def test_after_a_retirement_all_is_told_anew_under_what_is_left() -> None:
    story = given_keys(ANCHORS)().when(propose(), confirm())
    retired = story.when(leave(GZ, since=MONDAY + HOUR), confirm("old", kid=GZ))
    assert wanted(retired.caused) == [MONDAY + HOUR + SURE]
    assert wanted(given_keys(ANCHORS)().when(leave(GZ), confirm("old", kid=GZ)).caused) == []


def test_a_retirement_before_the_next_key_is_valid_is_made_up_for_once_that_is() -> None:
    since = MONDAY + 2 * HOUR
    story = given_keys(ANCHORS)().when(propose(since=since), confirm())
    gone = story.when(leave(GZ), confirm("old", kid=GZ))
    assert wanted(gone.caused) == [since + SURE], "till then letters go without words"
    gone_later = story.when(leave(GZ, since=MONDAY + HOUR), confirm("old", kid=GZ))
    assert wanted(gone_later.caused) == [since + SURE]


def test_a_service_is_told_nothing_anew() -> None:
    story = given_keys()().when(propose(holder="router"), confirm(holder="router"))
    assert wanted(story.caused) == []


async def test_nothing_is_told_anew_by_a_replica_that_has_not_heard_of_the_key() -> None:
    class Holders:
        async def due_resends(self, now: datetime) -> dict[str, datetime]:
            return {GZ: now}

    unread, holders = cast("Any", None), cast("Any", Holders())
    anew = KeyChangeResends(
        unread, unread, holders=holders, book=KeyDirectory(), now=lambda: MONDAY
    )
    assert await anew.tell() == 0


def test_what_was_told_anew_is_wanted_no_more() -> None:
    story = given_keys()().when(propose(), confirm())
    later = story.when(RecordResent(MONDAY + SURE))
    assert later.caused == (ResendDone(MONDAY + SURE),)
    assert later.state.tell_anew == ()
    assert story.when(RecordResent(MONDAY)).caused == ()


# --- beside letters ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "no"), [(receive(), NotFound), (accept(), NotHeld), (route(), NotFound)]
)
def test_no_command_about_letters_touches_a_holder(command: Command, no: type[Refused]) -> None:
    keys = given_keys()().when(propose(), confirm()).state
    with pytest.raises(no):
        decide(command, keys, rulebook=RULEBOOK)


def test_no_fact_about_letters_changes_a_holder() -> None:
    keys = given_keys()().when(propose(), confirm()).state
    received = decide(receive(), UnknownLetter(), rulebook=RULEBOOK)
    assert {evolve(keys, event) for event in received} == {keys}


# --- whatever people do --------------------------------------------------------------------------

people = st.sampled_from(("wu", "xu", "he"))
names = st.sampled_from(tuple(PRIVATE))
hours = st.integers(min_value=0, max_value=72)
steps = st.lists(
    st.tuples(st.sampled_from(("propose", "leave", "confirm")), names, people, hours, hours),
    max_size=25,
)


@given(st.sampled_from((GZ, "router")), steps)
def test_whatever_is_tried_two_people_stand_behind_each_change(
    holder: str, tried: list[tuple[str, str, str, int, int]]
) -> None:
    story, now = given_keys(ANCHORS)(), MONDAY
    before: dict[str, HolderKey] = {}
    for what, name, by, passing, ahead in tried:
        now += timedelta(hours=passing)
        kid = holder if name == "old" else f"{holder}.{name}"
        commands: dict[str, KeyCommand] = {
            "propose": ProposeKey(holder, kid, jwk(name), now + ahead * HOUR, by=by, at=now),
            "leave": ProposeRetirement(holder, kid, now + ahead * HOUR, by=by, at=now),
            "confirm": ConfirmKey(holder, kid, jwk(name).fingerprint, by=by, at=now),
        }
        with suppress(Refused):
            story = story.when(commands[what])
            for said in (one for one in story.caused if isinstance(one, KeyChanged)):
                before = check_change(said, before, now)


def check_change(
    said: KeyChanged, before: dict[str, HolderKey], now: datetime
) -> dict[str, HolderKey]:
    """Two people, one key changed, no valid key lost, and no service ever without one."""
    first, second = said.entered_by
    assert first != second
    keys = {key.kid: key for key in said.keys}
    assert len(keys) == len(said.keys)
    assert {kid: one for kid, one in before.items() if kid != said.kid}.items() <= keys.items()
    assert sum(key.retired is None or now < key.retired for key in said.keys) <= MOST_STANDING
    ends = [key.retired for key in said.keys if key.retired is not None and key.retired >= now]
    if said.holder == "router":
        assert all(newest_valid(said.keys, end) for end in ends)
    return keys
