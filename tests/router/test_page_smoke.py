"""Each page of staff answers, is whole, light and in one language; without a browser."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from services.router import pages
from tests.router.desk_pages import Browsers
from tests.router.full_desk import full_desk
from tests.support.page_list import REFUSED, ROUTER_PAGES, StaffPage
from tests.support.page_outline import page_faults
from tests.support.watching import paths_of

in_one_loop = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def at(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browsers]:
    async with full_desk(tmp_path_factory.mktemp("keys")) as opened:
        yield opened


@in_one_loop
@pytest.mark.parametrize("lang", ["zh-CN", "en"])
@pytest.mark.parametrize("page", ROUTER_PAGES, ids=lambda page: page.name)
async def test_the_page_is_whole(at: Browsers, page: StaffPage, lang: str) -> None:
    answer = await at.get(page.who, page.address, lang=lang)
    assert answer.status_code == (409 if page.name in REFUSED else 200), answer.headers
    assert page_faults(answer.text, lang=lang) == []


def test_every_page_is_listed() -> None:
    """A new page is looked at by smoke test, axe and screenshots, too."""
    shown = [page.address.partition("?")[0] for page in ROUTER_PAGES]
    unseen = {path for path in paths_of(pages.router) if not _is_among(path, shown)}
    assert unseen <= NOT_SHOWN


NOT_SHOWN = {
    "/desk/supervision/letters.csv",
    "/desk/audit/keys.json",
    "/desk/audit/{day}.csv",
    "/desk/audit/{day}.jsonl",
    "/desk/audit/{day}.jws",
    "/desk/letters/{letter}/read",
    "/desk/letters/{letter}/sign",
    "/desk/inbox/search",
    "/desk/inbox/views",
    "/desk/inbox/pass_on",
    "/desk/triage/undo",
    "/desk/triage/dismiss",
    "/desk/triage/{letter}/route",
    "/desk/signing/next",
    "/desk/reading/next",
    "/desk/reading/{letter}/read",
}
"""Routes that act, redirect, or answer with a file."""


def _is_among(path: str, shown: list[str]) -> bool:
    form = re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)))
    return any(form.fullmatch(one) for one in shown)
