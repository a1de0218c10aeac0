"""What goes wrong while a letter is written: the network, files, windows, and the way out."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_asyncio
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from PIL import Image
from playwright.async_api import Browser, Page, Request, Route

from services.intake.domain.files import MAX_FILE
from shared.web.language import ELDER_COOKIE, LANG_COOKIE
from tests.browser.desk_world import DeskWorld, Look
from tests.browser.writer_world import Writers, writer_world
from tests.intake.emergencies import STOP
from tests.support.browser import NARROW, Tab, axe_findings
from tests.support.doubles import Memory
from tests.support.serving import served

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(180),
]
PHONE = Look(width=NARROW, lang="en")
PLAIN = Look(width=NARROW, lang="en", has_scripts=False)
LOOKS = [
    pytest.param(PHONE, id="scripts"),
    pytest.param(PLAIN, id="no scripts", marks=pytest.mark.slow),
]
WORDS = "\n".join(["The lamp at the crossing has been dark for three months."] * 20)
SEND = "main form button.primary"
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 20_000}
"""A phone at the edge of a village; bytes a second."""
JPEG = (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00", b"\xff\xd9")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[DeskWorld]:
    async with writer_world(browser, tmp_path_factory.mktemp("keys")) as opened:
        yield opened


def drafts_of(world: DeskWorld) -> Memory:
    """The unfinished letters of everybody."""
    assert isinstance(world.people, Writers)
    return world.people.desk.drafts


def neutral_at(world: DeskWorld, address: str) -> None:
    """Make this the page to which people go who leave in haste."""
    assert isinstance(world.people, Writers)
    state = cast("Any", world.people.desk.client._transport).app.state
    state.citizen_pages = replace(state.citizen_pages, neutral_url=address)


@pytest.fixture
def letter(world: DeskWorld, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a letter of this test's own; nobody can have more than ten."""
    kept = drafts_of(world).kept
    before = dict(kept)
    yield f"/write/{abs(hash(request.node.name))}"
    kept.clear()
    kept.update(before)


async def typed(page: Page, letter: str, *, body: str = WORDS) -> None:
    """Open the letter's own step, and type it."""
    await page.goto(f"{letter}/matter")
    await page.locator("#subject").fill("The lamp")
    await page.locator("#body").fill(body)


async def body_of(page: Page, letter: str) -> str:
    """What is saved as the letter's text."""
    await page.goto(f"{letter}/matter")
    return await page.locator("#body").input_value()


@pytest.mark.parametrize("look", LOOKS)
async def test_a_database_that_is_away_keeps_the_words_on_the_page(
    world: DeskWorld, letter: str, look: Look
) -> None:
    async with world.tab("chen", look) as tab:
        await typed(tab.page, letter)
        drafts_of(world).failures.append("before")
        await tab.page.click(SEND)
        await tab.page.locator('main form button:has-text("again")').click()
        await tab.page.wait_for_url(f"**{letter}/files")
        assert await body_of(tab.page, letter) == WORDS
        assert tab.faults == []


@pytest.mark.slow
async def test_a_connection_that_breaks_is_sent_again_by_reload(
    world: DeskWorld, letter: str
) -> None:
    """Without scripts; with them the service worker keeps the words on a page of ours."""

    async def cut(route: Route) -> None:
        is_sent = route.request.method == "POST"
        await (route.abort("connectionreset") if is_sent else route.continue_())

    async with world.tab("chen", PLAIN) as tab:
        await typed(tab.page, letter)
        await tab.page.route("**/matter", cut)
        await tab.page.click(SEND)
        await tab.page.wait_for_url("chrome-error://**")
        await tab.page.unroute("**/matter")
        await tab.page.reload()
        await tab.page.wait_for_url(f"**{letter}/files")
        assert await body_of(tab.page, letter) == WORDS


@pytest.mark.slow
async def test_a_slow_network_sends_each_form_once(world: DeskWorld, letter: str) -> None:
    async with world.tab("chen", PHONE) as tab:
        await typed(tab.page, letter)
        session = await tab.context.new_cdp_session(tab.page)
        await session.send("Network.enable")
        await session.send("Network.emulateNetworkConditions", SLOW)
        posts: list[str] = []

        def note(request: Request) -> None:
            if request.method == "POST":
                posts.append(request.url)

        tab.page.on("request", note)
        await tab.page.locator(SEND).dblclick()
        await tab.page.wait_for_url(f"**{letter}/files")
        assert len(posts) == 1
        assert tab.faults == []


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
async def test_two_tabs_of_one_letter_lose_nothing(
    world: DeskWorld, letter: str, look: Look
) -> None:
    async with world.tab("chen", look) as first, world.tab("chen", look) as second:
        for tab, words in ((first, "first text"), (second, "second text")):
            await typed(tab.page, letter, body=words)
        await first.page.click(SEND)
        await first.page.wait_for_url(f"**{letter}/files")
        await second.page.click(SEND)
        assert "changed in another window" in await second.page.locator("main").inner_text()
        assert await second.page.locator("#body").input_value() == "second text"
        await second.page.click(SEND)
        await second.page.wait_for_url(f"**{letter}/files")
        assert await body_of(first.page, letter) == "second text"
        assert first.faults + second.faults == []


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
async def test_words_sent_after_a_sign_out_in_another_tab_are_shown(
    world: DeskWorld, letter: str, look: Look
) -> None:
    async with world.tab("chen", look) as tab:
        await typed(tab.page, letter)
        await tab.context.clear_cookies(name=re.compile("citizens"))
        await tab.page.click(SEND)
        await tab.page.wait_for_load_state("load")  # the style sheet keeps line breaks
        shown = await tab.page.locator("main").inner_text()
        assert WORDS in shown
        assert await tab.page.locator("main .urgent a[href='tel:110']").is_visible()
        assert not look.has_scripts or await axe_findings(tab.page) == []
        assert tab.faults == []


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
async def test_back_after_a_step_shows_what_was_saved_and_takes_a_change(
    world: DeskWorld, letter: str, look: Look
) -> None:
    async with world.tab("chen", look) as tab:
        await typed(tab.page, letter)
        await tab.page.click(SEND)
        await tab.page.wait_for_url(f"**{letter}/files")
        await tab.page.go_back()
        assert await tab.page.locator("#body").input_value() == WORDS
        await tab.page.locator("#body").fill("changed")
        await tab.page.click(SEND)
        await tab.page.wait_for_url(f"**{letter}/files")
        assert await body_of(tab.page, letter) == "changed"
        assert tab.faults == []


@pytest.mark.parametrize("look", LOOKS)
async def test_after_the_way_out_the_back_button_shows_nothing_of_the_mailbox(
    world: DeskWorld, letter: str, look: Look
) -> None:
    """Without scripts the start page stays, if its address was typed: it shows nobody."""
    site = FastAPI()

    @site.get("/")
    async def show_weather() -> HTMLResponse:
        return HTMLResponse("<title>Weather</title>")

    async with served(site) as address, world.tab("chen", look) as tab:
        neutral_at(world, address)
        await tab.page.goto("/my/letters")
        await tab.page.click('nav a[href="/write"]')
        await typed(tab.page, letter)
        await tab.page.click("[data-leave]")
        await tab.page.wait_for_url(f"{address}/")
        last = "about:blank" if look.has_scripts else f"{world.address}/"
        while tab.page.url != last:
            assert await tab.page.title() == "Weather"
            await tab.page.go_back()
            await tab.page.wait_for_url(
                lambda url: url == last or not url.startswith(world.address)
            )
        kept = await tab.context.cookies(world.address)
        names = {one["name"] for one in kept}
        assert names == {"mailbox-pages-away", LANG_COOKIE, ELDER_COOKIE}
        await tab.page.goto("/")
        assert await tab.page.locator("h1").is_visible()


def large(path: Path, size: int) -> Path:
    """A photo of exactly so many bytes: what follows the end of the picture is ignored."""
    Image.new("RGB", (64, 48), "green").save(path, "JPEG")
    content = path.read_bytes()
    path.write_bytes(content + bytes(size - len(content)))
    return path


async def chosen(tab: Tab, letter: str, file: Path) -> str:
    """Choose the file and send it; returns the main part's text."""
    await tab.page.goto(f"{letter}/files")
    await tab.page.locator("input[type=file]").set_input_files(file)
    await tab.page.locator("main form button.secondary").last.click()
    await tab.page.wait_for_load_state("load")
    return await tab.page.locator("main").inner_text()


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
async def test_a_photo_of_ten_mebibytes_is_taken_and_nothing_larger(
    world: DeskWorld, letter: str, look: Look, tmp_path: Path
) -> None:
    async with world.tab("chen", look) as tab:
        file = tmp_path / "photo.jpg"
        assert "photo.jpg" in await chosen(tab, letter, large(file, MAX_FILE))
        for size in (MAX_FILE + 1, MAX_FILE + 2**20):
            said = await chosen(tab, letter, large(file, size))
            if look.has_scripts:
                message = "document.querySelector('input[type=file]').validationMessage"
                assert "larger than 10 MB" in await tab.page.evaluate(message)
                assert tab.page.url.endswith(f"{letter}/files")
            else:
                assert "larger than 10 MB" in said or "smaller file" in said
        await tab.page.goto(f"{letter}/files")
        assert await tab.page.get_by_text("Remove photo.jpg").count() == 1
        assert tab.faults == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"MZ a program", "Only photos"),
        (b"".join(JPEG), "damaged"),
        (b"", "Choose a file"),
        (b"%PDF-1.7\n", "damaged"),
    ],
    ids=["wrong type", "broken photo", "empty", "broken PDF"],
)
async def test_a_bad_file_is_named_on_the_page_and_changes_nothing(
    world: DeskWorld, letter: str, tmp_path: Path, content: bytes, says: str
) -> None:
    async with world.tab("chen", PHONE) as tab:
        file = tmp_path / "file.jpg"
        file.write_bytes(content)
        assert says in await chosen(tab, letter, file)
        assert await tab.page.locator("[data-error-summary]").evaluate(
            "(one) => one === document.activeElement"
        )
        assert await tab.page.locator("input[type=file]").get_attribute("aria-invalid") == "true"
        await typed(tab.page, letter)
        await tab.page.click(SEND)
        await tab.page.wait_for_url(f"**{letter}/files")
        assert tab.faults == []


@pytest.mark.parametrize("look", LOOKS)
async def test_urgent_words_are_answered_before_and_after_they_are_sent(
    world: DeskWorld, letter: str, look: Look
) -> None:
    """As the steps of an unfinished letter, then as a comment that is sent without a rating."""
    async with world.tab("chen", look) as tab:
        page = tab.page
        for step, field in (("where", "place.detail"), ("matter", "subject"), ("matter", "body")):
            await page.goto(f"{letter}/{step}")
            await page.locator(f'[name="{field}"]').fill(f"now {STOP}")
            await page.click(SEND)
            call = page.locator('main .lines a[href="tel:110"]')
            await call.wait_for()
            assert await call.is_visible()
        if look.has_scripts:
            assert await page.locator("[data-urgent]").evaluate(
                "(one) => one === document.activeElement"
            )
            assert await axe_findings(page) == []
        assert await page.locator("#body").input_value() == f"now {STOP}"
        assert tab.faults == []
