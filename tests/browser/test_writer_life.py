"""A citizen's whole life of a letter, on a phone, in both languages, on the running stack."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Browser, Page
from pymongo import AsyncMongoClient

from deploy.local.stack.plan import url
from deploy.local.stack.supervisor import Stack, running_stack
from shared.platform.runtime.clock import utc_now
from shared.web.language import LANG_COOKIE
from tests.browser.publishing import find, publish
from tests.browser.running import Desk
from tests.support.browser import NARROW, new_tab

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(300),
]

ONWARDS = 'main a.button[href$="/files"]'
NEEDED = ("broker", "database", "topics", "issuer", "intake", "router", "publisher", "bureaus")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """The mailbox, where bureaus answer at once."""
    folder = tmp_path_factory.mktemp("writers")
    async with running_stack(folder, only=NEEDED, session_ms=1_000) as opened:
        yield opened


@pytest.fixture(scope="module")
def ports(stack: Stack) -> Mapping[str, int]:
    """Ports of the running services."""
    return stack.ports.named()


@pytest.fixture(scope="module")
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
    await page.wait_for_url(_is_onwards)
    chosen = page.locator("a.person", has=page.locator(f'code:text-is("{who}")'))
    if "/authorize" in page.url:
        await chosen.first.click()


def _is_onwards(address: str) -> bool:
    """Whether this is the issuer's page, or a page that is shown after the sign-in."""
    path = urlsplit(address).path
    return path.endswith("/authorize") or path.startswith("/write/")


async def save(page: Page) -> None:
    """Press the page's first button that sends its form."""
    await page.locator("main form button.primary, main p > a.button.primary").first.click()


async def offers_answers(page: Page) -> bool:
    """Whether the matter was saved, and answers are offered that others got before."""
    await page.locator(f'input[type="file"], {ONWARDS}').first.wait_for()
    return await page.locator(ONWARDS).count() > 0


async def pass_similar(page: Page) -> None:
    """Go on where a published letter is like the one that is written."""
    if await offers_answers(page):
        await page.locator(ONWARDS).click()


async def write(page: Page, *, picture: Path, subject: str, who: str, clicks: int = 1) -> None:
    """Write a letter from the start page to its own page; press the last button so often."""
    await page.goto("/city/guangzhou")
    await page.locator('main a.button[href^="/write"]').click()
    await sign_in(page, who)
    await page.locator('input[name="category"][value="request"]').check()
    await save(page)
    await page.wait_for_url("**/mailbox")
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
    await page.wait_for_url("**/check")
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
        shown = await find(browser, url(ports["publisher"]))
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
        assert page.url.endswith("/my/letters")
        assert await page.get_by_text("只寄一次的信").count() == 1
        assert tab.faults == []


async def press(desk: Desk, selector: str, key: str = "Enter") -> None:
    """Go there by Tab, and press the key."""
    await desk.tab_to(selector)
    await desk.page.keyboard.press(key)


async def write_by_keyboard(desk: Desk, *, subject: str, picture: Path) -> None:
    """Write a letter from the start page to its own page, without touching the page."""
    page, save = desk.page, "main form button.primary"
    await page.goto("/city/guangzhou")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    assert page.url.endswith("#content"), "the first stop skips to the content"
    await press(desk, 'main a.button[href^="/write"]')
    await page.wait_for_url("**/authorize**")
    await press(desk, f'a.person:has(code:text-is("{desk.who}"))')
    await page.wait_for_url("**/kind**")
    await press(desk, 'input[name="category"]', "ArrowDown")
    await press(desk, save)
    await page.wait_for_url("**/mailbox")
    await press(desk, save)
    await page.wait_for_url("**/where")
    await desk.tab_to("#place\\.city")
    while await page.locator("#place\\.city").input_value() != "guangzhou":
        await page.keyboard.press("ArrowDown")
    await press(desk, save)
    await page.wait_for_url("**/matter")
    await desk.tab_to("#subject")
    await page.keyboard.type(subject)
    await desk.tab_to("#body")
    await page.keyboard.insert_text("村口的红绿灯坏了三个月，车开得很快，请派人来修。")
    await press(desk, save)
    if await offers_answers(page):
        await press(desk, ONWARDS)
    await page.wait_for_url("**/files")
    async with page.expect_file_chooser() as opened:
        await press(desk, 'input[type="file"]')
    await (await opened.value).set_files(picture)
    await press(desk, "main form button.secondary")
    await page.locator("main .task-list .tag").first.wait_for()
    await press(desk, "main p > a.button.primary")
    await page.wait_for_url("**/contact")
    await press(desk, save)
    await page.wait_for_url("**/consent")
    await press(desk, 'input[name="consent_to_publish"]', "Space")
    await press(desk, save)
    await page.wait_for_url("**/check")
    await press(desk, save)
    await page.wait_for_url("**/my/letters/GD-*")


@pytest.mark.slow
async def test_a_letter_is_written_and_rated_by_keyboard_alone(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    async with new_tab(browser, address, width=NARROW) as tab:
        desk, page = Desk(tab, "leung"), tab.page
        picture = photo(tmp_path / "photo.jpg")
        await write_by_keyboard(desk, subject="键盘写的信", picture=picture)
        letter = page.url.partition("?")[0]
        await until(page, lambda: _answered_or_asked(page, letter))
        await press(desk, 'a[href$="/rating"]')
        await page.wait_for_url("**/rating")
        await press(desk, 'input[name="solved"]', "Space")
        await press(desk, 'input[name="score"]', "Space")
        await desk.tab_to("#comment")
        await page.keyboard.insert_text("很快就修好了。")
        await press(desk, "main form button.primary")
        await page.wait_for_url(f"{letter}?done=rating")
        assert await page.locator(".banner").evaluate("(one) => one === document.activeElement")
        assert tab.faults == []


async def end_sessions(stack: Stack) -> None:
    """All sessions of browsers end, as after half an hour without a request."""
    opened: Any = AsyncMongoClient(f"mongodb://127.0.0.1:{stack.ports.mongo}/")
    async with opened as client:
        ended = {"$set": {"ended_at": utc_now()}}
        await client.mailbox_intake.sessions.update_many({}, ended)


@pytest.mark.parametrize("who", ["wong", pytest.param("tsai", marks=pytest.mark.slow)])
async def test_words_outlive_a_session_and_are_shown_to_nobody_else(
    browser: Browser, stack: Stack, address: str, who: str
) -> None:
    """By people who write nothing else here: an unfinished letter is offered to its writer."""
    async with new_tab(browser, address, width=NARROW, cookies={LANG_COOKIE: "en"}) as tab:
        page = tab.page
        await page.goto("/write/half-a-letter/matter")
        await sign_in(page, "wong")
        await page.wait_for_url("**/matter")
        await page.locator("#subject").fill("Half a letter")
        await page.locator("#body").fill("Typed before the session ended.")
        await end_sessions(stack)
        await save(page)
        await page.wait_for_url("**/my/sign-in/again**")
        assert await page.locator("main .urgent a[href='tel:110']").is_visible()
        assert "Half" not in page.url
        await tab.context.clear_cookies(name="development-citizens")
        await page.locator("main a.button").click()
        await sign_in(page, who)
        await page.wait_for_url("**/half-a-letter/matter")
        is_own = who == "wong"
        typed = "Typed before the session ended." if is_own else ""
        assert await page.locator("#body").input_value() == typed
        assert ("Half a letter" in await page.content()) == is_own
        if is_own:
            await save(page)
            await page.wait_for_url("**/half-a-letter/files")
        assert tab.faults == []
