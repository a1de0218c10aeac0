"""After a restore nothing that was erased is there again, in no service, and nothing is sent."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from shared.contracts.vocabulary import SERVICES
from shared.platform.repair.erasure_replay import ErasureReplay, PastErasure
from shared.platform.repair.key_rotation import kids_in
from tests.intake.story import LETTER, OTHER, submit
from tests.intake.test_erasure import ALL
from tests.router.office import accepting
from tests.support import lived as living
from tests.support.lived import FILE, Lived, envelopes, lived


async def _begun(story: Lived) -> None:
    """A bureau has the letter, and nobody has answered."""
    await story.tell("intake", submit(received_at=story.now(), attachments=(FILE,)))
    await story.act(accepting())


@pytest.fixture(params=["running", "ended"])
async def story(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A letter as it is in the copies; the erasure came later."""
    if request.param == "running":
        monkeypatch.setattr(living, "_live", _begun)
    async with lived() as found:
        yield found


def ledger(story: Lived) -> list[PastErasure]:
    """What intake exported: this letter, and one that nobody has."""
    later = story.now().replace(year=2031)
    return [PastErasure(LETTER, ALL, later), PastErasure(OTHER, ALL, later)]


def replays(story: Lived) -> Iterator[tuple[str, ErasureReplay]]:
    """That of each service."""
    for service in SERVICES:
        shelf = story.shelves[service]
        yield service, ErasureReplay(shelf.letters, shelf.erasing)


async def test_every_restored_database_loses_it_whatever_its_age(story: Lived) -> None:
    secrets = envelopes(story.on_topics())
    assert secrets
    sent: dict[str, int] = {name: len(one.bus.sends) for name, one in story.shelves.items()}
    for service, replay in replays(story):
        counts = await replay.apply(ledger(story))
        assert counts == {"changed": 1, "known": 1}, service
        kept = story.kept(service)
        assert not [one for one in secrets if one in kept], service
        assert FILE.sha256.encode() not in kept
        document = story.shelves[service].documents.kept[LETTER]
        assert list(kids_in(document["state"])) == [], service
        assert "erasing_since" not in document
        assert len(story.shelves[service].bus.sends) == sent[service], "nothing is sent"


async def test_applying_it_again_changes_nothing(story: Lived) -> None:
    for service, replay in replays(story):
        await replay.apply(ledger(story))
        before = copy.deepcopy(story.shelves[service].documents.kept)
        assert await replay.apply(ledger(story)) == {"known": 2}
        assert story.shelves[service].documents.kept == before, service


async def test_what_comes_again_from_before_the_erasure_comes_without_words(story: Lived) -> None:
    """The topics still have it, and other services send it again."""
    records = story.on_topics()
    for service, replay in replays(story):
        await replay.apply(ledger(story))
        shelf = story.shelves[service]
        await shelf.hear([one for one in records if one.topic in living.READS[service]])
        kept = story.kept(service)
        assert not [one for one in envelopes(records) if one in kept], service
