"""A citizen's whole life of a letter, on a phone, in both languages, on the running stack."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Browser, Page

from deploy.local.stack.plan import url
from deploy.local.stack.supervisor import running_stack
from shared.web.language import LANG_COOKIE
from tests.browser.editing import find, publish
from tests.support.browser import NARROW, new_tab

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(300),
]

NEEDED = ("broker", "database", "topics", "issuer", "intake", "router", "publisher", "bureaus")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ports(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Mapping[str, int]]:
    """Ports of the running services; bureaus answer at once."""
    folder = tmp_path_factory.mktemp("writers")
    async with running_stack(folder, only=NEEDED, session_ms=1_000) as stack:
        yield stack.ports.named()


@pytest.fixture
def address(ports: Mapping[str, int]) -> str:
    """Where citizens reach the mailbox."""
    return url(ports["intake"])


def photo(path: Path) -> Path:
    """A photo that says where it was taken."""
    picture, exif = Image.new("RGB", (640, 480), "green"), Image.Exif()
    exif[0x010E] = "seeded description"
    made = io.BytesIO()
    picture.save(made, "JPEG", exif=exif)
    path.write_bytes(made.getvalue())
    return path


async def sign_in(page: Page, who: str) -> None:
    """Choose oneself on the issuer's page, if it is open."""
    chosen = page.locator("a.person", has=page.locator(f'code:text-is("{who}")'))
    if "/authorize" in page.url:
        await chosen.first.click()


async def save(page: Page) -> None:
    """Press the page's first button that sends its form."""
    await page.locator("main form button.primary, main p > a.button.primary").first.click()


async def write(page: Page, *, picture: Path, subject: str, who: str, clicks: int = 1) -> None:
    """Write a letter from the start page to its own page; press the last button so often."""
    await page.goto("/city/guangzhou")
    await page.locator('main a.button[href^="/write"]').click()
    await sign_in(page, who)
    await page.locator('input[name="category"][value="request"]').check()
    await save(page)
    assert "/mailbox" in page.url
    await save(page)
    await page.locator('select[name="place.city"]').select_option("guangzhou")
    await save(page)
    await page.locator("#subject").fill(subject)
    await page.locator("#body").fill(f"{subject}。村口的红绿灯坏了三个月，车开得很快，请派人来修。")
    await save(page)
    await page.locator('input[type="file"]').set_input_files(picture)
    await page.locator("main form button.secondary").click()
    await page.locator("main .task-list .tag").first.wait_for()
    await page.locator("main p > a.button.primary").click()
    await save(page)
    await page.locator('input[name="consent_to_publish"][value="yes"]').check()
    await save(page)
    assert page.url.endswith("/check")
    assert subject in await page.locator("main").inner_text()
    await page.locator("main form button.primary").click(click_count=clicks, delay=20)
    await page.wait_for_url("**/my/letters/GD-*")


async def until(page: Page, holds: Callable[[], Awaitable[bool]]) -> None:
    """Load the page again until it shows what is waited for."""
    while not await holds():
        await page.wait_for_timeout(500)
        await page.reload()


@pytest.mark.parametrize(("lang", "has_scripts"), [("zh-CN", True), ("en", False)])
async def test_a_letter_is_written_answered_and_rated_on_a_phone(
    browser: Browser, ports: Mapping[str, int], tmp_path: Path, lang: str, has_scripts: bool
) -> None:
    address, cookies = url(ports["intake"]), {LANG_COOKIE: lang}
    async with new_tab(
        browser, address, width=NARROW, cookies=cookies, has_scripts=has_scripts
    ) as tab:
        page, who = tab.page, "chen" if has_scripts else "ho"
        subject = f"红绿灯坏了 {lang}"
        await write(page, picture=photo(tmp_path / "photo.jpg"), subject=subject, who=who)
        letter = page.url.partition("?")[0]
        await until(page, lambda: _has(page, "main a[href^='/my/files/']"))
        await until(page, lambda: _answered_or_asked(page, letter))
        await page.goto(f"{letter}/rating")
        await page.locator('input[name="solved"][value="yes"]').check()
        await page.locator('input[name="score"][value="5"]').check()
        await save(page)
        assert page.url == f"{letter}?done=rating"
        await page.goto(letter)
        await until(page, lambda: _has(page, ".timeline >> text=/办结|Closed/"))
        await page.goto("/my/letters")
        assert subject in await page.locator("main").inner_text()
        assert tab.faults == []
    if has_scripts:
        await publish(browser, url(ports["publisher"]), subject)
        shown = await find(browser, url(ports["publisher"]), subject)
        assert letter.rpartition("/")[2] not in shown


async def _has(page: Page, selector: str) -> bool:
    return await page.locator(selector).count() > 0


async def _answered_or_asked(page: Page, letter: str) -> bool:
    """Whether the reply is there; a question of the bureau is answered on the way."""
    if await _has(page, f'a[href$="{letter.rpartition("/")[2]}/answer"]'):
        await page.goto(f"{letter}/answer")
        await page.locator("#text").fill("路口东侧那一盏。")
        await save(page)
        await page.goto(letter)
    return await _has(page, 'a[href$="/rating"]')


async def test_a_double_click_sends_one_letter_and_going_back_sends_none(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    async with new_tab(browser, address, width=NARROW) as tab:
        page = tab.page
        picture = photo(tmp_path / "photo.jpg")
        await write(page, picture=picture, subject="只寄一次的信", who="huang", clicks=2)
        await page.go_back()
        await page.goto("/my/letters")
        assert await page.get_by_text("只寄一次的信").count() == 1
        assert tab.faults == []
