"""Public pages: escaped, Chinese first, and without scripts."""

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
        assert not {"script", "img"} & set(reading.elements)
        assert not [name for name, _ in reading.attributes if name.startswith("on")]
        assert not [link for link in reading.links if not link.startswith(("/", "#"))]


async def test_a_page_is_chinese_with_english_labels_and_needs_no_script() -> None:
    async with faces() as face:
        name = await face.publish()
        page = read(await face.get(f"/publications/{name}"))
    assert ("lang", "zh-CN") in page.attributes
    assert ("lang", "en") in page.attributes
    assert ("name", "viewport") in page.attributes
    assert "script" not in page.elements
    assert "style" not in [name for name, _ in page.attributes]
    for shown in ("来信", "Letter", "答复", "Reply", "2026年11月27日", "广州市公安局", "求助"):
        assert shown in page.shown


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


async def test_the_style_is_ours_and_may_be_kept() -> None:
    async with faces() as face:
        answer = await face.get("/static/publisher.css")
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert "url(" not in answer.text
    assert "@import" not in answer.text
