"""A browser sees a problem as a page, also one that no route has answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.web.addresses import local_path
from shared.web.static_files import STATIC
from tests.shared.web.site import Reader, site
from tests.support.pages import BROWSER, ENGLISH

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("content", "status", "zh", "en"),
    [
        ("a=1", 500, "系统内部错误，请稍后再试", "Internal error, please try again later"),
        ("a=" + "x" * 2_000, 413, "提交的内容过长", "Too large"),
    ],
)
async def test_a_form_that_fails_is_answered_by_a_page(
    content: str, status: int, zh: str, en: str
) -> None:
    async with site() as client:
        for headers, said in ((BROWSER, zh), (ENGLISH, en)):
            answer = await client.post("/form", content=content, headers=FORM | headers)
            assert answer.status_code == status
            assert "default-src 'self'" in answer.headers["content-security-policy"]
            assert Reader(answer.text).one("h1").text == said
            assert "private words" not in answer.text
        program = await client.post("/form", content=content, headers=FORM)
        assert program.headers["content-type"] == "application/problem+json"


async def test_a_form_sent_where_none_is_taken_is_answered_by_a_page() -> None:
    async with site() as client:
        answer = await client.post("/page", content="a=1", headers=FORM | BROWSER)
    assert answer.status_code == 415
    assert Reader(answer.text).one("h1").text == "请以 JSON 格式提交"


async def test_a_missing_page_doesnt_repeat_its_address() -> None:
    async with site() as client:
        answer = await client.get("/nothing-here?q=words", headers=BROWSER)
    assert answer.status_code == 404
    assert "nothing-here" not in answer.text
    Reader(answer.text).one("a", href="/display?lang=en&to=/")


async def test_the_style_guide_is_there_in_development_alone() -> None:
    async with site() as client:
        for path, status in (("/style-guide", 200), ("/style-guide?errors=yes", 422)):
            answer = await client.get(path, headers=BROWSER)
            assert answer.status_code == status
            Reader(answer.text)
            assert len(answer.content) < 60_000
    async with site(is_development=False) as client:
        assert (await client.get("/style-guide")).status_code == 404


async def test_files_are_served_with_a_name_that_follows_their_content(tmp_path: Path) -> None:
    async with site("", tmp_path) as client:
        page = Reader((await client.get("/page")).text)
        style = page.one("link", rel="stylesheet")["href"]
        script = page.one("script")
        assert "defer" in script.attributes
        for address, kind in ((style, "text/css"), (script["src"], "text/javascript")):
            answer = await client.get(address)
            assert answer.headers["content-type"].startswith(kind)
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
            old = await client.get(f"{address[:-1]}-")
            assert old.headers["cache-control"] == "public, max-age=3600"


@pytest.mark.parametrize(
    ("accepts", "is_packed"),
    [("gzip, deflate, br", True), ("GZip", True), ("br, gzip;q=0", False), ("", False)],
)
async def test_files_are_packed_for_browsers_that_take_it(accepts: str, is_packed: bool) -> None:
    async with site() as client:
        answer = await client.get("/static/mailbox.css", headers={"accept-encoding": accepts})
        assert answer.content == (STATIC / "mailbox.css").read_bytes()
        assert ("content-encoding" in answer.headers) == is_packed
        assert answer.headers["vary"] == "Accept-Encoding"
        page = await client.get("/style-guide", headers={**BROWSER, "accept-encoding": accepts})
        assert "content-encoding" not in page.headers, "its length must not betray the form's token"


@pytest.mark.parametrize(
    "path", ["/", "/desk/inbox?state=handling&after=a~b%20c", "/letters/GD-1#now"]
)
def test_paths_of_ours_are_kept(path: str) -> None:
    assert local_path(path) == path
