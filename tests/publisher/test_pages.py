"""Public pages: escaped, in one language, and complete without scripts."""

import pytest

from shared.contracts.words import PublicText
from tests.publisher.face import faces, read

HOSTILE = PublicText(
    title="<script>alert(1)</script>\"'&",
    text="</div><img src=x onerror=alert(1)>\n{{ 7 * 7 }}{% raw %}",
    reply="<a href='javascript:alert(1)'>&amp;</a>",
)


async def test_hostile_words_are_shown_and_do_nothing() -> None:
    async with faces() as face:
        name = await face.publish(words=HOSTILE)
        page = read(await face.get(f"/publications/{name}"))
        front = read(await face.get("/"))
    for words in (HOSTILE.title, HOSTILE.text, HOSTILE.reply):
        assert words in page.shown
    assert HOSTILE.title in front.shown
    for reading in (page, front):
        assert "img" not in reading.elements
        assert reading.elements.count("script") == 1, "ours"
        assert not [name for name, _ in reading.attributes if name.startswith("on")]
        assert not [one for one in reading.links if not one.startswith(("/", "#", "tel:", "sms:"))]


@pytest.mark.parametrize(
    ("language", "said", "unsaid"),
    [
        ("zh-CN", ["来信", "答复", "2026年11月27日", "广州市公安局", "求助"], "Published"),
        ("en", ["Letter", "Reply", "27 Nov 2026", "Guangzhou Municipal", "Request"], "公安局"),
    ],
)
async def test_a_page_is_in_one_language(language: str, said: list[str], unsaid: str) -> None:
    async with faces() as face:
        name = await face.publish()
        page = read(
            await face.client.get(f"/publications/{name}", headers={"accept-language": language})
        )
    assert ("lang", language) in page.attributes
    assert ("name", "viewport") in page.attributes
    assert "style" not in [name for name, _ in page.attributes]
    for shown in said:
        assert shown in page.shown
    assert unsaid not in page.shown


async def test_every_page_has_one_heading_of_the_first_rank_and_a_main_part() -> None:
    async with faces() as face:
        name = await face.publish()
        for path in ("/", f"/publications/{name}", "/publications/none"):
            elements = read(await face.get(path)).elements
            assert (elements.count("h1"), elements.count("main")) == (1, 1)


async def test_an_empty_reading_room_says_so() -> None:
    async with faces() as face:
        answer = await face.get("/")
        assert answer.status_code == 200
        assert "还没有公开的答复" in read(answer).shown


async def test_a_missing_publication_is_a_page_too() -> None:
    async with faces() as face:
        answer = await face.get("/publications/P-0000-0000-0000-0000-0")
        assert answer.status_code == 404
        assert "没有找到" in read(answer).shown
