"""The writers' pages with letters in each state, served to a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from playwright.async_api import Browser

from tests.browser.desk_world import DeskWorld
from tests.intake.browsing import ANSWERS, ASKED, DECLINED, REPLIED, as_writer, send
from tests.intake.emergencies import ASK, diverted, guarded_front
from tests.intake.front import Front
from tests.intake.story import received, routed
from tests.support.serving import served

DRAFT = "unfinished-letter"


@dataclass(frozen=True, slots=True)
class Writers:
    """Citizens with browsers; nobody is signed in as `nobody`."""

    desk: Front

    async def cookies(self, who: str) -> dict[str, str]:
        """The cookies of that person's browser."""
        if who == "nobody":
            return {}
        await as_writer(self.desk, who)
        return {cookie.name: cookie.value or "" for cookie in self.desk.client.cookies.jar}


async def write(desk: Front) -> None:
    """A letter in each state, a diversion that asks, and an unfinished letter."""
    lamp = "村口的红绿灯坏了三个月，晚上车开得很快，老人过马路很危险。\n请尽快派人来修。"
    asked = await desk.taken_in(subject="村口红绿灯坏了三个月", body=lamp)
    replied = await desk.taken_in(subject="居住证办理进度", body="九月提交的材料没有结果。")
    english = "How do I renew my permit? I have been waiting for six weeks."
    declined = await desk.taken_in(subject="Permit", body=english)
    await desk.taken_in(subject="消防通道被占", body="消防通道长期被占用，没有人管。")
    await desk.progress(asked, received(), routed(), ASKED)
    await desk.progress(replied, received(), routed(), REPLIED)
    await desk.progress(declined, received(), routed(), DECLINED)
    await diverted(desk, ASK)
    csrf = await as_writer(desk)
    for version, (name, answers) in enumerate(ANSWERS.items()):
        await send(desk, f"/write/{DRAFT}/{name}", csrf, version=str(version), **answers)
    csrf = await as_writer(desk, "huang")
    await send(desk, "/write/new-letter/kind", csrf, version="0", **ANSWERS["kind"])


@asynccontextmanager
async def writer_world(
    browser: Browser, folder: Path, *, behind: Callable[[Any], Any] = lambda app: app
) -> AsyncIterator[DeskWorld]:
    """The world, until the end of the block. `behind`: what stands before the application."""
    async with guarded_front(folder) as desk:
        await write(desk)
        app = cast("Any", desk.client._transport).app
        async with served(behind(app)) as address:
            yield DeskWorld(browser, address, Writers(desk))
