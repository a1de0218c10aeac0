"""Pictures of each page: `python -m tests.browser.screenshots FOLDER [NAME…]`.

In both languages and both schemes at 360 and 1280 pixels, and in elder mode.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import get_args

from playwright.async_api import Browser

from shared.web.language import LANGS
from tests.browser.desk_world import DeskWorld, Look, desk_world
from tests.browser.duty_world import duty_world
from tests.browser.editors_world import editors_world
from tests.browser.writer_world import writer_world
from tests.support.browser import NARROW, WIDE, Scheme, chromium
from tests.support.page_list import (
    DUTY_PAGES,
    EDITORS_PAGES,
    ROUTER_PAGES,
    WRITERS_PAGES,
    StaffPage,
)

TOGETHER = 4
"""Pages opened at once."""


def looks() -> Iterator[Look]:
    """Every look that has a picture."""
    for lang in LANGS:
        for width in (NARROW, WIDE):
            yield from (Look(width, scheme, lang) for scheme in get_args(Scheme))
            yield Look(width, "light", lang, is_elder=True)


async def take(world: DeskWorld, pages: Sequence[StaffPage], folder: Path) -> int:
    """Take the pictures; returns how many."""
    turns = asyncio.Semaphore(TOGETHER)

    async def one(page: StaffPage, look: Look) -> None:
        async with turns, world.tab(page.who, look) as tab:
            await tab.page.goto(page.address)
            file = folder / f"{page.name}-{look.name}.png"
            await tab.page.screenshot(path=file, full_page=True)

    wanted = [(page, look) for page in pages for look in looks()]
    await asyncio.gather(*(one(page, look) for page, look in wanted))
    return len(wanted)


async def take_all(browser: Browser, folder: Path, names: Sequence[str]) -> int:
    """Pictures of the pages with these names, or of all."""
    count = 0
    worlds = (
        (desk_world, ROUTER_PAGES),
        (duty_world, DUTY_PAGES),
        (writer_world, WRITERS_PAGES),
        (editors_world, EDITORS_PAGES),
    )
    for open_world, pages in worlds:
        chosen = [page for page in pages if not names or page.name in names]
        with tempfile.TemporaryDirectory() as keys:
            async with open_world(browser, Path(keys)) as world:
                count += await take(world, chosen, folder)
    return count


async def main(folder: Path, names: Sequence[str]) -> None:
    """Take all pictures, and say where they are."""
    async with chromium() as browser:
        count = await take_all(browser, folder, names)
    print(f"{count} pictures in {folder}")


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
