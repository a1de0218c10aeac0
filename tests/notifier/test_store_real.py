"""The real database returns the same letters, order and pages as documents in memory."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from services.notifier import store
from shared.contracts.topics import DIVERTED, PROGRESS, SUBMITTED
from shared.contracts.words import Contact
from shared.kernel.viewers import Viewer
from shared.platform.http.visibility import visibility_filter
from shared.platform.mongo.database import Collection, Insert
from tests.notifier.story import DIVERTED as AN_EMERGENCY
from tests.notifier.story import DUE, PHONE, RULES, days, fact, passing, replied, started, submitted
from tests.notifier.working import alone
from tests.support.memory_shell import memory_shell
from tests.support.moving import moment
from tests.support.stack import new_collection, servers

pytestmark = [pytest.mark.real, pytest.mark.timeout(90)]

SEEN = visibility_filter(Viewer("wu", frozenset({"supervisor"})), least="all")

__all__ = ["new_collection", "servers"]


async def test_due_letters_are_found_alike(
    new_collection: Callable[[], Collection], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MOST_ON_A_PAGE", 3)
    real, now = new_collection(), passing(DUE + days(1)) + timedelta(hours=1)
    await real.index(store.INDEXES[store.LETTERS])
    async with memory_shell(RULES, at=moment(20)) as stage:
        for number in range(9):
            letter = f"GD-{number:04d}-0000-0000-0000-0"
            stage.now.pass_by(seconds=1)
            clock = started(due_on=DUE + days(number % 3))
            await stage.hear(PROGRESS.name, letter, fact(clock))
            if number % 2:
                await stage.hear(SUBMITTED.name, letter, submitted(Contact(phone=PHONE)))
                await stage.hear(PROGRESS.name, letter, replied())
        for number in range(3):
            stage.now.pass_by(seconds=1)
            await stage.hear(DIVERTED.name, f"D-TEST-{number:04d}", AN_EMERGENCY)
        await real.write([Insert(document) for document in stage.documents.kept.values()])
        theirs, kept = store.Share(real, alone), store.Share(stage.documents, alone)
        assert len(await store.to_fire(theirs, now)) == 6
        for found in (store.to_fire, store.to_deliver):
            assert await found(theirs, now) == await found(kept, now)
            urgent = [replace(share, is_urgent=True) for share in (theirs, kept)]
            calls, ours = [await found(share, now) for share in urgent]
            assert calls == ours
            assert len(calls) == 3
        for since in (store.waiting_since, store.call_waiting_since):
            waiting = [await since(each, now) for each in (real, stage.documents)]
            assert waiting[0] == waiting[1] is not None
        pages, shown = [await _pages(each) for each in (real, stage.documents)]
    assert pages == shown
    assert [len(page) for page in pages] == [3, 3, 3]


async def _pages(documents: Collection) -> list[list[store.LetterClocks]]:
    pages, after = [], None
    while True:
        page, after = await store.passing_before(
            documents, passing(DUE + days(2)), seen=SEEN, after=after
        )
        pages.append(page)
        if after is None:
            return pages
