"""Search queries find the same in the double and in the real database."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.router.domain.letter import Letter
from services.router.store import word_index
from services.router.store.near_duplicates import NearDuplicate
from services.router.store.word_index import WordIndex, packed, unpacked
from shared.contracts.words import LetterText
from shared.platform.crypto.key_ring import A256GCM, KeyRing
from shared.platform.crypto.word_hash import hashes
from shared.platform.mongo.database import Collection, Update
from shared.platform.mongo.paging import Place
from shared.rules.text.search_grams import grams
from tests.router.story import MONDAY, at, letter_of
from tests.router.test_alike import TEXT
from tests.support.doubles import Clock, Memory
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
    await made.index(word_index.INDEXES)
    return made


def letter(text: str, *, at_: datetime = MONDAY) -> Letter:
    """A letter of that text."""
    words = LetterText(subject="来信", body=text)
    return Letter(**vars(letter_of(at("routed").state)) | {"words": words, "received_at": at_})


def listing(store: Collection) -> WordIndex:
    """The catalogue over that collection."""
    return WordIndex(store, HASHES, now=lambda: MONDAY)


async def listed(store: Collection, **texts: str) -> WordIndex:
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
    words: WordIndex, text: str, *, after: Place = LATEST, bureau: str | None = None
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
    monkeypatch.setattr(word_index, "SIFTED", together)
    ring = {"w": A256GCM(b"w" * 32), "new": A256GCM(b"n" * 32)}
    both = [WordIndex(store, hashes(KeyRing(kid, ring)), now=lambda: MONDAY) for kid in ring]
    numbers = "ABCDEFG"
    for place, number in enumerate(numbers):
        one = both[place % 3 == 1].entry(number, letter(LAMP, at_=MONDAY - timedelta(hours=place)))
        await both[0].keep([one] if one else [])
    assert "".join(number for _, number in await found(both[0], "路灯坏了")) == numbers


async def test_what_is_met_everywhere_is_known_to_be(
    store: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_index, "SAMPLE", 3)
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
    assert await words.near_duplicates_of(["A", "B", "X"]) == {
        "A": [NearDuplicate("D", "same"), NearDuplicate("C", "near")],
        "B": [],
    }


async def test_letters_of_one_page_are_alike_only_within_a_month(store: Collection) -> None:
    words = listing(store)
    for number, at_ in {"A": MONDAY, "B": MONDAY - timedelta(days=31)}.items():
        entry = words.entry(number, letter(TEXT, at_=at_))
        assert entry
        await words.keep([entry])
    assert await words.near_duplicates_of(["A", "B"]) == {"A": [], "B": []}


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
    monkeypatch.setattr(word_index, "SAMPLE", 2)
    monkeypatch.setattr(word_index, "TOGETHER", 1)
    words = await listed(store, A=LAMP, B=LAMP, C=COVER, D=COVER, E=COVER)
    await words.sample()
    assert await words.share(grams("路灯")) == 1
    assert await words.share(grams("井盖")) == 0


async def test_how_often_is_told_under_an_old_key_too(
    store: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_index, "SAMPLE", 2)
    await listed(store, A=LAMP, B=LAMP)
    ring = {"w": A256GCM(b"w" * 32), "new": A256GCM(b"n" * 32)}
    words = WordIndex(store, hashes(KeyRing("new", ring)), now=lambda: MONDAY)
    assert await words.share(grams("路灯")) == 1
    assert await words.share(grams("天桥")) == 0


async def test_few_letters_are_soon_sampled_again(
    store: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_index, "SAMPLE", 2)
    clock = Clock(MONDAY)
    words = WordIndex(store, HASHES, now=clock)
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
    words = WordIndex(store, HASHES, now=clock)
    assert not await words.share(grams("路灯"))
    await listed(store, **{str(n): LAMP for n in range(20)})
    clock.pass_by(hours=1)
    assert not await words.share(grams("路灯"))
    await words.sample()
    assert await words.share(grams("路灯"))
