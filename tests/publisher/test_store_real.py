"""The real database lists the same entries as the one in memory, in the same order and pages."""

from collections.abc import Callable

import pytest

from services.publisher import store
from services.publisher.domain.letter import PublicPage
from shared.platform.mongo.database import Collection, Insert
from tests.publisher.story import RULES
from tests.publisher.test_store import EDITED, draft, publish
from tests.support.memory_shell import memory_shell
from tests.support.moving import moment
from tests.support.stack import new_collection, servers

pytestmark = [pytest.mark.real, pytest.mark.timeout(90)]

GUANGZHOU = {"city": "guangzhou"}
PUBLIC_THERE = {"public_city": "guangzhou"}

__all__ = ["new_collection", "servers"]


async def test_drafts_and_publications_are_listed_alike(
    new_collection: Callable[[], Collection], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store.publication_queries, "MOST_ON_A_PAGE", 3)
    real = new_collection()
    await real.index(store.INDEXES[store.LETTERS])
    async with memory_shell(RULES, at=moment(20)) as stage:
        for number in range(8):
            letter = f"GD-{number:04d}-0000-0000-0000-0"
            await (publish(stage, letter, number) if number < 5 else draft(stage, letter))
            stage.now.pass_by(microseconds=1_700 * (number % 2))
        await real.write([Insert(one) for one in stage.documents.kept.values()])
        both, now = (real, stage.documents), stage.now()
        drafts, ours = [await store.drafts(one, now, seen=EDITED) for one in both]
        assert drafts == ours
        assert len(drafts[0]) == 3
        assert await store.count_drafts(real, now) == 3
        pages, shown = [await _pages(one) for one in both]
        assert pages == shown
        assert [len(page) for page in pages] == [3, 2]
        name = pages[0][0].publication
        assert await store.publication(real, name) == pages[0][0]
        assert await store.publication(real, "P-another") is None
        before_editing = stage.documents.kept["GD-0005-0000-0000-0000-0"]
        del before_editing["state"]["draft"]["work"]
        old = new_collection()
        await old.write([Insert(one) for one in stage.documents.kept.values()])
        for documents in (old, stage.documents):
            lists = await store.count_desk_lists(documents, seen=EDITED)
            assert (lists["candidates"], lists["in_work"], lists["published"]) == (3, 0, 5)
            found, _ = await store.desk_list(
                documents, "candidates", seen=EDITED, filters=GUANGZHOU
            )
            assert len(found) == 3
            assert (
                await store.search(documents, ["信号灯"], where=PUBLIC_THERE) == pages[0] + pages[1]
            )
            assert await store.fill_search(documents) == 0


async def _pages(documents: Collection) -> list[list[PublicPage]]:
    pages, after = [], None
    while True:
        page, after = await store.publications(documents, moment(21), after=after)
        pages.append(page)
        if after is None:
            return pages
