"""The publisher's pages with letters at each step of the editors' desk, served to a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from playwright.async_api import Browser

from services.publisher.domain.draft import ApproveDraft
from shared.contracts.words import PublicText
from shared.platform.letters.service_decider import IdempotentCommand
from tests.browser.desk_world import DeskWorld
from tests.publisher.editors import Editors
from tests.publisher.face import faces
from tests.support.page_list import EDITED, PUBLICATION
from tests.support.serving import served

CANDIDATE = PublicText(
    title="村口的路灯不亮，老人晚上出门不方便",
    text="村口到学校那条路上的路灯坏了三个月，邻居王先生在天河路12号开店，晚上也看不见路。\n"
    "我是〔本人姓名〕，住在附近，电话〔电话〕。\n请问什么时候能修好？",
    reply="您好！经核实，该路段路灯线路老化。我局已会同镇政府于11月20日更换线路，现已恢复照明。感谢您的来信。",
)
ENGLISH = PublicText(
    title="How long does a residence permit take?",
    text="I handed in my papers in September. Mr. Smith at the counter said four weeks.",
    reply="A residence permit takes fifteen working days. Yours has been ready since Monday.",
)


async def edit(at: Editors) -> None:
    """One letter at each step, two of them public, one with a problem and a proposed change."""
    face = at.face
    for letter in EDITED.values():
        words = ENGLISH if letter == EDITED["english"] else CANDIDATE
        await face.draft(letter, words)
    work = f"/v1/drafts/{EDITED['in work']}"
    mark = {"text": "王先生", "decision": "hidden", "what": "person", "reason": "tells_who"}
    kept = {"text": "天河路12号", "decision": "kept", "what": "place", "reason": "public_body"}
    await face.post(f"{work}/marks", "mei", body={"copy": 1, "edition": 0} | mark)
    await face.post(f"{work}/marks", "mei", body={"copy": 1, "edition": 1} | kept)
    wording = {"title": "村口的路灯不亮", "text": CANDIDATE.text[:40], "reply": CANDIDATE.reply}
    await face.post(f"{work}/wording", "mei", body={"copy": 1, "edition": 2} | wording)
    await face.post(f"{work}/proposal", "mei")
    note = {"text": "请补上答复中的办理结果。"}
    await face.post(f"{work}/return", "zhou", body={"copy": 1, "edition": 3} | note)
    await face.post(f"/v1/drafts/{EDITED['proposed']}/proposal", "mei")
    reason = {"reason": "not_general", "text": "只与本人有关。"}
    rejected = f"/v1/drafts/{EDITED['rejected']}/rejection"
    await face.post(rejected, "mei", body={"copy": 1, "edition": 0} | reason)
    await face.post(f"/v1/drafts/{EDITED['public']}/proposal", "mei")
    approve = ApproveDraft(1, "s-4418", PUBLICATION, face.stage.now())
    await face.stage.commands.execute(IdempotentCommand(EDITED["public"], approve, "approve"))
    await face.post(f"/v1/drafts/{EDITED['english']}/proposal", "mei")
    await face.post(f"/v1/drafts/{EDITED['english']}/approval", "zhou")
    problem = {"kind": "reveals"}
    await face.post(f"/public/v1/publications/{PUBLICATION}/problems", None, body=problem)
    corrected = {"title": "村口的路灯已修好", "text": CANDIDATE.text, "reply": CANDIDATE.reply}
    change = {"outcome": "corrected", "note": "wording", "words": corrected}
    await face.post(f"/v1/drafts/{EDITED['public']}/change", "mei", body=change)


@asynccontextmanager
async def editors_world(browser: Browser, _: Path) -> AsyncIterator[DeskWorld]:
    """The world, until the end of the block."""
    async with faces() as face:
        at = Editors(face)
        await edit(at)
        app = cast("Any", face.client._transport).app
        async with served(app) as address:
            yield DeskWorld(browser, address, at)
