"""Intake's pages with diversions in each state and letters with files, served to a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from playwright.async_api import Browser

from shared.platform.http.tokens import Person
from tests.browser.desk_world import DeskWorld
from tests.intake.emergencies import ASK, STOP, diverted, guarded_front, on_duty
from tests.intake.file_world import fetched, letter_with, picture, scanned, uploaded
from tests.intake.front import Front
from tests.intake.test_counter import ROLE as COUNTER
from tests.intake.test_counter import entered
from tests.intake.test_counter import post as at_counter
from tests.intake.test_look_ups import BY_PHONE, look
from tests.support.page_list import FILE_LETTERS
from tests.support.serving import served
from tests.support.sign_in import signed_in

WORDS = (
    "有人在砸我家的门，说要砍人。我和孩子躲在卧室里，不敢出声，请快来人。"
    f"我们在三楼，楼道的灯坏了。{STOP}"
)


ROLES = {
    "d-0071": "duty",
    "gz": "bureau:guangzhou:handler",
    "he": "auditor",
    "wu": "supervisor",
    "counter-gz": COUNTER,
}


@dataclass(frozen=True, slots=True)
class AtIntake:
    """Who works at intake's pages."""

    desk: Front

    async def cookies(self, who: str) -> dict[str, str]:
        """The cookies of that person's browser."""
        self.desk.client.cookies.clear()
        await signed_in(self.desk.client, Person(who, roles=frozenset({ROLES[who]})))
        return {cookie.name: cookie.value or "" for cookie in self.desk.client.cookies.jar}


async def divert(desk: Front) -> None:
    """One is late, two are of one writer, one is seen, one is resolved."""
    place = {"city": "guangzhou", "district": "440106", "detail": "天河路无名花园3栋802"}
    await diverted(desk, subject="有人在砸门", body=WORDS, place=place)
    resolved = await diverted(desk, who="huang", subject="找到了", body=f"孩子找到了。{STOP}")
    desk.shelf.now.pass_by(minutes=7)
    english = f"My neighbour is being beaten right now, please hurry. {STOP}"
    await diverted(desk, who="huang", subject="Help", body=english)
    await diverted(desk, who="huang", subject="楼下", body=f"楼下还在打。{ASK}")
    seen = await diverted(desk, who="no-phone", subject="煤气味", body=f"楼道里煤气味很大。{STOP}")
    await on_duty(desk, f"/{seen}/seen", None, who="d-0099")
    body = {"outcome": "handed_to_110", "reference": "JQ-20261124-0071"}
    await on_duty(desk, f"/{resolved}/resolve", body, who="d-0099")
    desk.shelf.now.pass_by(minutes=1)


async def send_files(desk: Front) -> None:
    """One letter with files in each state, and a complaint, whose writer is hidden."""
    hidden = await letter_with(desk, await uploaded(desk), category="complaint")
    photo = await uploaded(desk, thumbnail=picture(size=(320, 200)))
    document = await uploaded(desk, b"%PDF-", kind="application/pdf")
    tall = await uploaded(desk, kind="image/png", thumbnail=picture(size=(120, 320)))
    shown = await letter_with(desk, photo, document, tall)
    for found in ("quarantined", "refused", None):
        late = await uploaded(desk)
        await desk.post(
            f"/v1/letters/{shown}/addition",
            {"text": "补充照片", "files": [late]},
            key=f"add-files-{late}",
        )
        if found:
            await scanned(desk, found)
    assert (shown, hidden) == (FILE_LETTERS["files"], FILE_LETTERS["hidden files"])
    await fetched(desk, shown, photo)


@asynccontextmanager
async def duty_world(browser: Browser, folder: Path) -> AsyncIterator[DeskWorld]:
    """The world, until the end of the block."""
    async with guarded_front(folder) as desk:
        await divert(desk)
        await send_files(desk)
        number = await entered(desk, clerk="counter-gz")
        await at_counter(desk, f"/letters/{number}/phone-code", staff="counter-gz")
        await look(desk, BY_PHONE)
        app = cast("Any", desk.client._transport).app
        async with served(app) as address:
            yield DeskWorld(browser, address, AtIntake(desk))
