"""Two people on one letter, and a slow network: nothing is lost and nothing is done twice."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.desk_world import DeskWorld, Look, desk_world
from tests.support.letter_world import NUMBERS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(180),
]
LETTER = f"/desk/letters/{NUMBERS['handling']}"
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 20_000}
"""A phone at the edge of a village; bytes a second."""


@pytest_asyncio.fixture(loop_scope="session")
async def world(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[DeskWorld]:
    async with desk_world(browser, tmp_path_factory.mktemp("keys")) as opened:
        yield opened


async def test_a_letter_that_changed_meanwhile_is_shown_and_the_text_stays(
    world: DeskWorld,
) -> None:
    async with world.tab("gz") as first, world.tab("gz2", Look(lang="en")) as second:
        await second.page.goto(f"{LETTER}/ask")
        await second.page.locator("textarea").fill("请问是哪个路口？")
        await first.page.goto(f"{LETTER}/note")
        await first.page.locator("textarea").fill("已现场查看。")
        await first.page.click('button[value="check"]')
        await first.page.click('main button[value="send"]')
        await first.page.wait_for_url("**?done=note")
        await second.page.click('button[value="check"]')
        assert await second.page.locator(".banner.warning").is_visible()
        assert await second.page.locator("textarea").input_value() == "请问是哪个路口？"
        await second.page.click('button[value="check"]')
        await second.page.click('main button[value="send"]')
        await second.page.wait_for_url("**?done=ask")
        assert first.faults + second.faults == []


async def test_two_drafts_of_one_reply_are_both_shown(world: DeskWorld) -> None:
    async with world.tab("gz") as first, world.tab("gz2") as second:
        for tab, text in ((first, "第一稿。"), (second, "第二稿。")):
            await tab.page.goto(f"{LETTER}/reply")
            await tab.page.locator("textarea[name=text]").fill(text)
        await first.page.click('.buttons button[value="save"]')
        await first.page.wait_for_url("**done=saved")
        await second.page.click('.buttons button[value="save"]')
        content = await second.page.content()
        assert "第一稿。" in content
        assert await second.page.locator("textarea[name=text]").input_value() == "第二稿。"
        await second.page.click('.buttons button[value="save"]')
        await second.page.wait_for_url("**done=saved")
        assert await second.page.locator("textarea[name=text]").input_value() == "第二稿。"


async def test_a_slow_network_sends_a_form_once(world: DeskWorld) -> None:
    async with world.tab("gz") as tab:
        await tab.page.goto(f"{LETTER}/note")
        session = await tab.context.new_cdp_session(tab.page)
        await session.send("Network.enable")
        await session.send("Network.emulateNetworkConditions", SLOW)
        await tab.page.locator("textarea").fill("网络很慢。")
        await tab.page.click('button[value="check"]')
        sent: list[str] = []
        tab.page.on("request", lambda request: sent.append(request.method))
        await tab.page.locator('main button[value="send"]').dblclick()
        await tab.page.wait_for_url("**?done=note")
        assert sent.count("POST") == 1
        assert (await tab.page.content()).count("网络很慢。") == 1
        assert tab.faults == []
