"""How intake stores letters: sealed, found by their writer, numbered once for each key."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from services.intake import store
from services.intake.domain import IntakeState
from services.intake.domain.diversion import NoteLetterMade, ResolveDiversion, SeeDiversion
from services.intake.domain.letter import IntakeLetter
from services.intake.domain.writer_requests import SubmitRating
from shared.contracts.topics import DIVERTED, SUBMITTED
from shared.contracts.words import Comment, Unsealed
from shared.kernel.errors import IdReused
from shared.platform.crypto.key_ring import CannotOpen
from shared.platform.mongo.paging import Place
from shared.platform.runtime import data_files
from tests.intake.diversions import divert
from tests.intake.story import (
    ADDRESS,
    EMAIL,
    ID_NUMBER,
    LETTER,
    NAME,
    NOON,
    OTHER,
    OWNER,
    PHONE,
    SECOND_PHONE,
    WECHAT,
    given,
    note,
    received,
    replied,
    routed,
    submit,
)
from tests.support.doubles import Clock, Memory
from tests.support.moving import moment
from tests.support.sealed_shell import BLIND, running, seals

SECRETS = (NAME, ID_NUMBER, PHONE, SECOND_PHONE, EMAIL, WECHAT, ADDRESS, "路牌")
FULL = (submit(), note(received()), note(routed()), note(replied()))


def full_state() -> IntakeState:
    rating = SubmitRating(OWNER, "r-1", solved=True, score=5, words=Comment(text="好"))
    return given().when(*FULL, rating).state


def test_a_state_survives_being_kept_and_shows_nothing_there() -> None:
    keys, state = seals("intake"), full_state()
    kept = json.loads(json.dumps(keys.seal_state(store.STATE, state, letter=LETTER)))
    text = json.dumps(kept, ensure_ascii=False)
    assert not [secret for secret in SECRETS if secret in text]
    assert keys.open_state(store.STATE, kept, letter=LETTER) == state


def test_a_kept_state_opens_for_its_own_letter_only() -> None:
    keys = seals("intake")
    kept = keys.seal_state(store.STATE, full_state(), letter=LETTER)
    with pytest.raises(CannotOpen):
        keys.open_state(store.STATE, kept, letter=OTHER)


def test_a_state_is_never_written_without_a_seal() -> None:
    with pytest.raises(Exception, match="Unsealed: LetterText") as refused:
        store.STATE.dump_json(full_state())
    assert NAME not in str(refused.value)
    assert Unsealed.__name__ in str(refused.value)


def test_letters_are_indexed_by_owner_and_time_and_by_nothing_of_the_writer() -> None:
    state = full_state()
    assert isinstance(state, IntakeLetter)
    assert _indexed(state) == {
        "owner": OWNER,
        "received_at": state.received_at,
        "identity_kid": "bureau:guangzhou",
        "by_document": [store.document_hash(BLIND, "resident_id", number=ID_NUMBER)],
        "by_phone": sorted(store.phone_hash(BLIND, each) for each in (PHONE, SECOND_PHONE)),
    }
    assert _indexed(given().state) == {}


def test_a_diversion_is_found_by_what_is_still_to_be_done_and_by_its_writer_until_then() -> None:
    story = given().when(divert(NOON))
    assert _waits(story.state) == {"unseen_since", "diverted_by"}
    seen = story.when(SeeDiversion("d-1", NOON))
    assert _waits(seen.state) == {"unresolved_since", "diverted_by"}
    assert _indexed(seen.state)["diverted_by"] == OWNER
    false = seen.when(ResolveDiversion("d-1", NOON, "false_alarm"))
    assert _waits(false.state) == {"letter_due_since"}
    assert _waits(false.when(NoteLetterMade()).state) == set()


def _waits(state: Any) -> set[str]:
    """The fields besides those by which its writer always finds it."""
    found = _indexed(state)
    assert found.pop("diversion_of") == OWNER
    assert found.pop("diverted_at") == NOON
    return {*found}


def _indexed(state: Any) -> dict[str, Any]:
    """The fields that have a value, without the mark of the retention table."""
    table = data_files.retention()
    fields = store.index(state, table=table, blind=BLIND)
    assert fields.pop("dated_by") == table.mark
    return {name: value for name, value in fields.items() if value is not None}


def test_what_is_said_of_diversions_goes_to_their_own_topic() -> None:
    story = given().when(divert(NOON))
    said, kept = story.caused
    (out,) = store.outgoing(said, story.state)
    assert out.topic == DIVERTED.name
    assert list(store.outgoing(kept, story.state)) == []


def test_public_events_go_to_one_topic_and_inner_ones_nowhere() -> None:
    story = given().when(submit())
    letter, owner = story.caused
    (out,) = store.outgoing(letter, story.state)
    assert (out.topic, out.event) == (SUBMITTED.name, letter)
    assert list(store.outgoing(owner, story.state)) == []


# --- numbers -----------------------------------------------------------------------------------


class Numbering:
    """Numbers drawn one after the other, from a collection in memory."""

    def __init__(self) -> None:
        self.kept = Memory()
        self.drawn = 0
        self.numbers = store.Numbers(self.kept, now=Clock(moment(24)), draw=self.draw)

    def draw(self, kind: store.Kind) -> str:
        assert kind == "letter"
        self.drawn += 1
        return f"GD-{self.drawn}"


async def test_a_key_has_one_number_however_often_and_at_once_it_comes() -> None:
    desk = Numbering()
    async with running(desk.numbers.run()):
        at_once = await asyncio.gather(
            *(desk.numbers.number("key", request="same") for _ in range(20))
        )
        later = await desk.numbers.number("key", request="same")
        other = await desk.numbers.number("another key", request="same")
    assert {*at_once, later} == {"GD-1"}
    assert other != later
    assert len(desk.kept.kept) == 2


async def test_a_key_with_another_request_is_refused_alone() -> None:
    desk = Numbering()
    async with running(desk.numbers.run()):
        answers: tuple[Any, ...] = await asyncio.gather(
            desk.numbers.number("key", request="same"),
            desk.numbers.number("key", request="other"),
            desk.numbers.number("free", request="other"),
            return_exceptions=True,
        )
    assert answers[0] == "GD-1"
    assert isinstance(answers[1], IdReused)
    assert answers[2] == "GD-3"


async def test_a_number_drawn_by_another_process_is_kept() -> None:
    desk, elsewhere = Numbering(), Numbering()
    elsewhere.drawn = 70
    elsewhere.numbers = store.Numbers(desk.kept, now=Clock(moment(24)), draw=elsewhere.draw)
    async with running(desk.numbers.run()), running(elsewhere.numbers.run()):
        first = await desk.numbers.number("key", request="same")
        second = await elsewhere.numbers.number("key", request="same")
    assert first == second == "GD-1"


async def test_pages_hold_all_of_the_writers_own_letters_newest_first_also_of_one_instant() -> None:
    letters = Memory()
    for number in range(65):
        at = moment(24) + timedelta(minutes=number // 30)
        letters.kept[f"L{number:02}"] = {"_id": f"L{number:02}", "owner": OWNER, "received_at": at}
    letters.kept["foreign"] = {"_id": "foreign", "owner": "x", "received_at": moment(24, 13)}
    names: list[str] = []
    sizes: list[int] = []
    after: Place | None = None
    while after or not names:
        page, after = await store.letters_of(letters, (OWNER,), after=after)
        names += page
        sizes.append(len(page))
    assert names == [f"L{number:02}" for number in reversed(range(65))]
    assert sizes == [20, 20, 20, 5]
