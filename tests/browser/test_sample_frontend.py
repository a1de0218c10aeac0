"""A new user posts a letter with a photo from a page on another origin, and the bureau gets it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

import httpx
import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Browser, FilePayload, Page

from deploy.local.stack.keys import bureau_client_secret_file
from deploy.local.stack.plan import BUREAU_CLIENT_ID
from deploy.local.stack.supervisor import running_stack
from tests.browser.running import PATIENCE_S, Desk, RunningDesks
from tests.journeys.people import People
from tests.support.browser import NARROW, WIDE, axe_findings, new_tab
from tests.support.pictures import exif, picture

pytestmark = [
    pytest.mark.browser,
    pytest.mark.real,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(300),
]
NEEDED: Final = (
    *("broker", "database", "topics", "issuer", "intake", "router", "bureaus", "sample"),
)
GPS: Final = 0x8825
PHOTO: Final = picture("JPEG", size=(640, 480), exif=exif())
LETTER: Final = {
    "subject": "红绿灯不亮",
    "body": "村口的红绿灯坏了三个月，车开得很快，请交警来看看。照片是昨天拍的。",
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desks(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningDesks]:
    folder = tmp_path_factory.mktemp("stack")
    async with (
        running_stack(folder, only=NEEDED, session_ms=1_000) as stack,
        httpx.AsyncClient(timeout=15) as client,
    ):
        yield RunningDesks(stack, browser, People(stack, client, patience_s=PATIENCE_S))


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody on the sample frontend."""

    desk: Desk

    @property
    def page(self) -> Page:
        """The page that is open."""
        return self.desk.page

    async def sign_in(self) -> None:
        """Sign in at the citizens' provider, and come back."""
        await self.page.goto("/")
        await self.page.locator("main button").click()
        await self.page.wait_for_url("**/authorize**")
        await self.desk.sign_in()
        await self.page.locator("#subject").wait_for()

    async def write(self, **letter: str) -> None:
        """Fill in the form; the city is Guangzhou."""
        await self.page.locator("#city").select_option("guangzhou")
        for name, text in (LETTER | letter).items():
            await self.page.locator(f"#{name}").fill(text)

    async def send(self) -> None:
        """Press the button."""
        await self.page.locator("button[name=send]").click()

    async def problem(self, code: str) -> str:
        """The problem with that code, as it is shown."""
        return await self.page.locator(f'.problem[data-code="{code}"]').inner_text()

    async def is_in_order(self) -> None:
        """The page keeps the rules of all our pages, and fits its window."""
        assert await axe_findings(self.page) == []
        too_wide = "document.documentElement.scrollWidth > innerWidth"
        assert not await self.page.evaluate(too_wide)
        assert self.desk.tab.faults == []


@asynccontextmanager
async def visitor(
    desks: RunningDesks, who: str = "chen", *, width: int = NARROW
) -> AsyncIterator[Visitor]:
    """A browser on the sample frontend's own origin."""
    async with new_tab(desks.browser, desks.face("sample"), width=width) as tab:
        opened = Visitor(Desk(tab, who))
        await opened.sign_in()
        yield opened


async def test_a_photo_goes_from_another_origin_to_the_bureau_and_loses_its_place(
    desks: RunningDesks,
) -> None:
    assert Image.open(BytesIO(PHOTO)).getexif().get_ifd(GPS)
    async with visitor(desks) as writer:
        await writer.write()
        photo = FilePayload(name="红绿灯.jpg", mimeType="image/jpeg", buffer=PHOTO)
        await writer.page.locator("#photos").set_input_files(photo)
        await writer.page.locator('#files li[data-state="clean"]').wait_for()
        program = FilePayload(name="a.jpg", mimeType="image/jpeg", buffer=b"MZ" * 40)
        await writer.page.locator("#photos").set_input_files(program)
        failed = writer.page.locator('#files li[data-state="failed"]')
        assert "只能上传图片" in await failed.inner_text()
        await writer.is_in_order()
        await writer.send()
        await writer.page.locator("#follow").click()
        await writer.page.locator('#letter-files li[data-state="clean"]').wait_for()
        await writer.is_in_order()
        number = writer.page.url.rpartition("/")[2]
        letter = await until(desks, number, lambda shown: shown["state"] == "replied")
        assert await _simulated_bureau_fetched(desks)
        got = await _as_the_bureau(desks, f"/v1/bureau-files/{number}/{letter['files'][0]['id']}")
    shown = Image.open(BytesIO(got))
    assert (shown.format, shown.size) == ("JPEG", (640, 480))
    assert not shown.getexif()
    assert b"SEED" not in got
    assert b"Exif" not in got


async def until(
    desks: RunningDesks, number: str, holds: Callable[[dict[str, Any]], object]
) -> dict[str, Any]:
    """The letter as its writer sees it, once that holds."""
    address = f"{desks.face('intake')}/v1/letters/{number}"

    def look() -> Awaitable[dict[str, Any]]:
        return desks.people.see("chen", address)

    return await desks.people.until(look, holds, what=number)


async def _simulated_bureau_fetched(desks: RunningDesks) -> bool:
    async with httpx.AsyncClient() as client:
        metrics = (await client.get(f"{desks.face('bureaus')}/metrics")).text
    return 'mailbox_bureaus_files_total{outcome="fetched"} 1' in metrics


async def _as_the_bureau(desks: RunningDesks, path: str) -> bytes:
    """What Guangzhou's own system gets."""
    secret = (desks.stack.place.keys / bureau_client_secret_file("guangzhou")).read_text().strip()
    issuer = desks.stack.settings("intake")["MAILBOX_STAFF_ISSUER"]
    async with httpx.AsyncClient() as client:
        answer = await client.post(
            f"{issuer}/token",
            data={"grant_type": "client_credentials"},
            auth=(BUREAU_CLIENT_ID.format("guangzhou"), secret),
        )
        bearer = {"authorization": f"Bearer {answer.json()['access_token']}"}
        found = await client.get(f"{desks.face('intake')}{path}", headers=bearer)
    assert found.status_code == 200, found.text
    return found.content


@pytest.mark.parametrize("width", [NARROW, WIDE])
async def test_danger_and_advice_are_shown_before_anything_else(
    desks: RunningDesks, width: int
) -> None:
    """Whoever reports an emergency here must learn at once where help is."""
    async with visitor(desks, "huang", width=width) as writer:
        await writer.write(subject="救命", body="有人拿刀在砍人，就在楼下，快来救命！")
        await writer.send()
        assert "110" in await writer.problem("emergency")
        await writer.is_in_order()
        await writer.write(subject="被盗", body="我昨晚手机被偷了，小偷翻窗进来，我要报案。")
        await writer.send()
        assert "仍要寄出" in await writer.problem("crime_report")
        await writer.page.locator("nav button[lang=en]").click()
        assert await writer.page.locator("#subject").input_value() == "被盗"
        await writer.send()
        assert "send it anyway" in await writer.problem("crime_report")
        await writer.page.locator(".problem button").click()
        await writer.page.locator("#accepted").wait_for()
        await writer.is_in_order()


async def test_the_same_matter_leads_to_the_open_letter(
    desks: RunningDesks,
) -> None:
    """A second letter about the same matter would be handled twice."""
    async with visitor(desks, "ho") as writer:
        await writer.write()
        await writer.send()
        await writer.page.locator("#accepted button").click()
        await writer.page.locator("#subject").wait_for()
        await writer.write()
        await writer.send()
        await writer.problem("same_matter")
        await writer.is_in_order()
        await writer.page.locator(".problem a").click()
        await writer.page.locator("#addition").wait_for()
        await writer.page.locator("#addition").fill("昨天又坏了一个。")
        await writer.page.locator("form:has(#addition) button").click()
        await writer.page.locator("form p[role=status]").wait_for()
        await writer.is_in_order()


async def test_a_draft_is_resumed_on_another_device(desks: RunningDesks) -> None:
    async with visitor(desks, "huang") as writer:
        await writer.write(subject="写了一半")
        await writer.page.locator('#draft:text("草稿已保存")').wait_for()
    async with visitor(desks, "huang", width=WIDE) as writer:
        assert await writer.page.locator("#subject").input_value() == "写了一半"
        await writer.is_in_order()


@pytest.mark.parametrize("mode", ["popup", "bay", "directory"])
async def test_the_widget_of_another_site_leads_to_the_mailbox(
    desks: RunningDesks, mode: str
) -> None:
    async with new_tab(desks.browser, desks.face("sample"), width=NARROW) as tab:
        await tab.page.goto(f"/sites/{mode}")
        await tab.page.get_by_role("link", name="我要写信").first.click()
        await tab.page.wait_for_url("**/authorize**")
        await Desk(tab, "chen").sign_in()
        await tab.page.wait_for_url(f"{desks.face('intake')}/write/**")
        assert f'name="entry" value="website-{mode}"' in await tab.page.content()
        assert tab.faults == []
