"""Readers find a published letter by its words, in both scripts, until it is taken down."""

import pytest

from services.publisher import store
from services.publisher.jobs import SearchFiller
from shared.contracts.submitted_v1 import ConsentChanged
from shared.contracts.topics import SUBMITTED
from shared.contracts.words import PublicText
from tests.publisher.face import faces, read
from tests.publisher.story import LETTER, OTHER, WORDS

ENGLISH = PublicText(
    title="Permit", text="How do I renew my residence permit?", reply="At any station."
)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("信号灯", True),
        ("绿灯 八秒", True),
        ("信號燈", True),
        ("信号灯 派出所", False),
        ("residence PERMIT", True),
        ("sidence", True),
        ("GD-7K2M", False),
        ("灯", False),
        ("%00", False),
    ],
)
async def test_words_find_a_page(words: str, found: bool) -> None:
    async with faces() as face:
        await face.publish()
        await face.publish(OTHER, ENGLISH)
        shown = read(await face.client.get("/", params={"words": words})).shown
    assert any(words.title in shown for words in (WORDS, ENGLISH)) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"city": "guangzhou", "topic": "traffic"}, True),
        ({"city": "guangzhou", "words": "信号灯"}, True),
        ({"city": "foshan", "words": "信号灯"}, False),
        ({"topic": "household"}, False),
        ({"city": "nowhere", "topic": ""}, True),
    ],
)
async def test_readers_choose_city_and_topic(query: dict[str, str], found: bool) -> None:
    async with faces() as face:
        await face.publish()
        shown = read(await face.client.get("/", params=query)).shown
    assert (WORDS.title in shown) == found


async def test_what_is_taken_down_is_found_no_more() -> None:
    async with faces() as face:
        await face.publish()
        assert await store.search(face.stage.documents, ["信号灯"])
        await face.stage.hear(SUBMITTED.name, LETTER, ConsentChanged(to_publish=False))
        assert await store.search(face.stage.documents, ["信号灯"]) == []
        assert not {"grams", "public_city"} & face.stage.documents.kept[LETTER].keys()


async def test_pages_from_before_the_search_become_findable() -> None:
    async with faces() as face:
        await face.publish()
        del face.stage.documents.kept[LETTER]["grams"]
        assert await store.search(face.stage.documents, ["信号灯"]) == []
        filler = SearchFiller(face.stage.documents)
        await filler.fill()
        assert await store.search(face.stage.documents, ["信号灯"])
        assert filler._pause(0) < 1
        await filler.fill()
        assert filler._pause(0) > 1


@pytest.mark.parametrize("words", ["红绿灯不亮", "楼下有人拿刀砍人，救命"])
async def test_a_call_for_help_is_told_whom_to_call(words: str) -> None:
    async with faces() as face:
        shown = read(await face.client.get("/", params={"words": words})).shown
    assert ("没有人会看到您输入的内容" in shown) == ("救命" in words)
