"""The pictures of docs/tour.md: `python -m tests.browser.tour FOLDER`.

One letter goes from triage to signature, and another from its writer to the reading room, each on
a stack of its own; the pictures are taken on the way.
"""

from __future__ import annotations

import asyncio
import base64
import sys
import tempfile
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.async_api import ViewportSize

from tests.browser.publishing import publish
from tests.browser.running import Desk, RunningDesks, running_desks
from tests.support.browser import chromium

PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
QUALITY: Final = 72
LETTER: Final[dict[str, Any]] = {
    "subject": "反映路口红绿灯长期不亮，多次反映无人处理",
    "body": (
        "尊敬的厅长：\n我家附近路口的红绿灯从九月起一直不亮，上下学时段车多人多，已经发生两次剐蹭。\n"
        "我打过两次电话，对方都说会转交，但到现在没有人来修，也没有人回复。\n"
        "请查一查是谁没有办理，并尽快把灯修好。谢谢。"
    ),
    "category": "complaint",
}
OTHERS: Final[tuple[dict[str, Any], ...]] = (
    {"subject": "夜里有人在江边路飙车", "body": "每晚十一点以后江边路有摩托车飙车，请交警管一管。"},
    {
        "subject": "咨询身份证到期换领",
        "body": "身份证下个月到期，人在外地，请问能不能在广州换领，需要带什么材料？",
        "category": "inquiry",
    },
    {
        "subject": "建议学校门口增设人行横道",
        "body": "学校门口车速快，建议交警增设人行横道和减速标志。",
        "category": "suggestion",
    },
)
"""What else is in the inbox."""
ONWARDS: Final = "main form button.primary"
WRITERS_SUBJECT: Final = "村口红绿灯坏了三个月"
WRITERS_LETTER: Final = (
    "村口小学门前的红绿灯从九月起就不亮了，上学时车多，孩子过马路很危险。\n请尽快派人来修，谢谢。"
)
REPLY: Final = (
    "您好，来信收悉。\n经核查，该路口信号灯因控制器故障停用，9月12日和10月8日的两次反映均已登记，"
    "但辖区大队未按规定转交养护单位，确有不当，我们已对相关责任人批评教育。\n"
    "故障控制器已于今日更换，信号灯恢复正常。感谢您的监督。"
)


@dataclass(frozen=True, slots=True)
class Camera:
    """Takes pictures for one folder."""

    folder: Path
    prefix: str = "tour"
    only: frozenset[str] = frozenset()
    """The pictures to take; all of them if empty."""

    async def take(self, desk: Desk, name: str) -> None:
        """Take what the window shows, small enough for a repository."""
        if self.only and name not in self.only:
            return
        await desk.page.evaluate("scrollTo(0, 0)")
        session = await desk.page.context.new_cdp_session(desk.page)
        wanted = {"format": "webp", "quality": QUALITY}
        taken = await session.send("Page.captureScreenshot", wanted)
        (self.folder / f"{self.prefix}-{name}.webp").write_bytes(base64.b64decode(taken["data"]))


async def tour(desks: RunningDesks, camera: Camera) -> None:
    """From triage to signature."""
    for other in OTHERS:
        (await desks.write(**other, place={"city": "guangzhou"})).raise_for_status()
    answer = await desks.write(**LETTER)
    number = answer.raise_for_status().json()["letter"]
    await _triage(desks, camera, number)
    await _handle(desks, camera, number)
    await _sign(desks, camera, number)


async def _triage(desks: RunningDesks, camera: Camera, number: str) -> None:
    path, form = f"/desk/triage?letter={number}", f'form[action="/desk/triage/{number}/route"]'
    async with _english(desks, "triage-lin") as clerk:
        await clerk.page.goto(path)
        await camera.take(clerk, "sign-in")
        await clerk.sign_in()
        await clerk.until(path, lambda: clerk.page.locator(form).is_visible())
        await clerk.page.locator(f"{form} select[name=other]").select_option("guangzhou")
        await camera.take(clerk, "triage")
        await clerk.press(f"{form} button")
        await clerk.page.wait_for_url("**/desk/triage")


async def _handle(desks: RunningDesks, camera: Camera, number: str) -> None:
    async with _english(desks, "handler-gz") as handler:
        await handler.open("/desk/inbox")
        await handler.until("/desk/inbox", lambda: handler.shows(number))
        await handler.until("/desk/inbox", lambda: handler.shows(f"({len(OTHERS) + 1})"))
        await camera.take(handler, "inbox")
        await handler.page.goto(f"/desk/letters/{number}/accept")
        await handler.send()
        await handler.page.wait_for_url("**?done=accept")
        await handler.page.goto(f"/desk/letters/{number}")
        await camera.take(handler, "letter")
        await handler.page.goto(f"/desk/letters/{number}/reply")
        await handler.page.locator('input[name=outcome][value="resolved"]').check()
        await handler.page.locator("textarea[name=text]").fill(REPLY)
        await camera.take(handler, "reply")
        await handler.send("check")
        await camera.take(handler, "check")
        await handler.send()


async def _sign(desks: RunningDesks, camera: Camera, number: str) -> None:
    async with _english(desks, "example-guangzhou-chief") as chief:
        await chief.page.set_viewport_size(PHONE)
        await chief.open("/desk/signing")
        await chief.until("/desk/signing", lambda: chief.shows(number))
        await chief.page.goto(f"/desk/signing/{number}")
        await camera.take(chief, "draft")
        await chief.press('a[href*="/sign?draft="]')
        await camera.take(chief, "signature")
        await chief.press(f'form[action="/desk/signing/{number}/sign"] button:not([type])')
        await chief.page.wait_for_url("**done=signed**")


async def writers_tour(desks: RunningDesks, camera: Camera, *, lang: str) -> None:
    """From the start page to the reply, on a phone; the simulated bureau answers."""
    async with desks.tab("chen", service="intake", lang=lang) as writer:
        await writer.page.set_viewport_size(PHONE)
        await writer.page.goto("/city/guangzhou")
        await camera.take(writer, "start")
        await writer.press('main a.button[href^="/write"]')
        await writer.page.wait_for_url("**/authorize**")
        await writer.sign_in()
        await writer.page.locator('input[name="category"][value="request"]').check()
        await writer.press(ONWARDS)
        await writer.press(ONWARDS)
        await writer.page.locator('select[name="place.city"]').select_option("guangzhou")
        await writer.press(ONWARDS)
        await writer.page.locator("#subject").fill(WRITERS_SUBJECT)
        await writer.page.locator("#body").fill(WRITERS_LETTER)
        await camera.take(writer, "write")
        await writer.press(ONWARDS)
        await writer.press("main p > a.button.primary")
        await writer.press(ONWARDS)
        await writer.page.locator('input[name="consent_to_publish"][value="yes"]').check()
        await writer.press(ONWARDS)
        await camera.take(writer, "check-letter")
        await writer.press("main form button.primary")
        await writer.page.wait_for_url("**/my/letters/GD-*")
        await camera.take(writer, "sent")
        letter = writer.page.url.partition("?")[0]
        await writer.until(letter, lambda: writer.finds('main a[href$="/rating"]'))
        await camera.take(writer, "answered")
        await writer.press('main a[href$="/rating"]')
        await writer.page.locator('input[name="solved"][value="yes"]').check()
        await writer.page.locator('input[name="score"][value="5"]').check()
        await writer.press(ONWARDS)
        await writer.page.wait_for_url("**?done=rating")
        await publish(desks.browser, desks.face("publisher"), WRITERS_SUBJECT)
        await writer.until(letter, lambda: writer.finds('main a[href*="/publications/"]'))
        await writer.press('main a[href*="/publications/"]')
        await writer.page.wait_for_url("**/publications/*")
        await camera.take(writer, "published")


def _english(desks: RunningDesks, who: str) -> AbstractAsyncContextManager[Desk]:
    return desks.tab(who, lang="en")


async def main(folder: Path) -> None:
    """Take the pictures."""
    async with chromium() as browser:
        with tempfile.TemporaryDirectory() as place:
            async with running_desks(browser, Path(place)) as desks:
                await tour(desks, Camera(folder))
        with tempfile.TemporaryDirectory() as place:
            beside = ("bureaus", "publisher")
            async with running_desks(browser, Path(place), beside=beside) as desks:
                await writers_tour(desks, Camera(folder), lang="en")
                chinese = Camera(folder, "tour-zh", frozenset({"start", "answered"}))
                await writers_tour(desks, chinese, lang="zh-CN")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
    for picture in sorted(Path(sys.argv[1]).glob("tour-*.webp")):
        print(f"{picture.stat().st_size / 1000:5.1f} kB  {picture.name}")
