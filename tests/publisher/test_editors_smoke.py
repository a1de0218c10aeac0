"""Each page of editors and readers answers, is whole and in one language; without a browser."""

import re

import pytest

from services.publisher import pages
from tests.browser.editors_world import edit
from tests.publisher.editors import Editors
from tests.publisher.face import faces
from tests.support.page_list import EDITORS_PAGES
from tests.support.page_outline import page_faults
from tests.support.watching import paths_of


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
async def test_each_page_is_whole(lang: str) -> None:
    faults: dict[str, object] = {}
    async with faces() as face:
        at = Editors(face)
        await edit(at)
        for page in EDITORS_PAGES:
            answer = await at.get(page.who, page.address, lang=lang)
            found = page_faults(answer.text, lang=lang)
            if found or answer.status_code != (404 if "missing" in page.name else 200):
                faults[page.name] = (answer.status_code, found)
    assert faults == {}


def test_every_page_is_listed() -> None:
    """A new page is looked at by axe and screenshots, too."""
    shown = [page.address.partition("?")[0] for page in EDITORS_PAGES]
    unseen = {path for path in paths_of(pages.router) if not any(_is(path, one) for one in shown)}
    assert unseen == {
        "/figures/daily",
        "/editors/letters/{letter}/marks",
        "/editors/letters/{letter}/restoration",
    }


def _is(path: str, address: str) -> bool:
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), address) is not None
