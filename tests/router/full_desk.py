"""The router's pages with letters of every kind in every state, and people at work on them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.router.desk_pages import Browsers, browsers
from tests.support.letter_world import NUMBERS, fill


@asynccontextmanager
async def full_desk(folder: Path) -> AsyncIterator[Browsers]:
    """Everybody's browser; `gz` has claimed a letter, begun a reply and saved a view."""
    async with browsers(folder) as at:
        await fill(at.office)
        await at.refresh()
        letters = "/desk/letters"
        await _done(at, f"{letters}/{NUMBERS['supervised']}/claim", what="claim")
        draft = {"text": "您好，来信收悉。", "outcome": "explained", "step": "save"}
        await _done(at, f"{letters}/{NUMBERS['reopened']}/reply", **draft)
        await _done(at, "/desk/inbox/views", name="正在办理", state="handling")
        yield at


async def _done(at: Browsers, path: str, **fields: str) -> None:
    answer = await at.post("gz", path, **fields)
    assert answer.status_code == 303, (path, answer.status_code)
