"""What follows from a change of keys, and that two people stand behind each, whatever is tried."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.router.domain.decide import decide_document
from services.router.domain.evolve import evolve_document
from services.router.domain.letter import Letter, UnknownLetter
from services.router.domain.public_keys import (
    MOST_STANDING,
    SURE,
    ConfirmKey,
    HolderKeys,
    KeyCommand,
    KeyProposal,
    KeyProposed,
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
from shared.platform.mongo.database import Insert
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
from tests.router.story import LETTER, MONDAY, RULEBOOK, accept, at, receive, route
from tests.support.doubles import Memory

HOUR = timedelta(hours=1)


# --- what bureaus are told anew ------------------------------------------------------------------


def wanted(events: object) -> list[object]:
    """From when on letters are to be told anew."""
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
    documents, letters = Memory(), cast("Any", None)  # none is read
    await documents.write([Insert({"_id": GZ, "tell_anew_at": MONDAY})])
    anew = KeyChangeResends(letters, documents, book=KeyDirectory(), now=lambda: MONDAY)
    assert await anew.tell() == 0


def test_what_was_told_anew_is_wanted_no_more() -> None:
    story = given_keys()().when(propose(), confirm())
    later = story.when(RecordResent(MONDAY + SURE))
    assert later.caused == (ResendDone(MONDAY + SURE),)
    assert later.state.tell_anew == ()
    assert story.when(RecordResent(MONDAY)).caused == ()


# --- beside letters ------------------------------------------------------------------------------


def test_a_holder_is_no_letter_and_a_letter_no_holder() -> None:
    keys = given_keys()().when(propose(), confirm()).state
    for command in (receive(), accept(), route()):
        with pytest.raises(NotHeld):
            decide_document(command, keys, rulebook=RULEBOOK, anchors={})
    letter = at("routed").state
    assert isinstance(letter, Letter)
    with pytest.raises(NotFound):
        decide_document(propose(holder=LETTER), letter, rulebook=RULEBOOK, anchors={})


def test_facts_of_one_leave_the_other_as_it_is() -> None:
    keys = given_keys()().when(propose(), confirm()).state
    received = decide_document(receive(), UnknownLetter(), rulebook=RULEBOOK, anchors={})
    assert {evolve_document(keys, event) for event in received} == {keys}
    assert isinstance(evolve_document(UnknownLetter(), received[0]), Letter)
    assert isinstance(evolve_document(UnknownLetter(), KeyProposed(given_proposal())), HolderKeys)


def given_proposal() -> KeyProposal:
    """Any proposal."""
    found = given_keys()().when(propose()).state.proposal
    assert found
    return found


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
    """Two people, one key changed, none lost that stands, and a service is never without."""
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
