"""The search index agrees with the letters, despite concurrent changes."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from services.router.jobs.word_indexing import (
    FEW_AT_ONCE,
    LONGEST_PAUSE_S,
    MOST_AT_ONCE,
    NOBODY,
    WordIndexing,
    pause_s,
)
from services.router.metrics import UNLISTED as UNLISTED_LETTERS
from services.router.store.documents import UNLISTED
from services.router.store.word_index import WordIndex
from shared.contracts.words import LetterText
from shared.platform.crypto.key_ring import A256GCM, SM4GCM, Aead, KeyRing
from shared.platform.crypto.word_hash import hashes
from shared.platform.repair.key_rotation import Tally
from tests.router.office import Office, accepting, office
from tests.router.story import LETTER, OTHER, receive
from tests.router.test_search import erase, found, numbered
from tests.support.doubles import Memory

TEXT = "村口的路灯坏了三个月，晚上很黑，请派人来修。"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    """A router with one letter, which isn't listed yet."""
    async with office(tmp_path) as opened:
        await come(opened, LETTER)
        yield opened


async def come(desk: Office, number: str) -> None:
    """A letter comes in."""
    words = LetterText(subject="路灯", body=TEXT)
    await desk.receive(number, receive("guangzhou", words=words))


def entries(desk: Office) -> dict[Any, dict[str, Any]]:
    """The content of the index."""
    words = desk.cataloguing._catalogue._words
    assert isinstance(words, Memory)
    return words.kept


def waits(desk: Office, number: str = LETTER) -> bool:
    """Whether the letter is still to be listed."""
    return UNLISTED in desk.shelf.documents.kept[number]


async def rotated(desk: Office, ring: KeyRing, *, is_dry: bool = False) -> Tally:
    """An operator has everything brought under the ring's current key."""
    catalogue = WordIndex(desk.cataloguing._catalogue._words, hashes(ring), now=desk.shelf.now)
    one = WordIndexing(
        desk.shelf.letters,
        desk.shelf.documents,
        catalogue=catalogue,
        is_busy=lambda: False,
        now=desk.shelf.now,
    )
    tally = Tally()
    async for _ in one.rotate(tally, is_dry=is_dry):
        continue
    return tally


async def held(catalogue: WordIndex) -> list[str]:
    """The letters with a piece of the text."""
    after = datetime(2026, 12, 1, tzinfo=UTC), "-"
    walk = catalogue.holding({"路灯"}, bureau=None, after=after, since=None)
    return [number async for some in walk for _, number in some.places]


def ring(*kids: str) -> KeyRing:
    """A ring with these keys, the first being the current one."""
    known: dict[str, Aead] = {"test": A256GCM(bytes(32)), "next": SM4GCM(b"n" * 16)}
    return KeyRing(kids[0], {kid: known[kid] for kid in kids})


async def test_a_letter_waits_until_it_is_listed(desk: Office) -> None:
    assert waits(desk)
    assert await found(desk, words="路灯") == []
    assert await desk.cataloguing.look() == 1
    assert not waits(desk)
    assert await found(desk, words="路灯") == [LETTER]
    assert await desk.cataloguing.look() == 0


@pytest.mark.parametrize(
    ("took_s", "is_busy", "rests_s"),
    [
        (0.01, False, 1.0),
        (1.0, False, 3.0),
        (0.4, True, 7.6),
        (0.4, False, 1.2),
        (60.0, False, LONGEST_PAUSE_S),
        (60.0, True, LONGEST_PAUSE_S),
    ],
)
def test_letters_that_wait_to_be_read_go_first(
    took_s: float, is_busy: bool, rests_s: float
) -> None:
    assert pause_s(took_s, is_busy=is_busy) == pytest.approx(rests_s)


async def test_an_entry_holds_numbers_and_no_words(desk: Office) -> None:
    await desk.cataloguing.look()
    (entry,) = entries(desk).values()
    assert entry.keys() == {"_id", "at", "bureaus", "kid", "grams", "packed", "alike", "print"}
    assert not [one for one in TEXT if one in str(entry)]


async def test_what_happens_to_a_letter_does_not_have_it_listed_again(desk: Office) -> None:
    await desk.cataloguing.look()
    await desk.act(accepting())
    assert not waits(desk)


async def test_a_letter_that_changes_hands_is_listed_again(desk: Office) -> None:
    await desk.cataloguing.look()
    path, headers = f"/v1/letters/{LETTER}/recall", desk.headers("wu")
    headers["idempotency-key"] = "recall-0001"
    asked = {"reason": "wrong_bureau"}
    assert (await desk.client.post(path, json=asked, headers=headers)).status_code == 200
    await desk.route(LETTER, "province")
    assert waits(desk)
    assert await found(desk, words="路灯") == [LETTER], "whoever isn't of one bureau alone"
    await desk.cataloguing.look()
    assert entries(desk)[LETTER]["bureaus"] == ["guangzhou", "province"]
    for who in ("gz", "pv"):
        assert await found(desk, who, words="路灯") == [LETTER]


async def test_whoever_writes_meanwhile_has_it_listed_again(desk: Office) -> None:
    async def end() -> None:
        await erase(desk)

    words = desk.cataloguing._catalogue._words
    assert isinstance(words, Memory)
    words.before_write.append(end)
    await desk.cataloguing.look()
    assert waits(desk), "it was listed as it had been, and that is known"
    await desk.cataloguing.look()
    assert entries(desk) == {}
    assert not waits(desk)


@pytest.mark.parametrize("failure", ["before", "after", "partly"])
@pytest.mark.parametrize("where", ["words", "letters"])
async def test_a_fault_leaves_it_to_be_done(desk: Office, failure: Any, where: str) -> None:
    await come(desk, OTHER)
    words = desk.cataloguing._catalogue._words
    assert isinstance(words, Memory)
    (words if where == "words" else desk.shelf.documents).failures.append(failure)
    with pytest.raises(AutoReconnect):
        await desk.cataloguing.look()
    while await desk.cataloguing.look():
        pass
    assert entries(desk).keys() == {LETTER, OTHER}
    assert not waits(desk)
    assert not waits(desk, OTHER)


async def test_letters_that_nobody_can_open_hold_up_no_others(
    desk: Office, caplog: pytest.LogCaptureFixture
) -> None:
    for number in numbered(5):
        await come(desk, number)
    sealed = desk.shelf.documents.kept[LETTER]["state"]
    sealed["words"] = sealed["words"][:-4] + "AAAA"
    await desk.cataloguing.look()
    assert entries(desk).keys() == set(numbered(5))
    assert [one.message for one in caplog.records] == ["letter can't be loaded"]
    assert waits(desk)


@pytest.mark.parametrize(("is_busy", "most"), [(False, MOST_AT_ONCE), (True, FEW_AT_ONCE)])
async def test_so_many_at_once_and_no_more(
    is_busy: bool, most: int, desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.cataloguing, "_is_busy", lambda: is_busy)
    for number in numbered(most + 1):
        await come(desk, number)
    assert await desk.cataloguing.look() == most
    assert UNLISTED_LETTERS._value.get() == min(most + 2, MOST_AT_ONCE), "however few it takes"
    assert await desk.cataloguing.look() == 2


# --- keys ----------------------------------------------------------------------------------------


async def test_letters_from_before_there_was_a_catalogue_are_listed_by_rotating(
    desk: Office,
) -> None:
    del desk.shelf.documents.kept[LETTER][UNLISTED]
    assert (await rotated(desk, ring("test"), is_dry=True)).left == {NOBODY: 1}
    assert entries(desk) == {}
    assert (await rotated(desk, ring("test"))).sealed == 1
    assert await found(desk, words="路灯") == [LETTER]
    assert not (await rotated(desk, ring("test"), is_dry=True)).left
    assert (await rotated(desk, ring("test"))).sealed == 0


async def test_entries_of_an_older_make_are_made_anew_by_rotating(desk: Office) -> None:
    await desk.cataloguing.look()
    now = dict(entries(desk)[LETTER])
    for name in ("bureaus", "packed"):
        del entries(desk)[LETTER][name]
    assert await held(desk.cataloguing._catalogue)
    assert (await rotated(desk, ring("test"), is_dry=True)).left == {NOBODY: 1}
    assert (await rotated(desk, ring("test"))).sealed == 1
    assert entries(desk)[LETTER] == now


async def test_every_entry_comes_under_the_current_key(desk: Office) -> None:
    await desk.cataloguing.look()
    both = ring("next", "test")
    before = entries(desk)[LETTER]
    assert (await rotated(desk, both, is_dry=True)).left == {"test": 1}
    old = WordIndex(desk.cataloguing._catalogue._words, hashes(both), now=desk.shelf.now)
    assert await held(old), "what is under an old key is found meanwhile"
    assert (await rotated(desk, both)).sealed == 1
    after = entries(desk)[LETTER]
    assert (after["kid"], before["kid"]) == ("next", "test")
    assert not {*after["grams"]} & {*before["grams"]}
    assert not {*after["alike"][:1]} & {*before["alike"][:1]}
    only = WordIndex(desk.cataloguing._catalogue._words, hashes(ring("next")), now=desk.shelf.now)
    assert await held(only)


async def test_rotating_goes_on_where_it_was_stopped(desk: Office) -> None:
    for number in numbered(120):
        await come(desk, number)
    words = desk.cataloguing._catalogue._words
    assert isinstance(words, Memory)
    words.failures.extend([None, "partly"])
    with pytest.raises(AutoReconnect):
        await rotated(desk, ring("test"))
    assert 0 < len(entries(desk)) < 121
    assert not (await rotated(desk, ring("test"))).left
    assert len(entries(desk)) == 121


async def test_an_erased_letter_is_not_listed_by_rotating(desk: Office) -> None:
    await erase(desk)
    assert not (await rotated(desk, ring("test"), is_dry=True)).left
    assert (await rotated(desk, ring("test"))).sealed == 0
    assert entries(desk) == {}
